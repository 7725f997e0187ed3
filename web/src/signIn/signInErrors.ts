import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";

const WRONG_PASSWORD = "Email or password is incorrect.";
const TOO_MANY = "Too many attempts. Please wait a few minutes and try again.";

/** Sentences for Cognito's errors, by name. */
const SENTENCES: Record<string, string> = {
  NotAuthorizedException: WRONG_PASSWORD,
  UserNotFoundException: WRONG_PASSWORD,
  UsernameExistsException: "An account with this email already exists. Sign in, or reset your password.",
  CodeMismatchException: "This code is incorrect. Check it or request a new one.",
  EnableSoftwareTokenMFAException: "This code is incorrect. Wait for the next one and try again.",
  ExpiredCodeException: "This code has expired. Request a new one.",
  LimitExceededException: TOO_MANY,
  TooManyRequestsException: TOO_MANY,
  TooManyFailedAttemptsException: TOO_MANY,
  InvalidPasswordException: "This password does not meet the requirements. Try a longer one.",
  CodeDeliveryFailureException: "We could not send the code. Check the email address.",
  NetworkError: "We can't reach the store. Check your connection and try again.",
};

/** Describes a failed sign-in or sign-up to the customer. */
export function describeSignInError(error: unknown): string {
  if (!(error instanceof Error)) return "Something went wrong. Please try again.";
  // Cognito's message says how long the account stays locked.
  if (error.name === "NotAuthorizedException" && /attempts/i.test(error.message)) return error.message;
  // Cognito wraps the message of the store's trigger.
  const refusal = error.message.indexOf(SECOND_FACTOR_ELSEWHERE);
  if (refusal !== -1) return `${error.message.slice(refusal).replace(/\.+$/, "")}.`;
  return SENTENCES[error.name] ?? error.message;
}
