import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import { beginPasswordProof, type PasswordChallenge } from "../../../domain/auth/passwordProof";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { text } from "../texts/texts";
import { type AuthenticationResult, callPool, PoolError, PoolUnreachableError } from "./pool";
import { startSession } from "./poolSession";
import { type Customer, NotSignedInError } from "./signInMethod";

/** Sign-up and sign-in with a password. Sign-in proves the password, and does not send it. */
export interface PasswordSignIn {
  signUp(email: string, password: string): Promise<void>;
  confirm(email: string, code: string): Promise<void>;
  resendCode(email: string): Promise<void>;
  signIn(email: string, password: string): Promise<NextStep>;
  /** @param code six digits from an authenticator app. */
  secondFactor(code: string): Promise<NextStep>;
  forgotPassword(email: string): Promise<void>;
  newPassword(email: string, code: string, password: string): Promise<void>;
}

export type NextStep =
  | { step: "done"; customer: Customer }
  | { step: "confirm" }
  | { step: "second-factor" }
  | { step: "new-password" };

/** Cognito's answer to a step of the sign-in: the tokens, or another challenge. */
interface Answer {
  AuthenticationResult?: AuthenticationResult;
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
}

/** Answer with the account's own name, which each later answer of the customer must have instead of the address. */
type NamedAnswer = Answer & { username: string };

let created: { pools: string; signIn: PasswordSignIn } | undefined;

/**
 * @param pools the answering Region's pool first. The others are tried next, because each Region's pool has the accounts
 * that were created there.
 */
export function createPasswordSignIn(pools: CognitoSettings[]): PasswordSignIn {
  const key = JSON.stringify(pools);
  if (created?.pools !== key) created = { pools: key, signIn: create(pools) };
  return created.signIn;
}

function create(pools: CognitoSettings[]): PasswordSignIn {
  // The pool that has the account, once known.
  let pool = pools[0]!;
  /** Asks for the second factor. */
  let challenge: NamedAnswer | undefined;
  const toNextStep = (answer: NamedAnswer): NextStep => {
    if (answer.AuthenticationResult) return { step: "done", customer: startSession(pool, answer.AuthenticationResult) };
    if (answer.ChallengeName !== "SOFTWARE_TOKEN_MFA") throw unsupported(answer);
    challenge = answer;
    return { step: "second-factor" };
  };
  return {
    signUp: async (email, password) => {
      await callPool(pool, "SignUp", {
        ClientId: pool.clientId,
        Username: email,
        Password: password,
        UserAttributes: [{ Name: "email", Value: email }],
      });
    },
    confirm: async (email, code) => {
      await callPool(pool, "ConfirmSignUp", { ClientId: pool.clientId, Username: email, ConfirmationCode: code });
    },
    resendCode: async (email) => {
      await callPool(pool, "ResendConfirmationCode", { ClientId: pool.clientId, Username: email });
    },
    signIn: async (email, password) => {
      let refused: unknown;
      for (const each of pools) {
        try {
          const answer = await provePassword(each, email, password);
          pool = each;
          return toNextStep(answer);
        } catch (error) {
          const step = error instanceof PoolError ? STEPS[error.name] : undefined;
          if (step) {
            pool = each;
            return step;
          }
          // A pool without the account matters less than a pool that did not answer.
          if (!(refused instanceof PoolUnreachableError || isFactorElsewhere(refused))) refused = error;
          if (!isUnknownHere(error)) break;
        }
      }
      throw refused;
    },
    secondFactor: async (code) => {
      if (!challenge) throw new NotSignedInError(text.signInErrors.notSignedIn);
      return toNextStep(await respond(pool, challenge, { SOFTWARE_TOKEN_MFA_CODE: code }));
    },
    forgotPassword: async (email) => {
      await callPool(pool, "ForgotPassword", { ClientId: pool.clientId, Username: email });
    },
    newPassword: async (email, code, password) => {
      await callPool(pool, "ConfirmForgotPassword", {
        ClientId: pool.clientId,
        Username: email,
        ConfirmationCode: code,
        Password: password,
      });
    },
  };
}

async function provePassword(pool: CognitoSettings, email: string, password: string): Promise<NamedAnswer> {
  const proof = beginPasswordProof(pool.userPoolId);
  const challenge = await callPool<Answer>(pool, "InitiateAuth", {
    AuthFlow: "USER_SRP_AUTH",
    ClientId: pool.clientId,
    AuthParameters: { USERNAME: email, SRP_A: proof.publicKey },
  });
  if (challenge.ChallengeName !== "PASSWORD_VERIFIER") throw unsupported(challenge);
  const parameters = challenge.ChallengeParameters as unknown as PasswordChallenge;
  const { timestamp, signature } = await proof.sign(parameters, password);
  return respond(
    pool,
    { ...challenge, username: parameters.USER_ID_FOR_SRP },
    {
      PASSWORD_CLAIM_SECRET_BLOCK: parameters.SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: signature,
      TIMESTAMP: timestamp,
    },
  );
}

async function respond(
  pool: CognitoSettings,
  { ChallengeName, Session, username }: NamedAnswer,
  responses: Record<string, string>,
): Promise<NamedAnswer> {
  const answer = await callPool<Answer>(pool, "RespondToAuthChallenge", {
    ClientId: pool.clientId,
    ChallengeName,
    Session,
    ChallengeResponses: { USERNAME: username, ...responses },
  });
  return { ...answer, username };
}

const unsupported = ({ ChallengeName = "" }: Answer) => new Error(text.signInErrors.unsupportedStep(ChallengeName));

/** Refusals after which a sign-in goes on. */
const STEPS: Readonly<Record<string, NextStep | undefined>> = {
  UserNotConfirmedException: { step: "confirm" },
  PasswordResetRequiredException: { step: "new-password" },
};

function isUnknownHere(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // An account that is locked after too many attempts exists in this pool.
  if (error.name === "NotAuthorizedException") return !/attempts/i.test(error.message);
  if (isFactorElsewhere(error)) return true;
  return error.name === "UserNotFoundException" || error instanceof PoolUnreachableError;
}

/** The password is correct, but only another Region can check the second factor. */
function isFactorElsewhere(error: unknown): boolean {
  return error instanceof Error && error.message.includes(SECOND_FACTOR_ELSEWHERE);
}
