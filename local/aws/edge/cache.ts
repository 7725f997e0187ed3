import type { Readable } from "node:stream";
import type { Behavior, Distribution } from "./distribution";
import type { EdgeRequest, EdgeResponse } from "./exchange";
import { selects } from "./policies";

/** Larger bodies are passed on without a copy: the edge reads a whole body before it keeps one. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;
const MOST_BYTES = 128 * 1024 * 1024;

/** Statuses of errors that CloudFront keeps whatever their `Cache-Control`. */
const KEPT_ERRORS = [404, 414, 500, 501, 502, 503, 504];
/** CloudFront's default of `errorCachingMinTtl`. */
const ERROR_SECONDS = 10;

interface Copy {
  status: number;
  headers: EdgeResponse["headers"];
  body: Buffer;
  storedAt: number;
  /** Milliseconds for which the copy is fresh. */
  freshMs: number;
  /** Further milliseconds in which the copy answers while it is renewed. */
  whileRenewedMs: number;
  /** Further milliseconds in which the copy answers if the origin fails. */
  ifErrorMs: number;
}

export interface CachedRequest {
  distribution: Pick<Distribution, "id" | "errorResponses">;
  behavior: Pick<Behavior, "pathPattern" | "cache">;
  /** After the behaviour's function for viewer requests. */
  request: EdgeRequest;
  /** Sends a request to the behaviour's origins. An origin that doesn't answer is a response with status 502 to 504. */
  ask(request: EdgeRequest): Promise<EdgeResponse>;
}

/**
 * Copies of responses, as one edge location of CloudFront keeps them: by the key and the times of the behaviour's cache policy, the
 * response's `Cache-Control`, `stale-while-revalidate` and `stale-if-error`.
 *
 * @example
 * const cache = new EdgeCache();
 * await cache.answer({ distribution, behavior, request, ask });
 */
export class EdgeCache {
  /** The copy that was used longest ago is first. */
  private readonly copies = new Map<string, Copy>();
  private readonly renewals = new Set<string>();
  private bytes = 0;

  constructor(private readonly now: () => number = Date.now) {}

  async answer(asked: CachedRequest): Promise<EdgeResponse> {
    const { behavior, request, ask } = asked;
    // CloudFront cuts ranges out of its copy; the edge has the origin do it.
    const isCached = ["GET", "HEAD"].includes(request.method) && behavior.cache.maxTtl > 0;
    if (!isCached || request.headers.range !== undefined) return ask(request);
    const key = keyOf(asked);
    const copy = this.copies.get(key);
    if (!copy) return this.renew(key, asked);
    this.copies.delete(key);
    this.copies.set(key, copy);
    const overdueMs = this.now() - copy.storedAt - copy.freshMs;
    if (overdueMs < 0) return this.fromCopy(copy, request);
    if (overdueMs < copy.whileRenewedMs) {
      this.renewLater(key, asked);
      return this.fromCopy(copy, request);
    }
    return this.renew(key, asked, copy);
  }

  /** Asks the origin, and keeps its response for the next requests. */
  private async renew(key: string, asked: CachedRequest, old?: Copy): Promise<EdgeResponse> {
    const { request, ask } = asked;
    // A copy serves every viewer, so the origin is asked for the whole file, or whether the copy is still the newest.
    const { "if-none-match": _, "if-modified-since": __, ...headers } = request.headers;
    const response = await ask({ ...request, headers: { ...headers, ...validatorsOf(old) } });
    if (response.status >= 500 && old && this.now() < old.storedAt + old.freshMs + old.ifErrorMs) {
      discard(response);
      return this.fromCopy(old, request);
    }
    if (response.status === 304 && old) {
      const renewed = { ...old, headers: { ...old.headers, ...response.headers } };
      this.keep(key, { ...renewed, ...lifeOf({ ...response, headers: renewed.headers, status: 200 }, asked) });
      return { ...this.fromCopy(renewed, request), fromCopy: "RefreshHit" };
    }
    const life = lifeOf(response, asked);
    if (life.freshMs === 0 && life.whileRenewedMs === 0 && life.ifErrorMs === 0) {
      this.drop(key);
      return conditional(response, request);
    }
    if (request.method === "HEAD" || Number(response.headers["content-length"]) > MOST_BODY_BYTES) return response;
    const body = await whole(response.body);
    this.keep(key, { ...life, status: response.status, headers: response.headers, body });
    return conditional({ ...response, body }, request);
  }

  private renewLater(key: string, asked: CachedRequest): void {
    if (this.renewals.has(key)) return;
    this.renewals.add(key);
    const request = { ...asked.request, method: "GET" };
    this.renew(key, { ...asked, request }, this.copies.get(key))
      .then(discard)
      // The next request tries again, and reports the failure once the copy is too old.
      .catch(() => undefined)
      .finally(() => this.renewals.delete(key));
  }

