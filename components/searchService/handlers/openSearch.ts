/// <reference path="./signing.d.ts" />
import { Client, errors } from "@opensearch-project/opensearch";
import { giveAwsV4Signer } from "@opensearch-project/opensearch/lib/aws/shared.js";
import { beginSubsegment } from "../../runtime/tracing";

export interface OpenSearchOptions {
  /** Host name or URL of the domain. */
  endpoint: string;
  region: string;
  /** Of one attempt, in milliseconds. */
  requestTimeoutMs: number;
}

/**
 * A client whose requests are signed with the function's own role. It never retries by itself: see `withRetries`, which
 * waits in between.
 */
export function openSearchClient({ endpoint, region, requestTimeoutMs }: OpenSearchOptions): Client {
  const client = new Client({
    ...giveAwsV4Signer(credentialsOfLambda)({ region, service: "es", getCredentials: credentialsOfLambda }),
    node: endpoint.includes("://") ? endpoint : `https://${endpoint}`,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
  });
  traceCalls(client);
  return client;
}

/** Each request shows up in the function's trace: which index, how long, how it ended. */
function traceCalls(client: Client): void {
  const calls = new WeakMap<object, ReturnType<typeof beginSubsegment>>();
  client.on("request", (_error, { meta }) => {
    const { method, path } = meta.request.params;
    const { host = "", origin = "" } = meta.connection?.url ?? {};
    calls.set(meta.request, beginSubsegment({ name: host, request: { method, url: `${origin}${path}` } }));
  });
  client.on("response", (error, { meta, statusCode }) =>
    calls.get(meta.request)?.({ status: statusCode ?? undefined, error: error ?? undefined }),
  );
}

/** Lambda puts its role's credentials into the environment, and starts a new container before they expire. */
async function credentialsOfLambda() {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = "",
    AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** Tells failures that may be gone a moment later from those that will come again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof errors.ResponseError) return isTransientStatus(error.statusCode ?? 0);
  return error instanceof errors.OpenSearchClientError;
}

/** Too many requests at once, or a node that is not there: of one document as of a whole request. */
export function isTransientStatus(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Whether the index or alias asked for does not exist. */
export function isMissingIndex(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}

/** What the engine says is wrong, in one line, without the request. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error);
}

export interface RetryOptions {
  attempts: number;
  /** The first wait is at most so long, each following one at most twice its predecessor; the actual one is random. */
  firstWaitMs: number;
}

/**
 * Repeats what fails for a transient reason. Only for requests that may be repeated.
 *
 * @example
 * const { body } = await withRetries({ attempts: 2, firstWaitMs: 100 }, () => client.search(request));
 */
export async function withRetries<T>({ attempts, firstWaitMs }: RetryOptions, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (attempt >= attempts || !isTransient(error)) throw error;
      const longest = firstWaitMs * 2 ** (attempt - 1);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
    }
  }
}
