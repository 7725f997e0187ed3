import { confirmSignIn, fetchAuthSession, type SignInOutput, signIn } from "@aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "@aws-amplify/auth/cognito";
import { Amplify, ConsoleLogger } from "@aws-amplify/core";
import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { text } from "../texts/texts";
import { callPool, PoolUnreachableError } from "./pool";
import { startSession } from "./poolSession";
import type { Customer } from "./signInMethod";

/** Sign-up and sign-in with a password. Sign-in proves the password by SRP, calculated by Amplify, and does not send it. */
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

/** Amplify's tokens until `startSession` has them. */
const amplifyTokens = new Map<string, string>();

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
          // Amplify has no time-out for a lost Region.
          if (each !== pools[0]) await expectAnswer(each);
          const step = await startSignIn(each, email, password);
          pool = each;
          return step;
        } catch (error) {
          // A pool without the account matters less than a pool that did not answer.
          if (!(refused instanceof PoolUnreachableError || isFactorElsewhere(refused))) refused = error;
          if (!isUnknownHere(error)) break;
        }
      }
      throw refused;
    },
    secondFactor: async (code) => toNextStep(pool, await confirmSignIn({ challengeResponse: code })),
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

async function startSignIn(pool: CognitoSettings, email: string, password: string): Promise<NextStep> {
  configure(pool);
  try {
    return await toNextStep(pool, await signIn({ username: email, password }));
  } catch (error) {
    throw isNoAnswer(error) ? new PoolUnreachableError(text.signInErrors.unavailable, { cause: error }) : error;
  }
}

/** Rejects if the pool's Region does not answer. */
async function expectAnswer(pool: CognitoSettings): Promise<void> {
  await callPool(pool, "GetUser", { AccessToken: "none" }).catch((error: unknown) => {
    if (error instanceof PoolUnreachableError) throw error;
  });
}

function configure({ userPoolId, clientId, path }: CognitoSettings): void {
  // Amplify warns about custom endpoints in the browser's console.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const auth = {
    Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: `${location.origin}${path}` },
  };
  amplifyTokens.clear();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void amplifyTokens.set(key, value),
    getItem: async (key) => amplifyTokens.get(key) ?? null,
    removeItem: async (key) => void amplifyTokens.delete(key),
    clear: async () => amplifyTokens.clear(),
  });
  cognitoUserPoolsTokenProvider.setAuthConfig(auth);
  Amplify.configure({ Auth: auth }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } });
}

async function toNextStep(pool: CognitoSettings, { nextStep }: Pick<SignInOutput, "nextStep">): Promise<NextStep> {
  switch (nextStep.signInStep) {
    case "DONE":
      return { step: "done", customer: await takeTokens(pool) };
    case "CONFIRM_SIGN_UP":
      return { step: "confirm" };
    case "CONFIRM_SIGN_IN_WITH_TOTP_CODE":
      return { step: "second-factor" };
    case "RESET_PASSWORD":
      return { step: "new-password" };
    default:
      throw new Error(text.signInErrors.unsupportedStep(nextStep.signInStep));
  }
}

/** Takes the tokens from Amplify, which keeps those of one pool only. */
async function takeTokens(pool: CognitoSettings): Promise<Customer> {
  const { tokens } = await fetchAuthSession();
  const refreshToken = [...amplifyTokens].find(([key]) => key.endsWith(".refreshToken"))?.[1];
  if (!tokens || !refreshToken) throw new Error(text.signInErrors.failed);
  amplifyTokens.clear();
  const { exp = 0, iat = 0 } = tokens.accessToken.payload;
  return startSession(pool, {
    AccessToken: tokens.accessToken.toString(),
    IdToken: tokens.idToken?.toString(),
    RefreshToken: refreshToken,
    ExpiresIn: exp - iat,
  });
}

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

const NO_ANSWER = ["NetworkError", "UnknownError", "SyntaxError", "TimeoutError"];

/** Network failures and answers that do not come from the pool. */
function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && NO_ANSWER.includes(error.name);
}
