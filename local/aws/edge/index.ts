import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Deployment } from "../../deployment/deployment";
import { closeServer, listen } from "../../servers/listen";
import { accessLogOf } from "./accessLog";
import { BucketOrigins } from "./bucketOrigin";
import { EdgeCache } from "./cache";
import { type Distribution, distributionsOf } from "./distribution";
import { type DnsState, Names } from "./dns/names";
import { type EdgeRequest, type EdgeResponse, errorPage, resultTypeOf } from "./exchange";
import { emulatedOrigin } from "./originAddresses";
import { respond } from "./respond";
import { hopByHop, type OriginAddress, type OriginAnswer, WebOrigins } from "./webOrigin";

export type { DnsState } from "./dns/names";
export type { OriginAddress, OriginAnswer } from "./webOrigin";

export interface EdgeOptions {
  /** Default 0: a free port. */
  port?: number;
  /**
   * Resolves an origin's domain name. Default: the deployments' records as Route 53 answers them, and `emulatedOrigin` for HTTP
   * APIs and Cognito in their Region's emulator.
   */
  originOf?: (domainName: string) => OriginAddress | undefined;
  /**
   * Divides the intervals of health checks, DNS times to live and origin time-outs. Time-outs stay long enough for a slow machine.
   * Default 1: as on AWS.
   */
  timeScale?: number;
  /** True: keeps copies of responses as CloudFront does, for the times of the cache policies. Default: false, so that changes show at once. */
  caches?: boolean;
  /** Region nearest to the edge, for latency records. Default: the first deployment's. */
  nearRegion?: string;
  /** Receives each answer of an HTTP API, and each attempt without one. */
  onAnswer?(answer: OriginAnswer): void;
  log: (line: string) => void;
  /** Receives the entries of CloudFront's access log, where the distribution has one. Default: they are dropped. */
  accessLog?: (line: string) => void;
}

export interface Edge {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** Limitations compared with CloudFront, as sentences for the user. */
  notEmulated: string[];
  /** Returns the current answer of each of the store's names and the state of each health check. */
  dns(): DnsState;
  /** Returns the Region to which a name resolves now, or `undefined` without a record. */
  regionOf(hostName: string): string | undefined;
  /** Serves these deployments of the same program from now on. Health checks keep their state. */
  update(deployments: readonly Deployment[]): void;
  stop(): Promise<void>;
}

/** API Gateway's limit on a body; no origin accepts more. */
const bodyLimitBytes = 10 * 1024 * 1024;
/** CloudFront's limit on a URL. */
const urlLimitBytes = 8_192;

const withoutCopies =
  "The edge caches nothing: each request goes to its origin, and Cache-Control affects browsers only.";
const withCopies =
  "The edge keeps copies in one place, without CloudFront's regional caches; requests for a part of a file go to the origin.";
const notEmulated = ["Viewers use plain HTTP on the loopback address, which the edge treats as HTTPS."];
const oneChecker =
  "Each health check has one checker: its last consecutive results decide, not a majority of checkers.";

/**
 * Serves the deployments' CloudFront distribution on one local address, and resolves the store's own names as Route 53 does, by
 * the records and health checks of all deployments.
 *
 * With several distributions, a request's `Host` selects one by domain name or alias; the first is the default.
 *
 * @example
 * const edge = await startEdge(deployment, { port: 8080, log });
 * await fetch(`${edge.url}/api/orders/health`);
 * @throws Error if the port is taken, if there is no distribution, or if a part of it is not emulated.
 */
