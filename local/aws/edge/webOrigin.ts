import { Agent, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import type { Behavior, Origin } from "./distribution";
import { type EdgeRequest, type EdgeResponse, OriginFailure, scaledLimit } from "./exchange";
import { selects } from "./policies";

/** Local address of an origin's domain name. */
export interface OriginAddress {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** `Host` header that the address expects. Default: the origin's domain name. */
  hostHeader?: string;
}

/** Answer of an HTTP API to a customer's request, or its absence. */
export interface OriginAnswer {
  /** Local address of the origin. */
  url: string;
  path: string;
  /** Milliseconds until the answer's head, or until the edge gave up. */
  ms: number;
  /** Absent if the origin could not be reached or did not answer in time. */
  status?: number;
}

/** Hop-by-hop headers, which a proxy does not forward. */
export const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Connections are kept for a shorter time than the emulator's 75 s, so that none is reused while the emulator closes it. */
const keptMs = 20_000;

/** Sends requests to origins over HTTP with kept connections. */
export class WebOrigins {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: keptMs });

  constructor(
    private readonly originOf: (domainName: string) => OriginAddress | undefined,
    private readonly timeScale = 1,
    private readonly onAnswer: (answer: OriginAnswer) => void = () => undefined,
  ) {}

  /** @throws OriginFailure if the origin cannot be reached or does not respond in time. */
  async fetch(origin: Origin, behavior: Behavior, request: EdgeRequest): Promise<EdgeResponse> {
    // Only reads may be retried after a time-out: other requests could take effect twice.
    const isRead = ["GET", "HEAD"].includes(request.method);
    for (let attempt = 1; ; attempt += 1) {
      const address = this.originOf(origin.domainName);
      if (!address)
        throw new OriginFailure(502, `CloudFront wasn't able to resolve the origin domain name ${origin.domainName}.`);
      const began = performance.now();
      const report = (status?: number) =>
        this.onAnswer({ url: address.url, path: request.uri, ms: performance.now() - began, status });
      try {
        const answer = await this.ask(origin, address, behavior, request);
        report(answer.status);
        return answer;
      } catch (error) {
        report();
        const again =
          error instanceof ConnectFailure || (isRead && error instanceof OriginFailure && error.status === 504);
        if (again && attempt < origin.connectionAttempts) continue;
        if (error instanceof OriginFailure) throw error;
        const status = error instanceof ConnectFailure && error.timedOut ? 504 : 502;
        throw new OriginFailure(status, `CloudFront wasn't able to connect to the origin: ${String(error)}`);
      }
    }
  }

  destroy(): void {
    this.agent.destroy();
  }

  private ask(origin: Origin, address: OriginAddress, behavior: Behavior, request: EdgeRequest): Promise<EdgeResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<EdgeResponse>();
    const query = forwardedQuery(request.query, behavior);
    const outgoing = httpRequest(new URL(address.url), {
      agent: this.agent,
      method: request.method,
      path: `${origin.originPath}${request.uri}${query && `?${query}`}`,
      headers: {
        ...forwardedHeaders(request, behavior),
        ...Object.fromEntries(origin.customHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
        host: address.hostHeader ?? origin.domainName,
      },
    });
    let connected = false;
    const connecting = setTimeout(
      () => outgoing.destroy(new ConnectFailure("no connection in time", true)),
      scaledLimit(origin.connectionTimeoutMs, this.timeScale),
    );
    outgoing.on("socket", (socket) => {
      const onConnect = () => {
        connected = true;
        clearTimeout(connecting);
      };
      if (socket.connecting) socket.once("connect", onConnect);
      else onConnect();
    });
    outgoing.setTimeout(scaledLimit(origin.readTimeoutMs, this.timeScale), () =>
      outgoing.destroy(new OriginFailure(504, "The origin did not respond in time.")),
    );
    outgoing.on("error", (error) => {
      clearTimeout(connecting);
      // The origin closed the kept connection while it was reused. Requests that must not take effect twice are not resent.
      const stale =
        outgoing.reusedSocket &&
        !["POST", "PATCH"].includes(request.method) &&
        ["ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? "");
      const isKnown = error instanceof OriginFailure || error instanceof ConnectFailure;
      reject(isKnown || (connected && !stale) ? error : new ConnectFailure(error.message));
    });
    outgoing.on("response", (response) => {
      const headers: EdgeResponse["headers"] = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (value !== undefined && !hopByHop.has(name)) headers[name] = value;
      }
      resolve({ status: response.statusCode ?? 502, headers, body: response });
    });
    outgoing.end(request.body);
    return promise;
  }
}

/** Failure before a connection was established, so that a retry is safe. */
class ConnectFailure extends Error {
  constructor(
    message: string,
    readonly timedOut = false,
  ) {
    super(message);
  }
}

/** Returns the query parameters that the cache policy or the origin request policy forwards, in their order. */
export function forwardedQuery(
  query: string,
  { cache, originRequest }: Pick<Behavior, "cache" | "originRequest">,
): string {
  return query
    .split("&")
    .filter((part) => {
      const name = part.split("=")[0] ?? "";
      return part !== "" && (selects(cache.queryStrings, name) || selects(originRequest.queryStrings, name));
    })
    .join("&");
}

/** Returns the headers for the origin: those that the policies forward, and CloudFront's own. */
export function forwardedHeaders(
  { headers, viewerIp, requestId, body, method }: EdgeRequest,
  { cache, originRequest }: Pick<Behavior, "cache" | "originRequest">,
): OutgoingHttpHeaders {
  const forwarded: OutgoingHttpHeaders = { "user-agent": "Amazon CloudFront" };
  for (const [name, value] of Object.entries(headers)) {
    const never = hopByHop.has(name) || ["host", "content-length", "accept-encoding", "cookie"].includes(name);
    if (never || value === undefined) continue;
    if (selects(cache.headers, name) || selects(originRequest.headers, name)) forwarded[name] = value;
  }
  const cookies = (headers.cookie ?? "").split(/;\s*/).filter((cookie) => {
    const name = cookie.split("=")[0] ?? "";
    return cookie !== "" && (selects(cache.cookies, name) || selects(originRequest.cookies, name));
  });
  if (cookies.length > 0) forwarded["cookie"] = cookies.join("; ");
  if (body.length > 0 || !["GET", "HEAD", "OPTIONS"].includes(method)) {
    if (headers["content-type"] !== undefined) forwarded["content-type"] = headers["content-type"];
    forwarded["content-length"] = String(body.length);
  }
  const encodings = [...(cache.brotli ? ["br"] : []), ...(cache.gzip ? ["gzip"] : [])].filter((encoding) =>
    String(headers["accept-encoding"] ?? "").includes(encoding),
  );
  if (encodings.length > 0) forwarded["accept-encoding"] = encodings.join(",");
  const before = headers["x-forwarded-for"];
  forwarded["x-forwarded-for"] = before === undefined ? viewerIp : `${String(before)}, ${viewerIp}`;
  // The viewer's plain HTTP stands for HTTPS, so the origin gets the same headers as on AWS.
  forwarded["x-forwarded-proto"] = "https";
  forwarded["via"] = "1.1 local.cloudfront.net (CloudFront)";
  forwarded["x-amz-cf-id"] = requestId;
  return forwarded;
}
