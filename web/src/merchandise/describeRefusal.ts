import { ApiError, describeError } from "../publicApi";

/** The API's own sentence, which names the value and what to do. Shoppers get simpler ones. */
export function describeRefusal(error: unknown): string {
  return (error instanceof ApiError && error.problem.detail) || describeError(error);
}
