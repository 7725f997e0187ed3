import { accessToken, forgetSession } from "./signIn/session";

const TIMEOUT_MS = 15_000;

/** Problem document (RFC 9457) of the store's APIs. The gateway's own errors have a `message` instead. */
export interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  [extension: string]: unknown;
}

/** Answer of an API that is not a success. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds until a repetition makes sense, if the store names them. */
    readonly retryAfterSeconds?: number,
  ) {
    super(problem.detail ?? problem.title ?? describeStatus(status));
  }
}

export interface CallOptions {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  /** JSON text, because a retry must be identical byte for byte. */
  body?: string;
  signal?: AbortSignal;
}

/** Calls a public API. */
export async function callApi<Answer>(
  path: string,
  { method = "GET", headers, body, signal }: CallOptions = {},
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(path, {
    method,
    headers: {
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    body,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    // The request may or may not have been processed.
    throw new Error("We can't reach the store. Check your connection and try again.", { cause: error });
  });
  if (!response.ok) {
    const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    const retryAfterSeconds = Number.isNaN(seconds) ? undefined : seconds;
    throw new ApiError(response.status, await readProblem(response), retryAfterSeconds);
  }
  return (await response.json()) as Answer;
}

/** Calls an API as the signed-in customer. A refused token is renewed once. */
export async function callSignedIn<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  try {
    return await callWithToken<Answer>(await accessToken(), path, options);
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
  }
  const renewed = await accessToken({ renew: true });
  try {
    return await callWithToken<Answer>(renewed, path, options);
  } catch (error) {
    if (isTokenRefused(error)) await forgetSession();
    throw error;
  }
}

function callWithToken<Answer>(token: string, path: string, options: CallOptions): Promise<Answer> {
  return callApi(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
}

/** True if the gateway refused the token. A handler's own 403 is a problem document. */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403) && !error.problem.type;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    return Object(await response.json());
  } catch {
    // The gateway or the edge may answer without JSON.
    return {};
  }
}

function describeStatus(status: number): string {
  if (status === 401 || status === 403) return "Please sign in again.";
  if (status === 404) return "We can't find what you are looking for.";
  if (status === 429) return "Too many requests. Please wait a moment and try again.";
  return "Something went wrong on our side. Please try again in a moment.";
}
