import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ORDER_ID_PATTERN } from "../domain/order/identity";
import { type Edge, startEdge } from "./aws/edge";
import { Mailbox, mailboxFile, type SentMail } from "./aws/emulator/mailbox";
import { projectRoot } from "./aws/emulator/python";
import type { MiniStack } from "./aws/emulator/supervisor";
import type { EventSources } from "./aws/eventSources";
import { localCertificates } from "./aws/network/certificates";
import { type Replication, startReplication } from "./aws/replication";
import { beginSchedules } from "./aws/schedules";
import type { SearchEngineKind } from "./aws/search/engine";
import { startTraces } from "./aws/traces";
import { type Chaos, createChaos, type Link } from "./chaos";
import { startConsole } from "./console";
import { Arrivals } from "./console/orders/arrivals";
import { Writes } from "./console/orders/writes";
import { Traffic } from "./console/traffic";
import { emptyDataFolder } from "./dataFolder";
import { type Deployment, reasonsOf, resourcesOfType } from "./deployment/deployment";
import type { Deployed } from "./engine/deployer";
import { ProgramRunner } from "./engine/program";
import { type FolderSettings, fastScale, folderSettings, localConfig, localDomain } from "./localSettings";
import { lockFolder } from "./lock";
import { type Providers, type ProvidersOptions, startProviders } from "./providers";
import { Region } from "./region";
import { type RunningStore, runningStoreFile } from "./runningStore";
import { requireFreePort } from "./servers/listen";
import { updating } from "./update";
import { buildWeb } from "./webBuild";

export interface StoreOptions {
  /** 2: the stacks `prod-east` and `prod-west`, with replication and failover. Default: 1. */
  regions?: 1 | 2;
  /** False: two Regions with AWS's addresses instead of a domain of their own, as `stayopen:secondaryStack` connects them. Default: true. */
  domain?: boolean;
  /** Failover within seconds and short waits, for tests. Default: false, as on AWS. */
  fast?: boolean;
  /** Folder of everything that the run writes. Default: `.stayopen/run`, with two Regions `.stayopen/run-2`. */
  dataDir?: string;
  /** Deletes the data of earlier runs. Default: false; orders, customers and products are kept. */
  fresh?: boolean;
  /** The store's port; the console gets the next one. Default 8080; 0 for free ones. */
  port?: number;
  /** Default: `osmem`. */
  search?: SearchEngineKind;
  /** Folder of another program's `Pulumi.yaml`. Default: the store's own. */
  program?: string;
  /** With one Region: the stack whose settings are used. Default: `dev`. */
  stack?: string;
  /** Settings over the stacks' and over the local run's own. */
  config?: Record<string, string>;
  /** Puts the sample catalogue into an empty product table. Default: true. */
  sampleCatalogue?: boolean;
  /** Has the edge keep copies of pages, files and searches as long as CloudFront would. Default: false, so that changes show at once. */
  edgeCache?: boolean;
  /** Has the store notify a customer's system, which the local providers are. Default: false. */
  webhooks?: boolean;
  /** Delays of the providers. */
  pace?: ProvidersOptions["pace"];
  /** File for every decision on a role's request, for `npm run grants`. Default: none. */
  accessLog?: string;
  /** Receives progress, in short lines. */
  onProgress?(line: string): void;
}

/** One Region of a running store. Properties of its processes throw while it is dead. */
export type RunningRegion = Pick<
  Region,
  "region" | "stack" | "state" | "endpoint" | "deployment" | "emulator" | "eventSources"
>;

