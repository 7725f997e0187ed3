import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Deployment } from "../deployment";
import { closeServer, listen } from "../listen";
import { BucketOrigins } from "./bucketOrigin";
import { type Distribution, distributionsOf } from "./distribution";
import { type EdgeRequest, type EdgeResponse, errorPage } from "./exchange";
import { emulatedOrigin } from "./originAddresses";
import { respond } from "./respond";
import { hopByHop, type OriginAddress, WebOrigins } from "./webOrigin";

export { emulatedOrigin } from "./originAddresses";
export type { OriginAddress } from "./webOrigin";

export interface EdgeOptions {
  /** Default 0: a free port. */
  port?: number;
  /** Where an origin's domain name leads. Default: `emulatedOrigin`, HTTP APIs and Cognito in their Region's emulator. */
  originOf?: (domainName: string) => OriginAddress | undefined;
  log: (line: string) => void;
}

export interface Edge {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** In which ways this edge is less than CloudFront, as sentences for a person. */
  notEmulated: string[];
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

/**
 * Serves the deployments' CloudFront distribution on one address of this machine.
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
  const { port = 0, originOf = emulatedOrigin(all), log } = options;
  const distributions = distributionsOf(all, log);
  const [first] = distributions;
  if (!first) throw new Error("The program has no CloudFront distribution for the edge to serve.");
  const origins = { buckets: new BucketOrigins(all), web: new WebOrigins(originOf) };

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
    const distribution = distributions.find((one) => servesName(one, host)) ?? (first as Distribution);
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

  const url = await listen(server, port, "store's address");
  return {
    url,
    notEmulated,
    async stop() {
      await closeServer(server);
      origins.buckets.destroy();
      origins.web.destroy();
    },
  };
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
