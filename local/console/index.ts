import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildSync } from "esbuild";
import type { Chaos } from "../chaos";
import type { Deployment } from "../deployment/deployment";
import { faultKindsOf, operationsOf, type Providers, testCards } from "../providers";
import { closeServer, listen } from "../servers/listen";
import { perform } from "./actions";
import { LastKnown } from "./lastKnown";
import { Logs } from "./logs";
import { deadLettersFirst, newestFirst, readMessages, readQueues } from "./messages";
import { Orders } from "./orders";
import { type OrderRecordSources, OrderTimelines } from "./orderTimelines";
import { regionClients } from "./regionClients";
import type { ConsoleState, RegionsView } from "./state";

export interface ConsoleOptions {
  /** Default 0: a free port. */
  port?: number;
  /** One a Region. */
  deployments: readonly Deployment[];
  providers: Pick<Providers, "controls">;
  /** Failure controls of the Regions. Default: the page has none. */
  chaos?: Chaos;
  /** DNS names and health checks. Default: none are shown. */
  failover?: () => Pick<RegionsView, "names" | "checks">;
  /** Records of single orders. Default: their pages show items, workflows and messages only. */
  records?: Pick<OrderRecordSources, "callsOf" | "arrivalsOf">;
  /** Address of the store, for the link at the top. */
  storeUrl?: string;
  /** Further limitations of the local run, as sentences. */
  notes?: readonly string[];
  log: (line: string) => void;
}

export interface Console {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** Reads everything that the page shows. */
  state(): Promise<ConsoleState>;
  stop(): Promise<void>;
}

type Part = keyof ConsoleState;

/** Milliseconds between reads of each part while a page is open. */
const readEveryMs: Record<Part, number> = {
  regions: 500,
  orders: 1_000,
  messages: 1_500,
  queues: 3_000,
  logs: 2_000,
  providers: 500,
  notEmulated: 60_000,
};
const parts = Object.keys(readEveryMs) as Part[];

const maxRequestBytes = 64 * 1024;

/** Files of the page, by path. The script includes the rules of `domain/` that the page uses. */
const files: Record<string, { type: string; read: () => string }> = {
  "/": { type: "text/html", read: () => readPage("page.html") },
  "/page.css": { type: "text/css", read: () => readPage("page.css") },
  "/page.mjs": { type: "text/javascript", read: bundlePage },
};

const readPage = (name: string) => readFileSync(join(__dirname, "page", name), "utf8");

let bundle: string | undefined;

