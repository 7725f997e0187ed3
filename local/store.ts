import { createWriteStream, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleProducts } from "./catalogueSample";
import { type Console, startConsole } from "./console";
import { type Deployed, deploy } from "./deployer/deployer";
import type { Deployment } from "./deployment";
import { resourcesOfType } from "./deployment";
import { type Edge, startEdge } from "./edge";
import { type EventSources, startEventSources } from "./eventSources";
import { folderSettings, localConfig } from "./localSettings";
import { lockFolder } from "./lock";
import { projectRoot } from "./ministack/python";
import { type MiniStack, startMiniStack } from "./ministack/supervisor";
import { startAwsHosts } from "./network/awsHosts";
import { localCertificates } from "./network/certificates";
import { startSearchGateway } from "./network/searchGateway";
import { type Outside, type OutsideOptions, startOutside } from "./outside";
import { type SearchEngineKind, startSearchEngine } from "./search";
import { buildWeb } from "./webBuild";

export interface StoreOptions {
  /** Everything the run writes. Default: `.stayopen/run`. */
  dataDir?: string;
  /** Throws away what the data folder has. Default: false, an earlier run's orders, customers and products are there again. */
  fresh?: boolean;
  /** The store's port; the console gets the next one. Default 8080; 0 for free ones. */
  port?: number;
  /** Default: `osmem`. */
  search?: SearchEngineKind;
  /** Folder of another program's `Pulumi.yaml`. Default: the store's own. */
  program?: string;
  /** Default: `dev`. */
  stack?: string;
  /** Settings over the stack's and over the local run's own. */
  config?: Record<string, string>;
  /** Puts the sample catalogue into an empty product table. Default: true. */
  sampleCatalogue?: boolean;
  /** How fast the outside world moves. */
  pace?: OutsideOptions["pace"];
  /** Where every decision on a role's request is written down, for `npm run grants`. Default: nowhere. */
  accessLog?: string;
  /** Hears what happens meanwhile, in one line each. */
  onProgress?(line: string): void;
}

/** The store as it runs on this machine. */
export interface Store {
  /** The edge's address; the emulator's, for a program without a distribution. */
  url: string;
  consoleUrl: string;
  deployment: Deployment;
  deployments: Deployment[];
  outside: Outside;
  eventSources: EventSources;
  emulator: MiniStack;
  /** What the program has and this machine cannot have, as sentences. */
  notEmulated: string[];
  logFile: string;
  /** Settles with a sentence when a part of it has died by itself; the caller should stop the rest. */
  broken: Promise<string>;
  /** Stops everything; what is kept is written first. May be called twice. */
  stop(): Promise<void>;
}

/** Where the other commands of the project find the running store. */
export const runningStoreFile = join(projectRoot, ".stayopen", "local-run.json");

/**
 * Starts the whole store on this machine: the emulator, the program's resources in it, and everything around.
 *
 * When something fails, whatever was started is stopped again before the error is thrown.
 *
 * @example
 * const store = await startStore({ dataDir, fresh: true, port: 0 });
 * await fetch(`${store.url}/api/catalogue/health`);
 * await store.stop();
 */
