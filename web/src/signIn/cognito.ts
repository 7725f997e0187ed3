import { confirmSignIn, fetchAuthSession, type SignInOutput, signIn } from "@aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "@aws-amplify/auth/cognito";
import { Amplify, ConsoleLogger } from "@aws-amplify/core";
import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { callPool, PoolUnreachableError } from "./pool";
import { keep } from "./poolSession";
import type { Person } from "./way";

/** Signing up and in with a password. It never leaves the page at sign-in: it is proved by SRP, which Amplify calculates. */
export interface PasswordSignIn {
  signUp(email: string, password: string): Promise<void>;
  confirm(email: string, code: string): Promise<void>;
  resendCode(email: string): Promise<void>;
  signIn(email: string, password: string): Promise<NextStep>;
  /** The six digits of an authenticator app. */
  secondFactor(code: string): Promise<NextStep>;
  forgotPassword(email: string): Promise<void>;
  newPassword(email: string, code: string, password: string): Promise<void>;
}

export type NextStep =
  | { step: "done"; person: Person }
  | { step: "confirm" }
  | { step: "second-factor" }
  | { step: "new-password" };

/** Amplify's tokens, for the moment until `keep` has them. */
const passing = new Map<string, string>();

let made: { pools: string; way: PasswordSignIn } | undefined;

/**
 * @param pools that of the Region which answers first; a password that it does not know is tried at the others, since each
 * Region's pool knows the people who signed up there.
 */
export function passwordSignIn(pools: CognitoSettings[]): PasswordSignIn {
  const key = JSON.stringify(pools);
  if (made?.pools !== key) made = { pools: key, way: make(pools) };
  return made.way;
}

function make(pools: CognitoSettings[]): PasswordSignIn {
  // Where the account is, once something has been found out about it.
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
          // Amplify would wait long for a Region that is gone.
          if (each !== pools[0]) await answers(each);
          const step = await begin(each, email, password);
          pool = each;
          return step;
        } catch (error) {
          // "Nobody here" of a Region weighs less than a Region that could not be asked.
          if (!(refused instanceof PoolUnreachableError || isFactorElsewhere(refused))) refused = error;
          if (!isNobodyHere(error)) break;
        }
      }
      throw refused;
    },
    secondFactor: async (code) => next(pool, await confirmSignIn({ challengeResponse: code })),
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

async function begin(pool: CognitoSettings, email: string, password: string): Promise<NextStep> {
  configure(pool);
  try {
    return await next(pool, await signIn({ username: email, password }));
  } catch (error) {
    throw isNoAnswer(error) ? new PoolUnreachableError("Sign-in can't be reached.", { cause: error }) : error;
  }
}

/** Rejects if the pool's Region does not answer. */
async function answers(pool: CognitoSettings): Promise<void> {
  await callPool(pool, "GetUser", { AccessToken: "none" }).catch((error: unknown) => {
    if (error instanceof PoolUnreachableError) throw error;
  });
}

function configure({ userPoolId, clientId, path }: CognitoSettings): void {
  // Its warning about an endpoint of one's own would stand in every customer's console.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const auth = {
    Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: `${location.origin}${path}` },
  };
  passing.clear();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void passing.set(key, value),
    getItem: async (key) => passing.get(key) ?? null,
    removeItem: async (key) => void passing.delete(key),
    clear: async () => passing.clear(),
  });
  cognitoUserPoolsTokenProvider.setAuthConfig(auth);
  Amplify.configure({ Auth: auth }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } });
}

async function next(pool: CognitoSettings, { nextStep }: Pick<SignInOutput, "nextStep">): Promise<NextStep> {
  switch (nextStep.signInStep) {
    case "DONE":
      return { step: "done", person: await taken(pool) };
    case "CONFIRM_SIGN_UP":
      return { step: "confirm" };
    case "CONFIRM_SIGN_IN_WITH_TOTP_CODE":
      return { step: "second-factor" };
    case "RESET_PASSWORD":
      return { step: "new-password" };
    default:
      throw new Error(`This account needs a step that this page doesn't know (${nextStep.signInStep}).`);
  }
}

/** Takes the tokens from Amplify, which would keep them for one pool alone. */
async function taken(pool: CognitoSettings): Promise<Person> {
  const { tokens } = await fetchAuthSession();
  const refreshToken = [...passing].find(([key]) => key.endsWith(".refreshToken"))?.[1];
  if (!tokens || !refreshToken) throw new Error("Signing in gave no tokens.");
  passing.clear();
  const { exp = 0, iat = 0 } = tokens.accessToken.payload;
  return keep(pool, {
    AccessToken: tokens.accessToken.toString(),
    IdToken: tokens.idToken?.toString(),
    RefreshToken: refreshToken,
    ExpiresIn: exp - iat,
  });
}

function isNobodyHere(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // An account that is locked after too many tries is known here.
  if (error.name === "NotAuthorizedException") return !/attempts/i.test(error.message);
  if (isFactorElsewhere(error)) return true;
  return error.name === "UserNotFoundException" || error instanceof PoolUnreachableError;
}

/** The password is right, and the Region that can check the second factor is another one. */
function isFactorElsewhere(error: unknown): boolean {
  return error instanceof Error && error.message.includes(SECOND_FACTOR_ELSEWHERE);
}

const NO_ANSWER = ["NetworkError", "UnknownError", "SyntaxError", "TimeoutError"];

/** Neither the pool's own refusal nor one of this page's making. */
function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && NO_ANSWER.includes(error.name);
}
