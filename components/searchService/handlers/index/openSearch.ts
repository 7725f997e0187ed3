/// <reference path="./clientParts.d.ts" />
import { EventEmitter } from "node:events";
import type { ApiError, ApiResponse, Client } from "@opensearch-project/opensearch";
import search from "@opensearch-project/opensearch/api/_core/search.js";
import { giveAwsV4Signer } from "@opensearch-project/opensearch/lib/aws/shared.js";
import * as errors from "@opensearch-project/opensearch/lib/errors.js";
import { ConnectionPool } from "@opensearch-project/opensearch/lib/pool/index.js";
import { beginSubsegment } from "../../../runtime/tracing";
import { JsonSerializer } from "./jsonSerializer";

/** The part of the client that searching needs. */
export type Searcher = Pick<Client, "search" | "transport">;

export interface OpenSearchOptions {
  /** Host name or URL of the domain. */
  endpoint: string;
  region: string;
  /** Milliseconds for one attempt. */
  requestTimeoutMs: number;
}

/**
 * Creates a client that signs requests with the function's role. It does not retry: use `withRetries`, which waits
 * between attempts.
 *
 * It has the parts of `Client`, put together as `Client` does, without its other 500 operations: half of the function that searches. `openSearchClient`
 * adds those that write.
 */
export function openSearcher({ endpoint, region, requestTimeoutMs }: OpenSearchOptions): Searcher {
  const signed = giveAwsV4Signer(credentialsOfLambda)({ region, service: "es", getCredentials: credentialsOfLambda });
  const emitter = new EventEmitter();
  const emit = emitter.emit.bind(emitter);
  const connectionPool = new ConnectionPool({ Connection: signed.Connection, emit, pingTimeout: 3_000 });
  connectionPool.addConnection(endpoint.includes("://") ? endpoint : `https://${endpoint}`);
  const transport = new signed.Transport({
    emit,
    connectionPool,
    serializer: new JsonSerializer(),
    name: "opensearch-js",
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    sniffEndpoint: "",
  });
  traceCalls(emitter);
  return { transport, search: search.bind({ transport } as Client) };
}

/** Adds each request to the function's trace: index, duration, outcome. */
function traceCalls(emitter: EventEmitter): void {
  const calls = new WeakMap<object, ReturnType<typeof beginSubsegment>>();
  emitter.on("request", (_error: unknown, { meta }: ApiResponse) => {
    const { method, path } = meta.request.params;
    const { host = "", origin = "" } = meta.connection?.url ?? {};
    calls.set(meta.request, beginSubsegment({ name: host, request: { method, url: `${origin}${path}` } }));
  });
  emitter.on("response", (error: ApiError | null, { meta, statusCode }: ApiResponse) =>
    calls.get(meta.request)?.({ status: statusCode ?? undefined, error: error ?? undefined }),
  );
}

/** Reads the role's credentials from the environment; Lambda starts a new container before they expire. */
async function credentialsOfLambda() {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = "",
    AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** Returns true for failures that a retry may resolve. */
function isTransient(error: unknown): boolean {
  if (error instanceof errors.ResponseError) return isTransientStatus(error.statusCode ?? 0);
  return error instanceof errors.OpenSearchClientError;
}

/** Returns true for too many requests or a missing node; for the status of a document or of a whole request. */
export function isTransientStatus(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Returns true if the requested index or alias does not exist. */
export function isMissingIndex(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}

/** Returns true if the index has no field to collapse results by. */
export function isMissingTile(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 400 && /to collapse on/.test(error.message);
}

export interface RetryOptions {
  attempts: number;
  /** Longest first wait in milliseconds; each further wait may be twice as long. The actual wait is random. */
  firstWaitMs: number;
}

/**
 * Repeats a request that fails for a transient reason. Only for idempotent requests.
 *
 * @example
 * const { body } = await withRetries({ attempts: 2, firstWaitMs: 100 }, () => openSearch.search(request));
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