export async function startEdge(deployments: Deployment | readonly Deployment[], options: EdgeOptions): Promise<Edge> {
  const all: readonly Deployment[] = "resources" in deployments ? [deployments] : deployments;
  const { port = 0, log, timeScale = 1, caches = false, accessLog = () => {} } = options;
  let distributions = servedBy(all, log);
  let entryOf = accessLogOf(all);
  const names = new Names(all, options);
  let emulated = emulatedOrigin(all);
  const originOf = options.originOf ?? ((name: string) => (names.has(name) ? names.addressOf(name) : emulated(name)));
  const origins = {
    buckets: new BucketOrigins(all, timeScale),
    web: new WebOrigins(originOf, timeScale, options.onAnswer),
    cache: caches ? new EdgeCache() : undefined,
  };

  const server = createServer({ maxHeaderSize: 32 * 1024 }, (message, response) => {
    const requestId = randomBytes(24).toString("base64url");
    serve(message, response, requestId).catch((error: unknown) => {
      // The path may be what a customer typed.
      log(`edge: ${message.method}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else
        void write(response, message, errorPage(502, "Error in the local edge.", String(error), requestId), requestId);
    });
  });

  async function serve(message: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const from = performance.now();
    const asked = requestOf(message, requestId);
    const host = (message.headers.host ?? "").replace(/:\d+$/, "");
    const distribution = distributions.find((one) => servesName(one, host)) ?? distributions[0];
    const answer = (await refusal(message, requestId)) ?? (await answerTo(distribution, asked, message));
    const { httpVersion } = message;
    const entry = entryOf(distribution, {
      request: asked,
      response: answer,
      tookMs: performance.now() - from,
      httpVersion,
    });
    if (entry !== undefined) accessLog(entry);
    await write(response, message, answer, requestId);
  }

  async function answerTo(
    distribution: Distribution,
    asked: EdgeRequest,
    message: IncomingMessage,
  ): Promise<EdgeResponse> {
    const { requestId } = asked;
    const body = await readBody(message);
    if (body === undefined) {
      return errorPage(413, "Request entity too large.", `The body is larger than ${bodyLimitBytes} bytes.`, requestId);
    }
    if (!distribution.enabled)
      return errorPage(403, "This distribution is disabled.", distribution.domainName, requestId);
    return respond(distribution, { ...asked, body }, origins, log);
  }

  const isOwnHost = (name: string) => distributions.some((one) => servesName(one, name));
  const url = await listen(server, port, "store's address", { isOwnHost, hasPages: true }).catch((error: unknown) => {
    names.stop();
    throw error;
  });
  return {
    url,
    notEmulated: [
      caches ? withCopies : withoutCopies,
      ...notEmulated,
      ...(names.state().checks.length > 0 ? [oneChecker] : []),
    ],
    dns: () => names.state(),
    regionOf: (hostName) => names.regionOf(hostName),
    update(changed) {
      distributions = servedBy(changed, log);
      entryOf = accessLogOf(changed);
      emulated = emulatedOrigin(changed);
      names.update(changed);
      origins.buckets.update(changed);
    },
    async stop() {
      names.stop();
      await closeServer(server);
      origins.buckets.destroy();
      origins.web.destroy();
    },
  };
}

function servedBy(deployments: readonly Deployment[], log: (line: string) => void): [Distribution, ...Distribution[]] {
  const [first, ...others] = distributionsOf(deployments, log);
  if (!first) throw new Error("The program has no CloudFront distribution for the edge to serve.");
  return [first, ...others];
}

/** Describes the viewer's request, without its body. */
function requestOf(message: IncomingMessage, requestId: string): EdgeRequest {
  const [uri = "/", ...query] = (message.url ?? "/").split("?");
  return {
    method: message.method ?? "GET",
    uri,
    query: query.join("?"),
    headers: message.headers,
    body: Buffer.alloc(0),
    viewerIp: message.socket.remoteAddress ?? "127.0.0.1",
    requestId,
  };
}

function servesName({ domainName, aliases }: Distribution, host: string): boolean {
  return domainName === host || aliases.includes(host);
}

async function refusal(message: IncomingMessage, requestId: string): Promise<EdgeResponse | undefined> {
  const target = message.url ?? "/";
  if (Buffer.byteLength(target) > urlLimitBytes) {
    return errorPage(414, "The request URL is too long.", `It may have at most ${urlLimitBytes} bytes.`, requestId);
  }
  // Absolute URLs are for proxies; this edge is none.
  if (!target.startsWith("/")) return errorPage(400, "Bad request.", "The path must begin with a slash.", requestId);
  return undefined;
}

/** Reads the body. Returns `undefined` for one that is too large, without reading the rest. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(message.headers["content-length"] ?? 0) > bodyLimitBytes) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += (chunk as Buffer).length;
    if (length > bodyLimitBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

async function write(
  response: ServerResponse,
  message: IncomingMessage,
  answer: EdgeResponse,
  requestId: string,
): Promise<void> {
  const { status, headers, body } = answer;
  for (const [name, value] of Object.entries(headers)) if (!hopByHop.has(name)) response.setHeader(name, value);
  response.setHeader("via", "1.1 local.cloudfront.net (CloudFront)");
  response.setHeader("x-amz-cf-id", requestId);
  response.setHeader("x-cache", `${resultTypeOf(answer)} from cloudfront`);
  if (!message.complete) response.setHeader("connection", "close");
  response.writeHead(status);
  if (message.method === "HEAD" || status === 204 || status === 304) {
    if (!Buffer.isBuffer(body)) body.destroy();
    response.end();
  } else if (Buffer.isBuffer(body)) response.end(body);
  else {
    // A viewer that disconnects ends the transfer; that is not an error of the edge.
    await pipeline(body, response).catch(() => response.destroy());
  }
}
