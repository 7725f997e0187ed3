import { SIGNALS } from "../../domain/order/signals";

/** Temporary failure: the workflow retries the step with back-off. Other errors are not retried. */
export class TransientError extends Error {
  override readonly name = SIGNALS.transient;
}

/** Returns true for AWS SDK errors that a later retry may resolve. */
export function isTransientAwsError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $retryable, $metadata, code } = error as Error & {
    $retryable?: unknown;
    $metadata?: { httpStatusCode?: number };
    code?: string;
  };
  const status = $metadata?.httpStatusCode;
  return (
    $retryable !== undefined ||
    (status !== undefined && (status >= 500 || status === 429)) ||
    TRANSIENT_NAMES.has(error.name) ||
    TRANSIENT_CODES.has(code ?? "")
  );
}

/** Runs a step and converts transient AWS errors, so that the workflow's retry rules apply. */
export async function asTransient<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof TransientError || !isTransientAwsError(error)) throw error;
    throw new TransientError(error instanceof Error ? error.message : "unknown error", { cause: error });
  }
}

const TRANSIENT_NAMES = new Set([
  "TimeoutError",
  "AbortError",
  "ThrottlingException",
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "TransactionInProgressException",
  "TransactionConflictException",
  "DependencyTimeoutException",
  "KMSInternalException",
  "KeyUnavailableException",
]);

const TRANSIENT_CODES = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ENOTFOUND"]);
