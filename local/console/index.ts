import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { Chaos } from "../chaos";
import type { Deployment } from "../deployment/deployment";
import { faultKindsOf, operationsOf, type Providers, testCards } from "../providers";
import { closeServer, listen } from "../servers/listen";
import { perform } from "./actions";
import { LastKnown } from "./lastKnown";
import { Logs } from "./logs";
import { deadLettersFirst, newestFirst, queues, sentMessages } from "./messages";
import { Orders } from "./orders";
import { regionClients } from "./regionClients";
import type { ConsoleState, RegionsView } from "./state";

export interface ConsoleOptions {
  /** Default 0: a free port. */
  port?: number;
  /** One a Region. */
  deployments: readonly Deployment[];
  outside: Pick<Providers, "controls">;
  /** The switches for the Regions' failures. Default: the page has none. */
  chaos?: Chaos;
  /** What the world outside makes of the Regions: names and health checks. Default: nothing is shown. */
  failover?: () => Pick<RegionsView, "names" | "checks">;
  /** The store's address, for the link at the top. */
  storeUrl?: string;
  /** What else is not emulated, as sentences: the edge's list, for example. */
  notes?: readonly string[];
  log: (line: string) => void;
}

export interface Console {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** What the page shows, read now. */
  state(): Promise<ConsoleState>;
  stop(): Promise<void>;
}

type Part = keyof ConsoleState;

/** How often each part is read while somebody looks, in milliseconds. */
const readEveryMs: Record<Part, number> = {
  regions: 500,
  orders: 1_000,
  messages: 1_500,
  queues: 3_000,
  logs: 2_000,
  outside: 500,
  notEmulated: 60_000,
};
const parts = Object.keys(readEveryMs) as Part[];

const files: Record<string, [file: string, type: string]> = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/page.mjs": ["page.mjs", "text/javascript; charset=utf-8"],
  "/dom.mjs": ["dom.mjs", "text/javascript; charset=utf-8"],
  "/outsideView.mjs": ["outsideView.mjs", "text/javascript; charset=utf-8"],
  "/regionsView.mjs": ["regionsView.mjs", "text/javascript; charset=utf-8"],
  "/views.mjs": ["views.mjs", "text/javascript; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
};

/** Modules of `domain/` that the page imports, by path: it formats amounts and ranks items by the store's own rules. */
const domainModules: Record<string, () => string> = {
  "/money.mjs": memoized(() => bundleDomain("money", "index.ts")),
  "/orderStatus.mjs": memoized(() => bundleDomain("order", "status.ts")),
  "/effective.mjs": memoized(() => bundleDomain("order", "effective.ts")),
};

function bundleDomain(...path: string[]): string {
  const entry = join(__dirname, "..", "..", "domain", ...path);
  const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return outputFiles[0]!.text;
}

