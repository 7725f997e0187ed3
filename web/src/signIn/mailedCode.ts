import { addressKey } from "../../../domain/auth/directory";
import { CODES_PATH, type CodeRequested } from "../../../domain/auth/settings";
import { answerText } from "../../../domain/auth/signInCode";
import { call } from "../api";
import { type AuthenticationResult, callPool, PoolError } from "./pool";
import { keep } from "./poolSession";
import type { Person } from "./way";

/** The code is not the one that was mailed, or is worth nothing any more. */
export class WrongCodeError extends Error {
  override readonly name = "WrongCodeError";

  constructor(readonly isUsedUp: boolean) {
    super(
      isUsedUp
        ? "This code is used up. Have a new one sent."
        : "This code is not the right one, or too old. Look again, or have a new one sent.",
    );
  }
}

/** A code that was asked for. */
export interface MailedCode {
  /** Minutes that it is good for. */
  minutes: number;
  /** Signs in by it; rejects with `WrongCodeError`. */
  enter(code: string): Promise<Person>;
}

interface Challenged {
  Session?: string;
  AuthenticationResult?: AuthenticationResult;
}

/** Has a code mailed. Nobody learns by it whether somebody has that address. */
export async function askForCode(typed: string): Promise<MailedCode> {
  const email = addressKey(typed);
  // The Region that answers is the one that will take the code.
  const { challengeId, auth, goodForSeconds } = await call<CodeRequested>(CODES_PATH, {
    method: "POST",
    body: JSON.stringify({ email }),
  });
  let session: string | undefined;
  const begin = async () => {
    const { Session } = await callPool<Challenged>(auth, "InitiateAuth", {
      AuthFlow: "CUSTOM_AUTH",
      ClientId: auth.clientId,
      AuthParameters: { USERNAME: email },
    });
    return Session;
  };
  return {
    minutes: Math.round(goodForSeconds / 60),
    enter: async (code) => {
      try {
        session ??= await begin();
        const { AuthenticationResult: tokens, Session } = await callPool<Challenged>(auth, "RespondToAuthChallenge", {
          ClientId: auth.clientId,
          ChallengeName: "CUSTOM_CHALLENGE",
          Session: session,
          ChallengeResponses: { USERNAME: email, ANSWER: answerText({ challengeId, code }) },
        });
        if (tokens) return keep(auth, tokens);
        session = Session;
      } catch (error) {
        if (!(error instanceof PoolError)) throw error;
        // Said of a code that was tried too often, and the same of an address that nobody has.
        const wasAsked = session !== undefined;
        session = undefined;
        throw new WrongCodeError(wasAsked);
      }
      throw new WrongCodeError(false);
    },
  };
}
