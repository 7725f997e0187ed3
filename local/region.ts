import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type MiniStack, startMiniStack } from "./aws/emulator/supervisor";
import { type EventSources, type ItemWrite, startEventSources } from "./aws/eventSources";
import { type AwsHosts, type AwsHostsOptions, startAwsHosts } from "./aws/network/awsHosts";
import type { Certificates } from "./aws/network/certificates";
import { writeFunctionSessions } from "./aws/network/functionSessions";
import { type SearchGateway, startSearchGateway } from "./aws/network/searchGateway";
import { type SearchEngine, type SearchEngineKind, startSearchEngine } from "./aws/search/engine";
import { IndexSynonyms } from "./aws/search/indexSynonyms";
import type { Traces } from "./aws/traces";
import { sampleProducts } from "./catalogueSample";
import { type Deployed, type DeployOptions, deploy } from "./engine/deployer";
import { isFree } from "./servers/ports";

/** `lost`: dead, and its data are gone. */
export type RegionState = "up" | "dead" | "frozen" | "lost";

export interface RegionOptions {
  region: string;
  stack: string;
  /** The Region's own folder: all that is lost when it is lost. */
  folder: string;
  /** Its deployment, which outlives the Region, as on AWS. */
  stateFile: string;
  ports: { emulator: number; search: number };
  certificates: Certificates;
  search: SearchEngineKind;
  /** Routing of its functions' calls of AWS's and the store's host names. */
  hosts: Omit<AwsHostsOptions, "certificates" | "log">;
  accessLog?: string;
  /** Receives the functions' traces. */
  traces: Pick<Traces, "functionEnvironment">;
  /** See `MiniStackOptions`. */
  mailbox?: string;
  /** See `MiniStackOptions`. */
  sessions?: string;
  /** Receives each change of its tables with streams. */
  onWrite?(write: ItemWrite): void;
  log(line: string): void;
  /** Receives a sentence when a part of the Region has ended unexpectedly. */
  onDeath(sentence: string): void;
}

/** Seconds between two writings of the emulator's state. */
const WRITE_EVERY_MS = 10_000;

/**
 * Processes of one Region, which die, freeze and return together: the emulator with its functions, their
 * network, the search engine and its gateway, the event sources.
 */
export class Region {
  readonly region: string;
  readonly stack: string;
  private current: RegionState = "dead";
  private readonly parts: {
    network?: AwsHosts;
    emulator?: MiniStack;
    engine?: SearchEngine;
    gateway?: SearchGateway;
    sources?: EventSources;
  } = {};
  private deployed?: Deployed;
  private writing?: NodeJS.Timeout;

  constructor(private readonly options: RegionOptions) {
    this.region = options.region;
    this.stack = options.stack;
  }

  get state(): RegionState {
    return this.current;
  }

  /** The address of its emulator, also before it is started. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.options.ports.emulator}`;
  }

  get emulator(): MiniStack {
    return this.part("emulator");
  }

  get eventSources(): EventSources {
    return this.part("sources");
  }

  get deployment(): Deployed {
    if (this.deployed === undefined) throw new Error(`Nothing is deployed in ${this.region} yet.`);
    return this.deployed;
  }

  /** True if no earlier run has completed its start. */
  get isNew(): boolean {
    return !existsSync(this.options.stateFile);
  }

  /** Clears away what a first start left that never got to its end. */
  clearUnfinished(): void {
    if (this.isNew) rmSync(this.options.folder, { recursive: true, force: true });
  }

  /** Starts its processes, with the data that are there. */
  async start(): Promise<void> {
    const { region, folder, ports, search, hosts, certificates, accessLog, mailbox, sessions, log } = this.options;
    const { parts } = this;
    mkdirSync(folder, { recursive: true });
    parts.network = await startAwsHosts({ ...hosts, certificates, log });
    const functionEnvironment = { ...parts.network.functionEnvironment, ...this.options.traces.functionEnvironment };
    const started = await Promise.allSettled([
      startMiniStack({
        region,
        dataDir: folder,
        port: ports.emulator,
        functionEnvironment,
        accessLog,
        mailbox,
        sessions,
      }).then((one) => {
        parts.emulator = one;
        this.watch("emulator", one.ended);
      }),
      startSearchEngine(search, { dataDir: join(folder, "search"), log }).then(async (one) => {
        parts.engine = one;
        this.watch("search engine", one.ended);
        const engineUrl = one.url;
        const synonyms = search === "osmem" ? new IndexSynonyms() : undefined;
        parts.gateway = await startSearchGateway({
          certificates,
          region,
          engineUrl,
          port: ports.search,
          accessLog,
          log,
          ...(synonyms && { rewrite: (method, url, body) => synonyms.pass(method, url, body) }),
        });
      }),
    ]);
    for (const result of started) if (result.status === "rejected") throw result.reason;
    this.current = "up";
  }

  /** Makes the stack's resources, or recognises those that are there. */
  async deploy(options: Omit<DeployOptions, "stack" | "region" | "searchEndpoint" | "stateFile">): Promise<Deployed> {
    this.deployed = await deploy({
      ...options,
      stack: this.stack,
      region: this.region,
      searchEndpoint: this.part("gateway").endpoint,
      stateFile: this.options.stateFile,
    });
    this.part("gateway").serve(this.deployed);
    if (this.options.sessions !== undefined) writeFunctionSessions(this.options.sessions, this.deployed);
    return this.deployed;
  }

