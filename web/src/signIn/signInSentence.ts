import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";

/** Cognito's errors by name, as sentences that say what to do. */
const SENTENCES: Record<string, string> = {
  NotAuthorizedException: "E-mail or password is wrong.",
  UserNotFoundException: "E-mail or password is wrong.",
  UsernameExistsException: "There is an account with this e-mail already. Sign in, or choose a new password.",
  CodeMismatchException: "This code is not the right one. Look again, or have a new one sent.",
  EnableSoftwareTokenMFAException: "These digits are not the right ones. Wait for the next ones and try again.",
  ExpiredCodeException: "This code is too old. Have a new one sent.",
  LimitExceededException: "Too many tries. Wait some minutes and try again.",
  TooManyRequestsException: "Too many tries. Wait some minutes and try again.",
  TooManyFailedAttemptsException: "Too many tries. Wait some minutes and try again.",
  InvalidPasswordException: "This password is not good enough. Try a longer one.",
  CodeDeliveryFailureException: "The code could not be sent. Check the e-mail address.",
  PoolUnreachableError: "Sign-in can't be reached. Check your connection, and try again in a moment.",
  NetworkError: "The store can't be reached. Check your connection and try again.",
};

/** What went wrong, for the person who signs in or up. */
export function signInSentence(error: unknown): string {
  if (!(error instanceof Error)) return "Something went wrong. Try again.";
  // Cognito's own words where they say more: how long an account stays locked.
  if (error.name === "NotAuthorizedException" && /attempts/i.test(error.message)) return error.message;
  // The pool's trigger refused: the sentence is the store's own, in Cognito's frame.
  const refusal = error.message.indexOf(SECOND_FACTOR_ELSEWHERE);
  if (refusal !== -1) return `${error.message.slice(refusal).replace(/\.+$/, "")}.`;
  return SENTENCES[error.name] ?? error.message;
}
