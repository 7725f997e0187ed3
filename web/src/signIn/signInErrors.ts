import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import type { Texts } from "../texts/en";
import { text } from "../texts/texts";

/** Sentences for Cognito's errors, by name. */
const SENTENCES: Readonly<Record<string, keyof Texts["signInErrors"] | undefined>> = {
  NotAuthorizedException: "wrongPassword",
  UserNotFoundException: "wrongPassword",
  UsernameExistsException: "exists",
  CodeMismatchException: "wrongCode",
  EnableSoftwareTokenMFAException: "wrongAppCode",
  ExpiredCodeException: "expiredCode",
  LimitExceededException: "tooMany",
  TooManyRequestsException: "tooMany",
  TooManyFailedAttemptsException: "tooMany",
  InvalidPasswordException: "weakPassword",
  CodeDeliveryFailureException: "notSent",
};

const SECOND_FACTOR = new RegExp(`${SECOND_FACTOR_ELSEWHERE} \\(([a-z0-9-]+)\\)`);

/** Describes a failed sign-in or sign-up to the customer. */
export function describeSignInError(error: unknown): string {
  if (!(error instanceof Error)) return text.errors.unknown;
  // Of a locked account.
  if (error.name === "NotAuthorizedException" && /attempts/i.test(error.message)) return text.signInErrors.tooMany;
  // Cognito wraps the message of the store's trigger.
  const [, region] = SECOND_FACTOR.exec(error.message) ?? [];
  if (region !== undefined) return text.signInErrors.secondFactorElsewhere(region);
  const sentence = text.signInErrors[SENTENCES[error.name] ?? "failed"];
  return Object.hasOwn(SENTENCES, error.name) && typeof sentence === "string" ? sentence : error.message;
}