export async function startStore(options: StoreOptions = {}): Promise<Store> {
  const stops: { what: string; stop(): Promise<void> | void }[] = [];
  const stopAll = async () => {
    for (const { what, stop } of stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        options.onProgress?.(`Stopping ${what} failed: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  try {
    return await start(options, stops, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

const CHECKPOINT_EVERY_MS = 10_000;

type Stops = { what: string; stop(): Promise<void> | void }[];

async function start(options: StoreOptions, stops: Stops, stop: () => Promise<void>): Promise<Store> {
  const { port = 8080, search = "osmem", program = projectRoot, stack = "dev" } = options;
  const dataDir = options.dataDir ?? join(projectRoot, ".stayopen", "run");
  const progress = (line: string) => options.onProgress?.(line);

  const region = "us-east-1";
  const lock = lockFolder(dataDir);
  stops.push({ what: "the lock", stop: lock.release });
  if (options.fresh) emptyFolder(dataDir, region);
  const isNew = !existsSync(join(dataDir, "deployed.json"));
  if (isNew)
    emptyFolder(dataDir, region); // what a first start left that never got to its end
  else if (wasKilled(dataDir)) {
    progress("The last run was killed: going on from what it had written last");
    // The positions may be ahead of the emulator's state. Without them the event sources begin at the starting positions.
    rmSync(join(dataDir, "eventSources"), { recursive: true, force: true });
  }
  const { ports, secrets } = await folderSettings(dataDir);
  const logFile = join(dataDir, "local-run.log");
  const logStream = createWriteStream(logFile, { flags: "a" });
  stops.push({ what: "the log", stop: () => new Promise<void>((done) => logStream.end(done)) });
  const log = (line: string) => void logStream.write(`${new Date().toISOString()} ${line}\n`);

  // Where the webhooks of the outside systems go is known last.
  const address: { url?: string } = {};
  progress("Starting the emulator, the search engine and the outside systems");
  const [emulated, engine, outside] = await allOrNone([
    startEmulator(options, dataDir, region, ports.emulator, stops, log),
    startSearchEngine(search, { dataDir: join(dataDir, "search"), log }).then((started) => {
      stops.push({ what: "the search engine", stop: started.stop });
      return started;
    }),
    startOutside({
      port: ports.outside,
      dataDir: subfolder(dataDir, "outside"),
      webhookUrl: () => address.url,
      secrets,
      pace: options.pace,
      log,
    }).then((started) => {
      stops.push({ what: "the outside systems", stop: started.stop });
      return started;
    }),
    buildWeb(program).then((built) => built && progress("Built the storefront")),
  ]);
  const { emulator, certificates } = emulated;
  const gateway = await startSearchGateway({
    certificates,
    region,
    engineUrl: engine.url,
    port: ports.search,
    accessLog: options.accessLog,
    log,
  });
  stops.push({ what: "the search gateway", stop: gateway.stop });

  progress(isNew ? "Deploying the program" : "Looking for what has changed in the program");
  const stateFile = join(dataDir, "deployed.json");
  const deployed = await deploy({
    directory: program,
    stack,
    config: { ...localConfig(outside, secrets), ...options.config },
    region,
    endpoints: { [region]: emulator.endpoint },
    searchEndpoint: gateway.endpoint,
    stateFile,
    onOutput: (text) => log(`program: ${text.trim()}`),
  });
  progress(`Deployed ${deployed.resources.length} resources`);
  gateway.serve(deployed);

  const eventSources = await startEventSources(deployed, { dataDir: subfolder(dataDir, "eventSources"), log });
  stops.push({ what: "the event sources", stop: () => eventSources.stop() });
  const hasSite = resourcesOfType(deployed, "aws:cloudfront/distribution:Distribution").length > 0;
  let edge: Edge | undefined;
  if (hasSite) {
    edge = await startEdge(deployed, { port, log });
    stops.push({ what: "the edge", stop: edge.stop });
  }
  address.url = edge?.url ?? emulator.endpoint;
  const consolePage = await consoleOf([deployed], outside, edge, port === 0 ? 0 : port + 1, address.url, log);
  stops.push({ what: "the console", stop: consolePage.stop });

  if (options.sampleCatalogue ?? true) {
    await sampleProducts({ deployment: deployed, isNew, indexIsEmpty: !engine.keepsData, progress });
  }
  lock.tell(address.url);
  if (options.dataDir === undefined) announce([deployed], stops);

  await keepWriting(dataDir, emulator, deployed, stops);
  return {
    url: address.url,
    consoleUrl: consolePage.url,
    deployment: deployed,
    deployments: [deployed],
    outside,
    eventSources,
    emulator,
    notEmulated: [
      ...deployed.notEmulated.map(({ type, name, why }) => `${name} (${type}): ${why}`),
      ...(edge?.notEmulated ?? []),
    ],
    logFile,
    broken: firstUnexpected({ "The emulator": emulator.ended, "The search engine": engine.ended }),
    stop,
  };
}

async function startEmulator(
  { accessLog }: StoreOptions,
  dataDir: string,
  region: string,
  port: number,
  stops: Stops,
  log: (line: string) => void,
) {
  const certificates = await localCertificates(join(dataDir, "certificates"), [region]);
  const endpoint = `http://127.0.0.1:${port}`;
  const hosts = await startAwsHosts({ certificates, endpointOf: (of) => (of === region ? endpoint : undefined), log });
  stops.push({ what: "the functions' network", stop: hosts.stop });
  const emulator = await startMiniStack({
    region,
    dataDir: subfolder(dataDir, region),
    port,
    functionEnvironment: hosts.functionEnvironment,
    accessLog,
  });
  stops.push({ what: "the emulator", stop: () => emulator.stop() });
  return { emulator, certificates };
}

async function consoleOf(
  deployments: Deployment[],
  outside: Outside,
  edge: Edge | undefined,
  port: number,
  storeUrl: string,
  log: (line: string) => void,
): Promise<Console> {
  return await startConsole({ port, deployments, outside, storeUrl, notes: edge?.notEmulated ?? [], log });
}

/**
 * Writes the emulator's state now, again and again, and when it is stopped. The list of resources is written after it and only
 * then: what it names must be there in the next run.
 */
async function keepWriting(dataDir: string, emulator: MiniStack, deployed: Deployed, stops: Stops): Promise<void> {
  const runningFile = join(dataDir, "running");
  if (await emulator.checkpoint()) deployed.saveState();
  writeFileSync(runningFile, "");
  let timer: NodeJS.Timeout | undefined;
  const writeLater = (afterMs: number) => {
    timer = setTimeout(async () => {
      const started = Date.now();
      await emulator.checkpoint();
      // A large state takes long to write: at most a twentieth of the time goes into it.
      writeLater(Math.max(CHECKPOINT_EVERY_MS, 20 * (Date.now() - started)));
    }, afterMs).unref();
  };
  writeLater(CHECKPOINT_EVERY_MS);

  const entry = stops.find(({ what }) => what === "the emulator");
  if (entry === undefined) return;
  const { stop } = entry;
  entry.stop = async () => {
    clearTimeout(timer);
    await stop();
    const { expected } = await emulator.ended;
    if (!expected) return;
    deployed.saveState();
    rmSync(runningFile, { force: true });
  };
}

/** Whether the last run on this folder did not come to its proper end. */
function wasKilled(dataDir: string): boolean {
  return existsSync(join(dataDir, "running"));
}

/** Lets `npm run catalogue` and others find the store while it runs. */
function announce(deployments: Deployment[], stops: Stops): void {
  mkdirSync(join(projectRoot, ".stayopen"), { recursive: true });
  writeFileSync(runningStoreFile, JSON.stringify({ pid: process.pid, deployments }), { mode: 0o600 });
  stops.push({ what: "the announcement", stop: () => rmSync(runningStoreFile, { force: true }) });
}

function subfolder(dataDir: string, name: string): string {
  const folder = join(dataDir, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Removes what a run writes, and nothing else that somebody may keep there. */
function emptyFolder(dataDir: string, region: string): void {
  const own = [
    region,
    "search",
    "outside",
    "eventSources",
    "certificates",
    "deployed.json",
    "settings.json",
    "running",
    "local-run.log",
  ];
  for (const entry of own) rmSync(join(dataDir, entry), { recursive: true, force: true });
}

/** Like Promise.all, but waits for all of them also when one fails: what was started must be known to be stopped. */
async function allOrNone<T extends readonly unknown[]>(work: [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

async function firstUnexpected(parts: Record<string, Promise<{ expected: boolean; reason: string }>>): Promise<string> {
  return await new Promise((resolve) => {
    for (const [name, ended] of Object.entries(parts)) {
      void ended.then(({ expected, reason }) => {
        if (!expected) resolve(`${name} ${reason} unexpectedly.`);
      });
    }
  });
}
