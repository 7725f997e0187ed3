import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { closeServer, listen } from "../servers/listen";
import type { OrderTimeline } from "./orders/timeline";
import { pageFiles } from "./pageFiles";
import type { PageSettings } from "./state";

/** Source of the page's data: a running store, or a recording. */
export interface PageSource {
  settings(): PageSettings;
  /** Latest JSON of each part of the state. */
  latest(): Iterable<readonly [string, string]>;
  timeline(orderId: string): Promise<OrderTimeline | undefined>;
  /** Other JSON by path, such as `/regions`. */
  json?: Record<string, () => Promise<unknown>>;
  /** Performs an action. Default: actions are refused. @throws RangeError with a sentence for the user. */
  perform?(action: unknown): Promise<{ detail?: string }>;
}

export interface PageServer {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** True if a page is open. */
  isWatched(): boolean;
  /** Sends a part to the open pages. */
  send(part: string, json: string): void;
  stop(): Promise<void>;
}

const MAX_REQUEST_BYTES = 64 * 1024;

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** Serves the console's page. @throws Error if the port is in use. */
export async function servePage(port: number, source: PageSource, log: (line: string) => void): Promise<PageServer> {
  const viewers = new Set<ServerResponse>();
  const keepAlive = setInterval(() => {
    for (const viewer of viewers) viewer.write(": still here\n\n");
  }, 15_000);
  // If the port is in use, this must not keep the process alive.
  keepAlive.unref();

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      log(`console: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  const routes: Record<string, (message: IncomingMessage, response: ServerResponse) => void | Promise<void>> = {
    "GET /settings": (_, response) => sendJson(response, 200, source.settings()),
    "GET /events": (_, response) => {
      response.writeHead(200, { ...securityHeaders, "content-type": "text/event-stream" });
      // The page is live from now on, also while nothing is known that it could be sent.
      response.flushHeaders();
      viewers.add(response);
      response.on("close", () => viewers.delete(response));
      for (const [part, json] of source.latest()) response.write(`event: ${part}\ndata: ${json}\n\n`);
    },
    "POST /actions": act,
    ...Object.fromEntries(
      Object.entries(source.json ?? {}).map(([path, read]) => [
        `GET ${path}`,
        async (_: IncomingMessage, response: ServerResponse) => sendJson(response, 200, await read()),
      ]),
    ),
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (message.url ?? "/").split("?")[0] ?? "/";
    if (message.method !== "GET" && !isFromPage(message)) {
      response.writeHead(403).end();
      return;
    }
    const file = message.method === "GET" ? pageFiles[path] : undefined;
    const orderId = message.method === "GET" ? /^\/orders\/([\w-]+)$/.exec(path)?.[1] : undefined;
    const route = routes[`${message.method} ${path}`];
    if (file) {
      response.writeHead(200, { ...securityHeaders, "content-type": `${file.type}; charset=utf-8` });
      response.end(file.read());
    } else if (orderId) {
      const timeline = await source.timeline(orderId);
      if (timeline) sendJson(response, 200, timeline);
      else sendJson(response, 404, { detail: `No Region that answers has the order ${orderId}.` });
    } else if (route) {
      await route(message, response);
    } else {
      response.writeHead(404).end();
    }
  }

  async function act(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (source.perform === undefined) throw new RangeError("A recording cannot be changed.");
      sendJson(response, 200, await source.perform(await readJson(message)));
    } catch (error) {
      const isRefused = error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError;
      if (!isRefused) log(`console: ${String(error)}`);
      sendJson(response, isRefused ? 400 : 500, { detail: error instanceof Error ? error.message : String(error) });
    }
  }

  const url = await listen(server, port, "console page", { hasPages: true });
  return {
    url,
    isWatched: () => viewers.size > 0,
    send(part, json) {
      for (const viewer of viewers) viewer.write(`event: ${part}\ndata: ${json}\n\n`);
    },
    async stop() {
      clearInterval(keepAlive);
      for (const viewer of viewers) viewer.end();
      await closeServer(server);
    },
  };
}

/** Accepts actions from the console's own page only; `listen` has refused foreign hosts and origins before. */
function isFromPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host}` && headers["content-type"] === "application/json";
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  if (!(Number(message.headers["content-length"]) <= MAX_REQUEST_BYTES))
    throw new RangeError("The request needs a Content-Length of at most 64 KiB.");
  return JSON.parse(await text(message)) as unknown;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...securityHeaders, "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
