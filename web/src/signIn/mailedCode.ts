import { addressKey } from "../../../domain/auth/directory";
import { CODES_PATH, type CodeRequested, type CognitoSettings } from "../../../domain/auth/settings";
import { encodeAnswer } from "../../../domain/auth/signInCode";
import { callApi } from "../publicApi";
import { currentLanguage, text } from "../texts/texts";
import { type AuthenticationResult, callPool, PoolError } from "./pool";
import { startSession } from "./poolSession";
import type { Customer } from "./signInMethod";

/** The code was not sent, or is no longer valid. */
class WrongCodeError extends Error {
  override readonly name = "WrongCodeError";

  constructor(isUsedUp: boolean) {
    super(isUsedUp ? text.signInErrors.usedUp : text.signInErrors.wrongOrExpired);
  }
}

/** Requested code. It can be kept over a reload: without the code it is worthless. */
export interface MailedCode {
  email: string;
  challengeId: string;
  /** Pool of the Region that sent the code, the only one that accepts it. */
  auth: CognitoSettings;
  validMinutes: number;
}

interface Challenged {
  Session?: string;
  AuthenticationResult?: AuthenticationResult;
}

/** Cognito's session of the latest challenge. */
let challenge: { id: string; session?: string } | undefined;

/** Requests a code by email. The answer does not reveal whether the address has an account. */
export async function requestCode(typed: string): Promise<MailedCode> {
  const email = addressKey(typed);
  const body = JSON.stringify({ email });
  const { challengeId, auth, goodForSeconds } = await callApi<CodeRequested>(CODES_PATH, {
    method: "POST",
    headers: { "accept-language": currentLanguage() },
    body,
  });
  return { email, challengeId, auth, validMinutes: Math.round(goodForSeconds / 60) };
}

/** Signs in with the code. Rejects with `WrongCodeError`. */
export async function enterCode({ email, challengeId, auth }: MailedCode, code: string): Promise<Customer> {
  if (challenge?.id !== challengeId) challenge = { id: challengeId };
  const current = challenge;
  try {
    current.session ??= await startChallenge(auth, email);
    const { AuthenticationResult: tokens, Session } = await callPool<Challenged>(auth, "RespondToAuthChallenge", {
      ClientId: auth.clientId,
      ChallengeName: "CUSTOM_CHALLENGE",
      Session: current.session,
      ChallengeResponses: { USERNAME: email, ANSWER: encodeAnswer({ challengeId, code }) },
    });
    if (tokens) return startSession(auth, tokens);
    current.session = Session;
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    // Cognito refuses the answer after too many attempts, and the start for an unknown address.
    const isUsedUp = current.session !== undefined;
    current.session = undefined;
    throw new WrongCodeError(isUsedUp);
  }
  throw new WrongCodeError(false);
}

async function startChallenge(auth: CognitoSettings, email: string): Promise<string | undefined> {
  const { Session } = await callPool<Challenged>(auth, "InitiateAuth", {
    AuthFlow: "CUSTOM_AUTH",
    ClientId: auth.clientId,
    AuthParameters: { USERNAME: email },
  });
  return Session;
}
