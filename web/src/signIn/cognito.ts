import {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  fetchAuthSession,
  resendSignUpCode,
  resetPassword,
  signIn,
  signOut,
  signUp,
} from "@aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "@aws-amplify/auth/cognito";
import { Amplify, ConsoleLogger } from "@aws-amplify/core";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { NotSignedInError, type Person, type SignInWay } from "./session";

/** What a user pool can do beyond being signed in. The password never leaves the page: it is proved by SRP. */
export interface CognitoWay extends SignInWay {
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

let configured: CognitoWay | undefined;

export function cognitoWay(settings: CognitoSettings): CognitoWay {
  configured ??= configure(settings);
  return configured;
}

function configure({ userPoolId, clientId, path }: CognitoSettings): CognitoWay {
  // Its warning about an endpoint of one's own would stand in every customer's console.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const auth = {
    Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: `${location.origin}${path}` },
  };
  cognitoUserPoolsTokenProvider.setAuthConfig(auth);
  Amplify.configure({ Auth: auth }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } });
  return {
    restore,
    accessToken: async (renew) => {
      const { tokens } = await fetchAuthSession({ forceRefresh: renew });
      if (!tokens) throw new NotSignedInError("Please sign in.");
      return tokens.accessToken.toString();
    },
    signOut: () => signOut(),
    signUp: async (email, password) => {
      await signUp({ username: email, password, options: { userAttributes: { email } } });
    },
    confirm: async (email, code) => {
      await confirmSignUp({ username: email, confirmationCode: code });
    },
    resendCode: async (email) => {
      await resendSignUpCode({ username: email });
    },
    signIn: async (email, password) => {
      // Amplify refuses a second sign-in; whoever signs in anew means to.
      if (await restore()) await signOut();
      const { nextStep } = await signIn({ username: email, password });
      return next(nextStep.signInStep);
    },
    secondFactor: async (code) => next((await confirmSignIn({ challengeResponse: code })).nextStep.signInStep),
    forgotPassword: async (email) => {
      await resetPassword({ username: email });
    },
    newPassword: (email, code, password) =>
      confirmResetPassword({ username: email, confirmationCode: code, newPassword: password }),
  };
}

async function restore(): Promise<Person | undefined> {
  const { tokens } = await fetchAuthSession();
  const email = tokens?.idToken?.payload["email"];
  return tokens && { email: typeof email === "string" ? email : undefined };
}

async function next(step: string): Promise<NextStep> {
  switch (step) {
    case "DONE":
      return { step: "done", person: (await restore()) ?? {} };
    case "CONFIRM_SIGN_UP":
      return { step: "confirm" };
    case "CONFIRM_SIGN_IN_WITH_TOTP_CODE":
      return { step: "second-factor" };
    case "RESET_PASSWORD":
      return { step: "new-password" };
    default:
      throw new Error(`This account needs a step that this page doesn't know (${step}).`);
  }
}
