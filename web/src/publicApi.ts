import { tabStorage } from "./parts/browserStorage";
import { type KnownRegions, RegionChoice } from "./regionChoice";
import { text } from "./texts/texts";

const TIMEOUT_MS = 15_000;

/** Milliseconds without an answer after which the page asks another Region as well. */
const PATIENCE_MS = 4_000;

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
  /** Another Region failed on this request before, and may have done what this one refuses. */
  isAfterFailure = false;

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds until a repetition makes sense, if the store names them. */
    readonly retryAfterSeconds?: number,
  ) {
    super(describeProblem(status, problem));
  }
}

/** No answer: the request may or may not have been processed. */
class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

export interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  /** JSON text, because a retry must be identical byte for byte. */
  body?: string;
  signal?: AbortSignal;
}

/** The Region that the page calls. */
export const regionChoice = new RegionChoice({
  works: (path, timeoutMs) =>
    fetch(path, { signal: AbortSignal.timeout(timeoutMs), cache: "no-store" }).then(
      ({ ok, headers }) => ok && isJson(headers),
      () => false,
    ),
  readRegions: () =>
    fetch("/config.json", { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
      async (response) => toKnownRegions(response.ok ? ((await response.json()) as SettingsWithRegions) : {}),
      () => ({ storeRegions: [] }),
    ),
  storage: tabStorage,
});

interface SettingsWithRegions {
  region?: string;
  storeRegions?: string[];
}

/** Regions as the store's settings name them; of a store of an earlier release none. */
export function toKnownRegions({ storeRegions = [], region }: SettingsWithRegions): KnownRegions {
  return { storeRegions, home: region };
}

/**
 * Calls a public API in the Region that the page has chosen. If that Region fails or does not answer for a while, the page moves to
 * another one and sends the same request there: requests that change something are safe to repeat, orders by their `Idempotency-Key`.
 * The first answer counts.
 */
export async function callApi<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const region = regionChoice.away;
  const first = decisionOf(callOnce<Answer>(regionChoice.pathOf(path), options));
  const hasTrouble = await Promise.race([
    first.then(
      () => false,
      () => true,
    ),
    pause(PATIENCE_MS).then(() => true),
  ]);
  if (!hasTrouble) return (await first)();
  const second = regionChoice.leave(region).then((hasMoved) => {
    if (!hasMoved || options.signal?.aborted) return first;
    return decisionOf(callOnce<Answer>(regionChoice.pathOf(path), options), true);
  });
  return Promise.any([first, second]).then(
    (decision) => decision(),
    ({ errors }: AggregateError) => {
      throw errors.at(-1);
    },
  );
}

/** Resolves with the store's answer or refusal. Rejects if the Region fails. */
async function decisionOf<Answer>(call: Promise<Answer>, isAfterFailure = false): Promise<() => Answer> {
  try {
    const answer = await call;
    return () => answer;
  } catch (error) {
    if (isRegionFailure(error)) throw error;
    if (error instanceof ApiError) error.isAfterFailure = isAfterFailure;
    return () => {
      throw error;
    };
  }
}

/** Problems of status 503 that another Region does not solve. */
const DECISIONS = ["stock-moving", "invoice-not-reachable"];

function isRegionFailure(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  if (!(error instanceof ApiError)) return false;
  return error.status >= 500 && !DECISIONS.includes(problemType(error.problem));
}

async function callOnce<Answer>(path: string, { method = "GET", headers, body, signal }: CallOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (!response.ok) {
      const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
      const retryAfterSeconds = Number.isNaN(seconds) ? undefined : seconds;
      throw new ApiError(response.status, await readProblem(response), retryAfterSeconds);
    }
    return (await response.json()) as Answer;
  } catch (error) {
    if (signal?.aborted || error instanceof ApiError) throw error;
    throw new UnreachableError(text.errors.unreachable, { cause: error });
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const isJson = (headers: Headers): boolean => headers.get("content-type")?.includes("json") ?? false;

async function readProblem(response: Response): Promise<Problem> {
  try {
    return Object(await response.json());
  } catch {
    // The gateway or the edge may answer without JSON.
    return {};
  }
}

/** Last part of the problem's type. */
export const problemType = ({ type }: Problem): string => String(type).split("/").at(-1)!;

/** Sentence for customers. The APIs' own are English, and for developers. */
function describeProblem(status: number, problem: Problem): string {
  const type = problemType(problem);
  if (Object.hasOwn(text.problems, type)) return text.problems[type as keyof typeof text.problems];
  if (status === 401 || status === 403) return text.errors.signInAgain;
  if (status === 404) return text.errors.notFound;
  if (status === 429) return text.errors.tooMany;
  return status < 500 ? text.errors.refused : text.errors.ours;
}

/** Sentence about a failure, for the customer. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : text.errors.unknown;
}
