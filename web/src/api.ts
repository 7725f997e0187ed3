import { accessToken, forgetSession } from "./signIn/session";

const TIMEOUT_MS = 15_000;

/** An RFC 9457 problem, as the store's APIs answer it; the gateway's own errors have a `message` instead. */
export interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  [extension: string]: unknown;
}

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title ?? statusSentence(status));
  }
}

/** Nothing came back, so nobody knows whether the request arrived. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

export interface Call {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  /** JSON text: a repeated request must be the same byte for byte. */
  body?: string;
  signal?: AbortSignal;
}

/** Calls an API that everybody may call. */
export async function call<Answer>(
  path: string,
  { method = "GET", headers, body, signal }: Call = {},
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
    throw new NoAnswerError("The store can't be reached. Check your connection and try again.", { cause: error });
  });
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  return (await response.json()) as Answer;
}

/** Calls an API as the person who is signed in. A token that is refused is renewed once. */
export async function callSignedIn<Answer>(path: string, options: Call = {}): Promise<Answer> {
  try {
    return await callWith<Answer>(await accessToken(), path, options);
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
  }
  const renewed = await accessToken({ renew: true });
  try {
    return await callWith<Answer>(renewed, path, options);
  } catch (error) {
    if (isTokenRefused(error)) await forgetSession();
    throw error;
  }
}

function callWith<Answer>(token: string, path: string, options: Call): Promise<Answer> {
  return call(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
}

/** The gateway answers so before any handler runs; a handler's own 403 is a problem document. */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403) && !error.problem.type;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return Object(await response.json());
  } catch {
    // An answer of the gateway or the edge that is no JSON: the status says enough.
    return {};
  }
}

function statusSentence(status: number): string {
  if (status === 401 || status === 403) return "Please sign in again.";
  if (status === 404) return "There is no such thing here.";
  if (status === 429) return "Too many requests at once. Try again in a moment.";
  return "Something went wrong in the store. Try again in a moment.";
}