  private fromCopy(copy: Copy, request: EdgeRequest): EdgeResponse {
    const { status, headers, body, storedAt } = copy;
    const age = String(Math.max(0, Math.floor((this.now() - storedAt) / 1_000)));
    return conditional({ status, headers: { ...headers, age }, body, fromCopy: "Hit" }, request);
  }

  private keep(key: string, copy: Omit<Copy, "storedAt">): void {
    this.drop(key);
    this.copies.set(key, { ...copy, storedAt: this.now() });
    this.bytes += copy.body.length;
    for (const oldest of this.copies.keys()) {
      if (this.bytes <= MOST_BYTES) break;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.bytes -= this.copies.get(key)?.body.length ?? 0;
    this.copies.delete(key);
  }
}

/** Returns the cache key: path, and what the cache policy takes of query string, headers and cookies. */
function keyOf({ distribution, behavior, request }: CachedRequest): string {
  const { cache } = behavior;
  const headers = Object.entries(request.headers)
    .filter(([name]) => selects(cache.headers, name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const cookies = (request.headers.cookie ?? "")
    .split(/;\s*/)
    .filter((cookie) => cookie !== "" && selects(cache.cookies, cookie.split("=")[0]!));
  const query = request.query
    .split("&")
    .filter((part) => part !== "" && selects(cache.queryStrings, part.split("=")[0]!))
    .join("&");
  return JSON.stringify([distribution.id, behavior.pathPattern, request.uri, query, headers, cookies]);
}

/** Returns how long a response is kept, by the rules of CloudFront's page on expiration. */
function lifeOf(
  { status, headers }: EdgeResponse,
  { distribution, behavior: { cache } }: CachedRequest,
): Pick<Copy, "freshMs" | "whileRenewedMs" | "ifErrorMs"> {
  const { minTtl, defaultTtl, maxTtl } = cache;
  const directives = directivesOf(String(headers["cache-control"] ?? ""));
  const seconds = (name: string) => {
    const value = directives.get(name);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const isUncached = ["no-cache", "no-store", "private"].some((name) => directives.has(name));
  const given = isUncached ? 0 : (seconds("s-maxage") ?? seconds("max-age"));
  const fresh = given === undefined ? Math.max(defaultTtl, minTtl) : Math.min(Math.max(given, minTtl), maxTtl);
  if (status >= 400) {
    if (!KEPT_ERRORS.includes(status)) return { freshMs: 0, whileRenewedMs: 0, ifErrorMs: 0 };
    const error = distribution.errorResponses.find(({ errorCode }) => errorCode === status);
    const least = error?.errorCachingMinTtl ?? ERROR_SECONDS;
    return { freshMs: Math.max(given ?? 0, least) * 1_000, whileRenewedMs: 0, ifErrorMs: 0 };
  }
  // `no-cache` and the like are kept for the policy's least time only.
  const stale = (name: string) => (isUncached ? 0 : Math.min(seconds(name) ?? 0, maxTtl) * 1_000);
  return {
    freshMs: fresh * 1_000,
    whileRenewedMs: stale("stale-while-revalidate"),
    ifErrorMs: stale("stale-if-error"),
  };
}

function directivesOf(cacheControl: string): Map<string, string> {
  const parts = cacheControl.split(",").map((part) => part.trim().split("="));
  return new Map(parts.map(([name = "", value = ""]) => [name.toLowerCase(), value]));
}

function validatorsOf(copy: Copy | undefined): Record<string, string> {
  if (copy?.status !== 200) return {};
  const { etag, "last-modified": modified } = copy.headers;
  return {
    ...(etag !== undefined && { "if-none-match": String(etag) }),
    ...(modified !== undefined && { "if-modified-since": String(modified) }),
  };
}

/** Answers 304 to a viewer that has the response already. */
function conditional(response: EdgeResponse, request: EdgeRequest): EdgeResponse {
  const { etag } = response.headers;
  const weak = (tag: string) => tag.trim().replace(/^W\//, "");
  const known = (request.headers["if-none-match"] ?? "").split(",").map(weak);
  if (response.status !== 200 || etag === undefined || !known.includes(weak(String(etag)))) return response;
  discard(response);
  const { "content-length": _, "content-type": __, "content-encoding": ___, ...headers } = response.headers;
  return { ...response, status: 304, headers, body: Buffer.alloc(0) };
}

function discard({ body }: EdgeResponse): void {
  if (!Buffer.isBuffer(body)) body.destroy();
}

async function whole(body: Readable | Buffer): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