function bundlePage(): string {
  const entryPoints = [join(__dirname, "page", "page.mjs")];
  bundle ??= buildSync({ entryPoints, bundle: true, format: "esm", target: "esnext", write: false }).outputFiles[0]!
    .text;
  return bundle;
}

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * Starts a page that shows the running store: Regions, orders with their workflows, messages, provider records, queues and logs,
 * with switches for failures. It reads nothing while no page is open.
 *
 * @example
 * const console = await startConsole({ port: 8081, deployments: [deployment], providers, storeUrl: edge.url, log });
 * @throws Error if the port is in use.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { port = 0, deployments, chaos, failover, storeUrl, notes = [], log } = options;
  const { controls } = options.providers;
  const stateOf = (name: string) => chaos?.status().regions.find(({ region }) => region === name)?.state ?? "up";
  const regions = deployments.map((each) => regionClients(each, () => stateOf(each.region) === "up"));
  const orders = new Orders(regions, (orderId) => controls.records(orderId));
  const timelines = new OrderTimelines(regions, {
    callsOf: () => [],
    arrivalsOf: () => [],
    ...options.records,
    providerCalls: () => controls.calls(),
    incidents: () => chaos?.incidents() ?? [],
  });
  const logs = new Logs(regions);
  const messages = new LastKnown(regions, readMessages);
  const queues = new LastKnown(regions, readQueues);
  const read: { [P in Part]: () => Promise<ConsoleState[P]> } = {
    regions: async () => ({
      regions: await Promise.all(
        regions.map(async ({ deployment: { region, stack, endpoint }, ministack, isUp }) => {
          const answers = () =>
            ministack("/ready").then(
              () => true,
              () => false,
            );
          return { region, stack, endpoint, up: isUp() && (await answers()), state: stateOf(region) };
        }),
      ),
      link: chaos?.status().link,
      ...failover?.(),
    }),
    orders: () => orders.read(),
    messages: async () => newestFirst((await messages.read()).flat()),
    queues: async () => deadLettersFirst((await queues.read()).flat()),
    logs: () => logs.read(),
    providers: async () => ({
      faults: controls.faults(),
      holds: controls.holds(),
      pace: controls.pace(),
      calls: controls.calls().slice(-100).reverse(),
    }),
    notEmulated: async () => [
      // Two stacks of one program have the same limitations.
      ...new Map(
        deployments
          .flatMap((deployment) => deployment.notEmulated)
          .map((one) => [`${one.type} ${one.name} ${one.why}`, one]),
      ).values(),
      ...notes.map((why) => ({ type: "", name: "", why })),
    ],
  };

  const viewers = new Set<ServerResponse>();
  const latest = new Map<Part, string>();
  const nextReadAt = new Map<Part, number>();
  const reading = new Set<Part>();

  /** Reads one part and sends it to the open pages if it has changed. */
  async function refresh(part: Part): Promise<void> {
    if (reading.has(part)) return;
    reading.add(part);
    const startedAt = Date.now();
    try {
      const json = JSON.stringify(await read[part]());
      if (latest.get(part) === json) return;
      latest.set(part, json);
      for (const viewer of viewers) viewer.write(`event: ${part}\ndata: ${json}\n\n`);
    } catch (error) {
      // While a Region is down the parts that need it stay as they are.
      if (latest.get("regions")?.includes('"up":false') !== true) log(`console: ${part}: ${String(error)}`);
    } finally {
      reading.delete(part);
      // Reading takes at most a tenth of the time, so that it does not slow down the store.
      nextReadAt.set(part, startedAt + Math.max(readEveryMs[part], 10 * (Date.now() - startedAt)));
    }
  }

  const clock = setInterval(() => {
    if (viewers.size === 0) return;
    for (const part of parts) {
      if (Date.now() >= (nextReadAt.get(part) ?? 0)) void refresh(part);
    }
  }, 250);
  const keepAlive = setInterval(() => {
    for (const viewer of viewers) viewer.write(": still here\n\n");
  }, 15_000);
  // If the port is in use, these must not keep the process alive.
  clock.unref();
  keepAlive.unref();

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      log(`console: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  const routes: Record<string, (message: IncomingMessage, response: ServerResponse) => void | Promise<void>> = {
    "GET /settings": (_, response) =>
      sendJson(response, 200, {
        storeUrl,
        testCards,
        operations: operationsOf,
        faultKinds: Object.fromEntries(
          Object.values(operationsOf)
            .flat()
            .map((operation) => [operation, faultKindsOf(operation)]),
        ),
        chaos: chaos !== undefined,
      }),
    "GET /regions": async (_, response) => sendJson(response, 200, await read.regions()),
    "GET /events": (_, response) => {
      response.writeHead(200, { ...securityHeaders, "content-type": "text/event-stream" });
      viewers.add(response);
      response.on("close", () => viewers.delete(response));
      for (const [part, json] of latest) response.write(`event: ${part}\ndata: ${json}\n\n`);
    },
    "POST /actions": act,
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (message.url ?? "/").split("?")[0] ?? "/";
    if (message.method !== "GET" && !isFromPage(message)) {
      response.writeHead(403).end();
      return;
    }
    const file = message.method === "GET" ? files[path] : undefined;
    const orderId = message.method === "GET" ? /^\/orders\/([\w-]+)$/.exec(path)?.[1] : undefined;
    const route = routes[`${message.method} ${path}`];
    if (file) {
      response.writeHead(200, { ...securityHeaders, "content-type": `${file.type}; charset=utf-8` });
      response.end(file.read());
    } else if (orderId) {
      const timeline = await timelines.read(orderId);
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
      const changed = await perform(await readJson(message), { providers: controls, chaos });
      await refresh(changed);
      sendJson(response, 200, {});
    } catch (error) {
      const isRefused = error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError;
      if (!isRefused) log(`console: ${String(error)}`);
      sendJson(response, isRefused ? 400 : 500, { detail: error instanceof Error ? error.message : String(error) });
    }
  }

  const url = await listen(server, port, "console page", { hasPages: true });
  return {
    url,
    async state() {
      const values = await Promise.all(parts.map(async (part) => [part, await read[part]()] as const));
      return Object.fromEntries(values) as unknown as ConsoleState;
    },
    async stop() {
      clearInterval(clock);
      clearInterval(keepAlive);
      for (const viewer of viewers) viewer.end();
      await closeServer(server);
      for (const region of regions) region.destroy();
    },
  };
}

/** Accepts actions from the console's own page only; `listen` has refused foreign hosts and origins before. */
function isFromPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host}` && headers["content-type"] === "application/json";
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  if (!(Number(message.headers["content-length"]) <= maxRequestBytes))
    throw new RangeError("The request needs a Content-Length of at most 64 KiB.");
  return JSON.parse(await text(message)) as unknown;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...securityHeaders, "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
