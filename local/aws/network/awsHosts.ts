import {
  createServer as createProxy,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { refuseForeignPages } from "../../servers/refuseForeignPages";
import type { Certificates } from "./certificates";

export interface AwsHostsOptions {
  certificates: Certificates;
  /** Returns the endpoint of a Region's emulator. A function, because the endpoint changes when a Region is restarted. */
  endpointOf(region: string): string | undefined;
  /** Resolves one of the store's own names, such as `orders.api.example.com`, to a Region. Default: the store has none. */
  regionOf?(hostName: string): string | undefined;
  /**
   * Returns false while the Region is unreachable: its callers then get no response, as with lost packets. A dead Region refuses
   * connections by itself. Default: every Region is reachable.
   */
  reaches?(region: string): boolean;
  log(line: string): void;
}

/** AWS's and the store's host names on this machine: a proxy for the functions, and TLS in front of the emulators. */
export interface AwsHosts {
  /** Environment with which a Node.js process reaches only the Regions' emulators, by AWS's own host names. */
  functionEnvironment: Record<string, string>;
  stop(): Promise<void>;
}

const answerTimeoutMs = 60_000;
/** Time limit of a connection without a response, unless its caller gives up earlier. */
const lostLimitMs = 60_000;

/**
 * Starts the proxy. A function's `https://cognito-idp.us-east-1.amazonaws.com/…` becomes a CONNECT to it, ends at a TLS server
 * with a certificate that the function trusts, and is forwarded to the Region's emulator, as are the store's own names. Any other
 * host is refused, so that no request leaves the machine.
 */
export async function startAwsHosts(options: AwsHostsOptions): Promise<AwsHosts> {
  const sockets = new Set<Socket>();
  const remember = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const terminator = createTlsServer(options.certificates, (request, response) => forward(request, response, options));
  refuseForeignPages(terminator, { isOwnHost: (name) => targetOf(name, options) !== undefined });
  terminator.on("connection", remember);
  const terminatorPort = await listenOnLoopback(terminator);

  const proxy = createProxy((request, response) => {
    options.log(`network: refused ${request.method} ${request.url}`);
    response
      .writeHead(403, { "content-type": "text/plain" })
      .end("Functions of the local run can reach only AWS's and the store's host names.\n");
  });
  proxy.on("connection", remember);
  proxy.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on("error", () => client.destroy());
    const host = (request.url ?? "").replace(/:443$/, "");
    const target = targetOf(host, options);
    if (target === undefined) {
      options.log(`network: refused a connection to ${request.url}`);
      client.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    if (options.reaches?.(target.region) === false) {
      getLost(client);
      return;
    }
    // The tunnel ends at the local TLS server, but the Region decides whether the connection is accepted.
    const region = connect(Number(target.endpoint.port), target.endpoint.hostname);
    region.setTimeout(answerTimeoutMs, () => region.destroy(new Error("no connection in time")));
    region.once("error", (error) => {
      options.log(`network: ${host}: ${error.message}`);
      client.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    });
    client.once("close", () => region.destroy());
    region.once("connect", () => {
      region.destroy();
      tunnel(client, head, terminatorPort);
    });
  });
  const proxyPort = await listenOnLoopback(proxy);

  return {
    functionEnvironment: {
      NODE_EXTRA_CA_CERTS: options.certificates.authorityFile,
      NODE_USE_ENV_PROXY: "1",
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      HTTP_PROXY: `http://127.0.0.1:${proxyPort}`,
      NO_PROXY: "localhost,127.0.0.1",
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([proxy, terminator].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function tunnel(client: Socket, head: Buffer, terminatorPort: number): void {
  const inner = connect(terminatorPort, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) inner.write(head);
    inner.pipe(client);
    client.pipe(inner);
  });
  inner.on("error", () => client.destroy());
  client.on("close", () => inner.destroy());
}

/** Leaves a request without a response. */
function getLost(socket: Socket): void {
  const limit = setTimeout(() => socket.destroy(), lostLimitMs);
  socket.once("close", () => clearTimeout(limit));
  // Reading detects a caller that gives up.
  socket.resume();
}

interface Target {
  region: string;
  endpoint: URL;
  /** Host name for the emulator. */
  host: string;
}

/** Finds the emulator for a host name of AWS or of the store. */
function targetOf(host: string, { endpointOf, regionOf }: AwsHostsOptions): Target | undefined {
  const match = /^([\w-]+)(?:\.(execute-api))?\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/.exec(host);
  const region = match?.[3] ?? regionOf?.(host);
  const address = region === undefined ? undefined : endpointOf(region);
  if (region === undefined || address === undefined) return undefined;
  const endpoint = new URL(address);
  return { region, endpoint, host: match?.[2] ? `${match[1]}.execute-api.localhost:${endpoint.port}` : host };
}

function forward(request: IncomingMessage, response: ServerResponse, options: AwsHostsOptions): void {
  const target = targetOf((request.headers.host ?? "").replace(/:\d+$/, ""), options);
  if (target === undefined) {
    response.writeHead(421).end();
    return;
  }
  // The tunnel was opened before the Region became unreachable.
  if (options.reaches?.(target.region) === false) {
    getLost(request.socket);
    return;
  }
  const onward = httpRequest(
    target.endpoint,
    {
      method: request.method,
      path: request.url,
      headers: { ...request.headers, host: target.host, "x-forwarded-proto": "https" },
      timeout: answerTimeoutMs,
    },
    (answer) => {
      // The caller may be a function that was killed, or frozen with its Region.
      if (response.destroyed) return void answer.resume();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    },
  );
  onward.on("timeout", () => onward.destroy(new Error("no answer in time")));
  onward.on("error", (error) => {
    options.log(`network: ${request.headers.host}: ${error.message}`);
    // A dead Region sends no response, not even an error.
    response.destroy();
  });
  pipeline(request, onward, () => undefined);
}

async function listenOnLoopback(
  server: ReturnType<typeof createProxy> | ReturnType<typeof createTlsServer>,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}