function memoized<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * A page that shows the running store: Regions, orders and their workflows, messages, books, queues and logs, with switches for the
 * outside world's failures. It reads nothing while nobody looks.
 *
 * @example
 * const console = await startConsole({ port: 8081, deployments: [deployment], outside, storeUrl: edge.url, log });
 * @throws Error when the port is taken.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { port = 0, deployments, outside, chaos, failover, storeUrl, notes = [], log } = options;
  const { controls } = outside;
  const stateOf = (name: string) => chaos?.status().regions.find(({ region }) => region === name)?.state ?? "up";
  const regions = deployments.map((each) => regionClients(each, () => stateOf(each.region) === "up"));
  const orders = new Orders(regions, (orderId) => controls.book(orderId));
  const logs = new Logs(regions);
  const messagesOf = new LastKnown(regions, sentMessages);
  const queuesOf = new LastKnown(regions, queues);
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
    messages: async () => newestFirst((await messagesOf.read()).flat()),
    queues: async () => deadLettersFirst((await queuesOf.read()).flat()),
    logs: () => logs.read(),
    outside: async () => ({
      faults: controls.faults(),
      holds: controls.holds(),
      pace: controls.pace(),
      calls: controls.calls().slice(-100).reverse(),
    }),
    notEmulated: async () => [
      // Two stacks of one program lack the same.
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

  /** Reads one part and sends it to who looks, if it has changed. */
  async function refresh(part: Part): Promise<void> {
    if (reading.has(part)) return;
    reading.add(part);
    const began = Date.now();
    try {
      const text = JSON.stringify(await read[part]());
      if (latest.get(part) === text) return;
      latest.set(part, text);
      for (const viewer of viewers) viewer.write(`event: ${part}\ndata: ${text}\n\n`);
    } catch (error) {
      // A Region that is down says so itself; the parts that need it stay as they are.
      if (latest.get("regions")?.includes('"up":false') !== true) log(`console: ${part}: ${String(error)}`);
    } finally {
      reading.delete(part);
      // Looking must not slow down what is looked at: reading takes a tenth of the time at most.
      nextReadAt.set(part, began + Math.max(readEveryMs[part], 10 * (Date.now() - began)));
    }
  }

  const clock = setInterval(() => {
    if (viewers.size === 0) return;
    for (const part of parts) {
      if (Date.now() >= (nextReadAt.get(part) ?? 0)) void refresh(part);
    }
  }, 250);
  const alive = setInterval(() => {
    for (const viewer of viewers) viewer.write(": still here\n\n");
  }, 15_000);
  // A port that is taken must not leave these keeping the process alive.
  clock.unref();
  alive.unref();

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      log(`console: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (message.url ?? "/").split("?")[0] ?? "/";
    if (message.method !== "GET" && !isFromThePage(message)) {
      response.writeHead(403).end();
      return;
    }
    const file = files[path];
    const domainModule = domainModules[path];
    if (message.method === "GET" && domainModule) {
      response.writeHead(200, { ...securityHeaders, "content-type": "text/javascript; charset=utf-8" });
      response.end(domainModule());
    } else if (message.method === "GET" && file) {
      response.writeHead(200, { ...securityHeaders, "content-type": file[1] });
      response.end(readFileSync(join(__dirname, "page", file[0])));
    } else if (message.method === "GET" && path === "/settings") {
      const kinds = Object.fromEntries(
        Object.values(operationsOf)
          .flat()
          .map((one) => [one, faultKindsOf(one)]),
      );
      sendJson(response, 200, {
        storeUrl,
        testCards,
        operations: operationsOf,
        faultKinds: kinds,
        chaos: chaos !== undefined,
      });
    } else if (message.method === "GET" && path === "/regions") {
      sendJson(response, 200, await read.regions());
    } else if (message.method === "GET" && path === "/events") {
      response.writeHead(200, { ...securityHeaders, "content-type": "text/event-stream" });
      viewers.add(response);
      response.on("close", () => viewers.delete(response));
      for (const [part, text] of latest) response.write(`event: ${part}\ndata: ${text}\n\n`);
    } else if (message.method === "POST" && path === "/actions") {
      await act(message, response);
    } else {
      response.writeHead(404).end();
    }
  }

  async function act(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const changed = await perform(await readJson(message), { outside: controls, chaos });
      await refresh(changed);
      sendJson(response, 200, {});
    } catch (error) {
      const isAsker = error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError;
      if (!isAsker) log(`console: ${String(error)}`);
      sendJson(response, isAsker ? 400 : 500, { detail: error instanceof Error ? error.message : String(error) });
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
      clearInterval(alive);
      for (const viewer of viewers) viewer.end();
      await closeServer(server);
      for (const region of regions) region.destroy();
    },
  };
}

/** Only the console's own page may act; `listen` has refused foreign hosts and origins before. */
function isFromThePage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host}` && headers["content-type"] === "application/json";
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += (chunk as Buffer).length;
    if (length > 64 * 1024) throw new RangeError("The request is larger than 64 KiB.");
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...securityHeaders, "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