  /** Begins to read the streams. */
  async startEventSources(): Promise<void> {
    const dataDir = join(this.options.folder, "eventSources");
    this.parts.sources = await startEventSources(this.deployment, {
      dataDir,
      onRecord: this.options.onWrite,
      log: this.options.log,
    });
  }

  /** After an update, in which functions or what they read may have changed. */
  async readStreamsAgain(): Promise<void> {
    await this.parts.sources?.stop();
    await this.startEventSources();
  }

  /** Puts the sample catalogue into a new product table, and fills the index of an engine that forgets. */
  async fillCatalogue(isNew: boolean, progress: (line: string) => void): Promise<void> {
    const indexIsEmpty = !this.part("engine").keepsData;
    await sampleProducts({ deployment: this.deployment, isNew, indexIsEmpty, progress });
  }

  /**
   * Writes the emulator's state now, and again and again until it stops. The list of resources is written after it and
   * only then: what it names must be there in the next run.
   */
  async keepWriting(): Promise<void> {
    if (await this.emulator.checkpoint()) this.deployment.saveState();
    this.writeLater(WRITE_EVERY_MS);
  }

  /** SIGKILL to all of it at once: nothing more is written, nothing is finished. */
  async kill(): Promise<void> {
    this.current = "dead";
    clearTimeout(this.writing);
    const { emulator, engine, gateway, network, sources } = this.parts;
    await Promise.all([emulator?.kill(), sources?.stop(0), engine?.kill(), gateway?.stop(), network?.stop()]);
    this.forget();
  }

  /** Kills it and deletes what it had. */
  async lose(): Promise<void> {
    await this.kill();
    rmSync(this.options.folder, { recursive: true, force: true });
    this.current = "lost";
  }

  /** True if an earlier run has lost it: its stack is deployed, and its data are gone. */
  get isEmptied(): boolean {
    return !this.isNew && !existsSync(this.options.folder);
  }

  /** Starts it again after a kill, with the data and the ports that it had; its event sources go on from their positions. */
  async comeBack(progress: (line: string) => void): Promise<void> {
    try {
      for (const port of Object.values(this.options.ports)) {
        if (!(await isFree(port)))
          throw new Error(`Port ${port} of ${this.region} is in use: stop the process that listens there.`);
      }
      await this.start();
      this.part("gateway").serve(this.deployment);
      await this.fillCatalogue(false, progress);
      await this.startEventSources();
    } catch (error) {
      await this.kill();
      throw error;
    }
    this.writeLater(WRITE_EVERY_MS);
  }

  /** SIGSTOP to its processes. What this process does for it stands still as well. */
  freeze(): void {
    this.current = "frozen";
    clearTimeout(this.writing);
    this.parts.sources?.freeze();
    this.parts.emulator?.freeze();
    this.parts.engine?.freeze();
  }

  /** Continues everything where it stopped. */
  thaw(): void {
    this.current = "up";
    this.parts.engine?.thaw();
    this.parts.emulator?.thaw();
    this.parts.sources?.thaw();
    this.writeLater(WRITE_EVERY_MS);
  }

  /** First half of a proper stop: the streams are read to their end, and what they lead to is done. */
  async settle(): Promise<void> {
    if (this.current === "frozen") this.thaw();
    clearTimeout(this.writing);
    await this.parts.sources?.stop();
    this.parts.sources = undefined;
  }

  /** Second half: its state is written, its processes end. */
  async stop(): Promise<void> {
    await this.settle();
    const { emulator, engine, gateway, network } = this.parts;
    await gateway?.stop();
    await Promise.all([emulator?.stop(), engine?.stop()]);
    await network?.stop();
    this.forget();
    if (this.current !== "lost") this.current = "dead";
    if (emulator !== undefined && (await emulator.ended).expected) this.deployed?.saveState();
  }

  private writeLater(afterMs: number): void {
    clearTimeout(this.writing);
    this.writing = setTimeout(async () => {
      const started = Date.now();
      await this.parts.emulator?.checkpoint();
      // A large state takes long to write: at most a twentieth of the time goes into it.
      if (this.current === "up") this.writeLater(Math.max(WRITE_EVERY_MS, 20 * (Date.now() - started)));
    }, afterMs).unref();
  }

  private watch(what: string, ended: Promise<{ expected: boolean; reason: string }>): void {
    void ended.then(({ expected, reason }) => {
      if (!expected) this.options.onDeath(`The ${what} of ${this.region} ${reason} unexpectedly.`);
    });
  }

  private forget(): void {
    for (const name of Object.keys(this.parts) as (keyof typeof this.parts)[]) delete this.parts[name];
  }

  private part<N extends keyof typeof this.parts>(name: N): NonNullable<(typeof this.parts)[N]> {
    const part = this.parts[name];
    if (part === undefined) throw new Error(`The Region ${this.region} is ${this.current}.`);
    return part;
  }
}
