import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Deployment } from "../../deployment/deployment";
import { closeServer, listen } from "../../servers/listen";
import { BucketOrigins } from "./bucketOrigin";
import { type Distribution, distributionsOf } from "./distribution";
import { type DnsState, Names } from "./dns/names";
import { type EdgeRequest, type EdgeResponse, errorPage } from "./exchange";
import { emulatedOrigin } from "./originAddresses";
import { respond } from "./respond";
import { hopByHop, type OriginAddress, WebOrigins } from "./webOrigin";

export type { DnsState } from "./dns/names";
export type { OriginAddress } from "./webOrigin";

export interface EdgeOptions {
  /** Default 0: a free port. */
  port?: number;
  /**
   * Where an origin's domain name leads. Default: names of the deployments' records as Route 53 answers them, and
   * `emulatedOrigin`, HTTP APIs and Cognito in their Region's emulator.
   */
  originOf?: (domainName: string) => OriginAddress | undefined;
  /**
   * How many times faster than on AWS the health checks ask, answers of DNS expire and origins time out. Time-outs stay long
   * enough for a slow machine. Default 1.
   */
  timeScale?: number;
  /** Region that the edge is near to, for records with latency routing. Default: the first deployment's. */
  nearRegion?: string;
  log: (line: string) => void;
}

export interface Edge {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** In which ways this edge is less than CloudFront, as sentences for a person. */
  notEmulated: string[];
  /** Current answer of each of the store's names, and state of each health check. */
  dns(): DnsState;
  /** The Region that a name of the deployments' records leads to now. Absent: there is no such record. */
  regionOf(hostName: string): string | undefined;
  /** Serves these deployments from now on: the same program, deployed again. Health checks go on as they are. */
  update(deployments: readonly Deployment[]): void;
  stop(): Promise<void>;
}

/** API Gateway's limit on a body: nothing behind this edge takes more. */
const bodyLimitBytes = 10 * 1024 * 1024;
/** CloudFront's limit on a URL. */
const urlLimitBytes = 8_192;

const notEmulated = [
  "The edge keeps no answer: each request goes to its origin, and Cache-Control matters to the browser alone.",
  "Viewers come by plain HTTP on the loopback address, which the edge treats as HTTPS.",
];
const oneChecker =
  "Each health check is asked from one place: the last answers in a row decide, not a majority of checkers.";

/**
 * Serves the deployments' CloudFront distribution on one address of this machine, and answers the store's own names as Route 53 does:
 * by the records of all deployments and their health checks.
 *
 * With several distributions a request's `Host` chooses, by domain name or alias; the first is the default.
 *
 * @example
 * const edge = await startEdge(deployment, { port: 8080, log });
 * await fetch(`${edge.url}/api/orders/health`);
 * @throws Error when the port is taken, when there is no distribution, or naming what of it is not emulated.
 */
export async function startEdge(deployments: Deployment | readonly Deployment[], options: EdgeOptions): Promise<Edge> {
  const all: readonly Deployment[] = "resources" in deployments ? [deployments] : deployments;
  const { port = 0, log, timeScale = 1 } = options;
  let distributions = servedBy(all, log);
  const names = new Names(all, options);
  let emulated = emulatedOrigin(all);
  const originOf = options.originOf ?? ((name: string) => (names.has(name) ? names.addressOf(name) : emulated(name)));
  const origins = { buckets: new BucketOrigins(all, timeScale), web: new WebOrigins(originOf, timeScale) };

  const server = createServer({ maxHeaderSize: 32 * 1024 }, (message, response) => {
    const requestId = randomBytes(24).toString("base64url");
    serve(message, response, requestId).catch((error: unknown) => {
      log(`edge: ${message.method} ${message.url}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else void write(response, message, errorPage(502, "The edge failed.", String(error), requestId), requestId);
    });
  });

  async function serve(message: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const answer = (await refusal(message, requestId)) ?? (await answerTo(message, requestId));
    await write(response, message, answer, requestId);
  }

  async function answerTo(message: IncomingMessage, requestId: string): Promise<EdgeResponse> {
    const body = await readBody(message);
    if (body === undefined) {
      return errorPage(413, "Request entity too large.", `The body is larger than ${bodyLimitBytes} bytes.`, requestId);
    }
    const host = (message.headers.host ?? "").replace(/:\d+$/, "");
    const distribution = distributions.find((one) => servesName(one, host)) ?? distributions[0];
    const [uri = "/", ...query] = (message.url ?? "/").split("?");
    const request: EdgeRequest = {
      method: message.method ?? "GET",
      uri,
      query: query.join("?"),
      headers: message.headers,
      body,
      viewerIp: message.socket.remoteAddress ?? "127.0.0.1",
      requestId,
    };
    if (!distribution.enabled)
      return errorPage(403, "This distribution is disabled.", distribution.domainName, requestId);
    return respond(distribution, request, origins, log);
  }

  const isOwnHost = (name: string) => distributions.some((one) => servesName(one, name));
  const url = await listen(server, port, "store's address", { isOwnHost, hasPages: true }).catch((error: unknown) => {
    names.stop();
    throw error;
  });
  return {
    url,
    notEmulated: names.state().checks.length > 0 ? [...notEmulated, oneChecker] : notEmulated,
    dns: () => names.state(),
    regionOf: (hostName) => names.regionOf(hostName),
    update(changed) {
      distributions = servedBy(changed, log);
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

function servesName({ domainName, aliases }: Distribution, host: string): boolean {
  return domainName === host || aliases.includes(host);
}

async function refusal(message: IncomingMessage, requestId: string): Promise<EdgeResponse | undefined> {
  const target = message.url ?? "/";
  if (Buffer.byteLength(target) > urlLimitBytes) {
    return errorPage(414, "The request URL is too long.", `It may have ${urlLimitBytes} bytes.`, requestId);
  }
  // An absolute URL is for proxies, which this edge is not.
  if (!target.startsWith("/")) return errorPage(400, "Bad request.", "The path must begin with a slash.", requestId);
  return undefined;
}

/** The body, or nothing when it is too large: then the rest is not read. */
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
  { status, headers, body, fromEdge }: EdgeResponse,
  requestId: string,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) if (!hopByHop.has(name)) response.setHeader(name, value);
  response.setHeader("via", "1.1 local.cloudfront.net (CloudFront)");
  response.setHeader("x-amz-cf-id", requestId);
  response.setHeader(
    "x-cache",
    `${status >= 400 ? "Error" : fromEdge ? "FunctionGeneratedResponse" : "Miss"} from cloudfront`,
  );
  if (!message.complete) response.setHeader("connection", "close");
  response.writeHead(status);
  if (message.method === "HEAD" || status === 204 || status === 304) {
    if (!Buffer.isBuffer(body)) body.destroy();
    response.end();
  } else if (Buffer.isBuffer(body)) response.end(body);
  else {
    // A viewer that goes away ends the transfer; that is no error of the edge.
    await pipeline(body, response).catch(() => response.destroy());
  }
}