/** The store as it runs on this machine. */
export interface Store {
  /** The edge's address; the emulator's, for a program without a distribution. */
  url: string;
  consoleUrl: string;
  /** By name, such as `us-east-1`; the primary is the first. */
  regions: Record<string, RunningRegion>;
  /** Kills Regions, brings them back, and so on. */
  chaos: Chaos;
  /** Updates one Region's stack in place, to another release of the program in a folder. */
  update(region: string, program: string): Promise<void>;
  /** With two Regions. */
  replication?: Replication;
  /** For a program with a distribution. */
  edge?: Edge;
  /** Of the primary. */
  deployment: Deployment;
  deployments: Deployment[];
  providers: Providers;
  /** All mail that was ever sent, including by a lost Region. */
  mail(): SentMail[];
  /** Of the primary. */
  readonly eventSources: EventSources;
  /** Of the primary. */
  readonly emulator: MiniStack;
  /** Parts of the program that are not emulated, as sentences. */
  notEmulated: string[];
  logFile: string;
  /** Resolves with a sentence when a part ends unexpectedly; the caller should then stop the rest. */
  broken: Promise<string>;
  /** Writes the state and stops everything. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the whole store on this machine: the emulators, the program's resources in them, and everything around.
 *
 * If a part fails, all started parts are stopped before the error is thrown.
 *
 * @example
 * const store = await startStore({ dataDir, fresh: true, port: 0, regions: 2, fast: true });
 * await fetch(`${store.url}/api/catalogue/health`);
 * await store.chaos.kill("us-east-1");
 * await store.stop();
 */
export async function startStore(options: StoreOptions = {}): Promise<Store> {
  // Emulators write private keys, functions write their code: no other user reads or changes them.
  process.umask(0o077);
  const stops: Stops = [];
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

type Stops = { what: string; stop(): Promise<void> | void }[];

async function start(options: StoreOptions, stops: Stops, stop: () => Promise<void>): Promise<Store> {
  const { port = 8080, program = projectRoot, fast = false, webhooks = false } = options;
  const stacks = stacksOf(options);
  const twoRegions = stacks.length === 2;
  const hasDomain = twoRegions && (options.domain ?? true);
  // Processes that the store starts have other working folders.
  const dataDir = resolve(options.dataDir ?? join(projectRoot, ".stayopen", twoRegions ? "run-2" : "run"));
  const progress = (line: string) => options.onProgress?.(line);
  const keepUntilStop = <T>(what: string, part: T, stopPart: () => Promise<void> | void): T => {
    stops.push({ what, stop: stopPart });
    return part;
  };

  const lock = lockFolder(dataDir);
  stops.push({ what: "the lock", stop: lock.release });
  const stateFile = (stack: string) => join(dataDir, twoRegions ? `deployed-${stack}.json` : "deployed.json");
  if (options.fresh) emptyDataFolder(dataDir);
  const settings = await folderSettings(dataDir, stacks.length);
  if (port !== 0) {
    // Another program may have no site.
    if (program === projectRoot) await requireFreePort(port, "store's address");
    await requireFreePort(port + 1, "console page");
  }
  const logFile = join(dataDir, "local-run.log");
  const logStream = createWriteStream(logFile, { flags: "a" });
  stops.push({ what: "the log", stop: () => new Promise<void>((done) => logStream.end(done)) });
  const log = (line: string) => void logStream.write(`${new Date().toISOString()} ${line}\n`);
  const accessStream = createWriteStream(join(dataDir, "access.log"), { flags: "a" });
  stops.push({ what: "the access log", stop: () => new Promise<void>((done) => accessStream.end(done)) });
  const accessLog = (line: string) => void accessStream.write(`${line}\n`);

  const broken = Promise.withResolvers<string>();
  const link: Link = { isCut: false };
  const certificates = await localCertificates(
    join(dataDir, "certificates"),
    stacks.map(({ region }) => region),
    [`*.api.${localDomain}`],
  );
  let edge: Edge | undefined;
  const subjectPattern = ORDER_ID_PATTERN.slice(1, -1);
  const traces = await allOrNone(stacks.map(({ region }) => startTraces({ region, subjectPattern })));
  stops.push({ what: "the traces", stop: () => allOrNone(traces.map((one) => one.stop())).then(() => undefined) });
  const arrivals = new Arrivals();
  const writes = new Writes();
  const traffic = new Traffic();
  const regions: Region[] = stacks.map(
    ({ region, stack }, index) =>
      new Region({
        region,
        stack,
        folder: join(dataDir, region),
        stateFile: stateFile(stack),
        ports: portsOf(settings, index),
        certificates,
        search: options.search ?? "osmem",
        hosts: {
          endpointOf: (other) => regions.find((one) => one.region === other)?.endpoint,
          regionOf: (name) => edge?.regionOf(name),
          reaches: (other) => other === region || !link.isCut,
        },
        accessLog: options.accessLog,
        traces: traces[index]!,
        mailbox: mailboxFile(subfolder(dataDir, "providers"), region),
        sessions: twoRegions ? subfolder(dataDir, "sessions") : undefined,
        onWrite: (write) => writes.add(region, write),
        log,
        onDeath: broken.resolve,
      }),
  );
  const [primary] = regions as [Region, ...Region[]];
  const isNew = primary.isNew;
  const emptied = regions.filter((region) => region.isEmptied).map(({ region }) => region);
  for (const region of regions) region.clearUnfinished();

  // The address for the providers' webhooks is known last.
  const address: { url?: string } = {};
  progress(`Starting the emulator${twoRegions ? "s, the search engines" : ", the search engine"} and the providers`);
  stops.push({
    what: "the Regions",
    stop: () => allOrNone(regions.map((region) => region.stop())).then(() => undefined),
  });
  const [providers] = await allOrNone([
    startProviders({
      port: settings.ports.providers,
      dataDir: subfolder(dataDir, "providers"),
      webhookUrl: () => address.url,
      secrets: settings.secrets,
      pace: options.pace,
      log,
    }).then((started) => keepUntilStop("the providers", started, started.stop)),
    buildWeb(program).then((built) => built && progress("Built the storefront")),
    ...regions.map((region) => region.start()),
  ]);

  progress(isNew ? "Deploying the program" : "Comparing the program with the deployed resources");
  const deployments: Deployed[] = [];
  const knowsSecondary = (region: Region) =>
    twoRegions && !hasDomain && region === primary && deployments.length === regions.length;
  const endpoints = Object.fromEntries(regions.map(({ region, endpoint }) => [region, endpoint]));
  // For this start only: an update later may find changed files, and the process holds half a gigabyte.
  let runner: ProgramRunner | undefined = new ProgramRunner(program);
  const endRunner = () => {
    runner?.stop();
    runner = undefined;
  };
  stops.push({ what: "the program", stop: endRunner });
  const up = (region: Region, directory: string, emptied: readonly string[] = []) =>
    region.deploy({
      directory,
      runner,
      config: {
        ...localConfig({ providers, secrets: settings.secrets, hasDomain, fast, webhooks }),
        ...(knowsSecondary(region) && { "stayopen:secondaryStack": regions[1]!.stack }),
        ...options.config,
      },
      endpoints,
      // The secondary refers to the primary, and without a domain the primary to the deployed secondary.
      others: regions.slice(0, deployments.length).flatMap((other) => (other === region ? [] : [other.deployment])),
      emptied,
      onOutput: (text) => log(`program: ${text.trim()}`),
    });
  for (const region of regions) {
    const deployed = await up(region, program, emptied);
    progress(`Deployed ${deployed.resources.length} resources${twoRegions ? ` in ${region.region}` : ""}`);
    deployments.push(deployed);
  }
  if (!knowsSecondary(primary)) endRunner();

  let replication: Replication | undefined;
  if (twoRegions) {
    const running = await startReplication({
      regions,
      deployments,
      onArrival: (arrival) => arrivals.add(arrival),
      log,
    });
    replication = keepUntilStop("the replication", running, running.stop);
  }
  await allOrNone(regions.map((region) => region.startEventSources()));
  stops.push({
    what: "the event sources",
    stop: () => allOrNone(regions.map((one) => one.settle())).then(() => undefined),
  });
  const hasSite = resourcesOfType(primary.deployment, "aws:cloudfront/distribution:Distribution").length > 0;
  if (hasSite) {
    const running = await startEdge(deployments, {
      port,
      timeScale: fast ? fastScale : 1,
      caches: options.edgeCache,
      onAnswer: ({ url, path, ms, status }) => {
        const region = regions.find(({ endpoint }) => url.startsWith(endpoint))?.region;
        if (region !== undefined && path.startsWith("/api/")) traffic.add(region, ms, status);
      },
      log,
      accessLog,
    });
    edge = keepUntilStop("the edge", running, running.stop);
  }
  address.url = edge?.url ?? primary.endpoint;
  // An emulator that comes back runs what is due by itself.
  if (isNew) await allOrNone(regions.map(({ deployment }) => beginSchedules(deployment)));
  const chaos = createChaos({ regions, replication, link, progress });
  const consolePage = await startConsole({
    port: port === 0 ? 0 : port + 1,
    deployments,
    providers,
    chaos,
    failover: edge && (() => edge.dns()),
    records: {
      callsOf: (orderId) => traces.flatMap((one) => one.callsOf(orderId)),
      arrivalsOf: (orderId) => arrivals.of(orderId),
      writesOf: (orderId) => writes.of(orderId),
      arrivalMs: (region) => arrivals.latestMs(region),
      traffic,
      searchMs: (region) => searchLag(regions.find((one) => one.region === region)),
      onBegin: (listener) => {
        const ends = traces.map((one) => one.onBegin(listener));
        return () => {
          for (const end of ends) end();
        };
      },
    },
    storeUrl: address.url,
    notes: edge?.notEmulated ?? [],
    log,
  });
  stops.push({ what: "the console", stop: consolePage.stop });

  if (options.sampleCatalogue ?? true) {
    await allOrNone(
      // The primary's import replicates to the other Region.
      regions.map((region) => (isNew && region !== primary ? undefined : region.fillCatalogue(isNew, progress))),
    );
  }
  lock.publish(address.url, consolePage.url);
  announce(runningStoreFile(options.dataDir), { pid: process.pid, consoleUrl: consolePage.url, deployments }, stops);

  await allOrNone(regions.map((region) => region.keepWriting()));
  const mailboxes = regions.map(({ region }) => new Mailbox(join(dataDir, "providers"), region));
  const update = updating({ regions, up, edge: () => edge, progress });
  if (knowsSecondary(primary)) await update(primary.region, program);
  endRunner();
  return {
    url: address.url,
    consoleUrl: consolePage.url,
    regions: Object.fromEntries(regions.map((region) => [region.region, region])),
    chaos,
    update,
    replication,
    edge,
    get deployment() {
      return primary.deployment;
    },
    get deployments() {
      return regions.map(({ deployment }) => deployment);
    },
    providers,
    mail: () => mailboxes.flatMap((mailbox) => mailbox.read()),
    get eventSources() {
      return primary.eventSources;
    },
    get emulator() {
      return primary.emulator;
    },
    notEmulated: [...reasonsOf(deployments.flatMap((each) => each.notEmulated)), ...(edge?.notEmulated ?? [])],
    logFile,
    broken: broken.promise,
    stop,
  };
}

/** Age of the oldest product change that a Region has read and not indexed, in milliseconds. */
function searchLag(region: Region | undefined): number | undefined {
  if (region?.state !== "up") return undefined;
  const indexers = region.eventSources.status().filter(({ functionName }) => /indexer/.test(functionName));
  return indexers.length === 0 ? undefined : Math.max(...indexers.map(({ behindMs }) => behindMs));
}

/** The primary first: it is deployed before the others, which join it. */
function stacksOf({ regions = 1, stack }: StoreOptions): { region: string; stack: string }[] {
  if (regions === 1) return [{ region: "us-east-1", stack: stack ?? "dev" }];
  if (stack !== undefined) throw new Error("--stack and --regions 2 exclude each other: give one of them.");
  return [
    { region: "us-east-1", stack: "prod-east" },
    { region: "us-west-2", stack: "prod-west" },
  ];
}

function portsOf({ ports }: FolderSettings, index: number): { emulator: number; search: number } {
  const { emulator, search, peerEmulator = 0, peerSearch = 0 } = ports;
  return index === 0 ? { emulator, search } : { emulator: peerEmulator, search: peerSearch };
}

/** Lets `npm run catalogue`, `npm run chaos` and others find the store while it runs. */
function announce(file: string, running: RunningStore, stops: Stops): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(running), { mode: 0o600 });
  stops.push({ what: "the announcement", stop: () => rmSync(file, { force: true }) });
}

function subfolder(dataDir: string, name: string): string {
  const folder = join(dataDir, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Like Promise.all, but waits for all also when one fails, so that every started part is known and can be stopped. */
async function allOrNone<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}
