import { Agent, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import type { Behavior, Origin } from "./distribution";
import { type EdgeRequest, type EdgeResponse, OriginFailure, scaledLimit } from "./exchange";
import { selects } from "./policies";

/** Local address of an origin's domain name. */
export interface OriginAddress {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The `Host` that it expects. Default: the origin's domain name. */
  hostHeader?: string;
}

/** Headers of one connection only, which no proxy passes on. */
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

/** Connections are kept for less than the emulator (75 s) keeps them, so that none is used that it is just closing. */
const keptMs = 20_000;

/** Asks origins over HTTP, keeping connections open. */
export class WebOrigins {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: keptMs });

  constructor(
    private readonly originOf: (domainName: string) => OriginAddress | undefined,
    private readonly timeScale = 1,
  ) {}

  /** @throws OriginFailure when it can't be reached or does not answer in time. */
  async fetch(origin: Origin, behavior: Behavior, request: EdgeRequest): Promise<EdgeResponse> {
    // Reads may be retried after a time-out; anything else might take effect twice.
    const isRead = ["GET", "HEAD"].includes(request.method);
    for (let attempt = 1; ; attempt += 1) {
      const address = this.originOf(origin.domainName);
      if (!address)
        throw new OriginFailure(502, `CloudFront wasn't able to resolve the origin domain name ${origin.domainName}.`);
      try {
        return await this.ask(origin, address, behavior, request);
      } catch (error) {
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
      outgoing.destroy(new OriginFailure(504, "The origin did not answer in time.")),
    );
    outgoing.on("error", (error) => {
      clearTimeout(connecting);
      // A kept connection that the origin closed as it was used again. What must not happen twice is not sent twice.
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

/** No connection came about, so that another try can't do anything twice. */
class ConnectFailure extends Error {
  constructor(
    message: string,
    readonly timedOut = false,
  ) {
    super(message);
  }
}

/** The query strings that the cache policy or the origin request policy lets through, in their order. */
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

/** The headers that go to the origin: what the policies let through, and CloudFront's own. */
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
  // The viewer's plain HTTP stands for HTTPS here, and so the origin sees what it would see on AWS.
  forwarded["x-forwarded-proto"] = "https";
  forwarded["via"] = "1.1 local.cloudfront.net (CloudFront)";
  forwarded["x-amz-cf-id"] = requestId;
  return forwarded;
}
