import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../servers/ports";
import { endOf, type ProcessEnd, untilReady } from "../../servers/startedProcess";
import { emulatorPython } from "../emulator/python";

/**
 * `osmem`: quick and small, in memory, splits Japanese into pairs of characters and ignores the synonyms of an index (`IndexSynonyms`).
 * `opensearch`: the real engine, on Java 17.
 */
export type SearchEngineKind = "osmem" | "opensearch";

export interface SearchEngineOptions {
  /** Folder of the log, and of the data of an engine that keeps them. */
  dataDir: string;
  /** Receives progress, in short lines. */
  log?: (line: string) => void;
}

export interface SearchEngine {
  kind: SearchEngineKind;
  /** `http://127.…:PORT`, without a trailing slash. */
  url: string;
  /** False: after a restart the index is empty, and a rebuild fills it from the product table. */
  keepsData: boolean;
  pid: number;
  /** Settles when the process has ended. */
  ended: Promise<ProcessEnd>;
  stop(): Promise<void>;
  /** Sends SIGKILL. Data in memory is lost. */
  kill(): Promise<void>;
  /** Sends SIGSTOP. A frozen engine ends with this process too. */
  freeze(): void;
  /** Sends SIGCONT after a freeze. */
  thaw(): void;
}

/** Time limits of a start: a JVM on a busy machine is slow. */
const READY_TIMEOUT_MS = { osmem: 10_000, opensearch: 90_000 };
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a search engine and waits until it responds. It ends with this process, because its standard input closes.
 *
 * @throws Error with one sentence if the engine is not installed or does not start.
 *
 * @example
 * const engine = await startSearchEngine("osmem", { dataDir: ".stayopen/run/search" });
 */
export async function startSearchEngine(kind: SearchEngineKind, options: SearchEngineOptions): Promise<SearchEngine> {
  mkdirSync(options.dataDir, { recursive: true });
  const port = await freePort();
  const host = secretLoopback();
  const [command, args] =
    kind === "osmem" ? osmemCommand(host, port) : await openSearchCommand(host, port, options.dataDir);
  options.log?.(kind === "osmem" ? "starting osmem" : "starting OpenSearch 2.19.6");

  const logFile = join(options.dataDir, `${kind}.log`);
  const log = openSync(logFile, "a");
  // Detached: a Ctrl-C in the terminal reaches this process only, which then stops the engine.
  const child = spawn(command, args, { cwd: options.dataDir, detached: true, stdio: ["pipe", log, log] });
  closeSync(log);
  child.stdin?.on("error", () => undefined); // the engine closes its end when it dies

  const state = { stopping: false };
  const ended = endOf(child, state);
  let endGuard: (() => void) | undefined;
  const thaw = () => {
    child.kill("SIGCONT");
    endGuard?.();
    endGuard = undefined;
  };
  const stop = async () => {
    state.stopping = true;
    thaw();
    await end(child, ended);
  };
  const kill = async () => {
    state.stopping = true;
    child.kill("SIGKILL");
    await ended;
    endGuard?.();
    endGuard = undefined;
  };
  const freeze = () => {
    if (child.pid === undefined || endGuard !== undefined) return;
    endGuard = guardAgainstOrphans(child.pid);
    child.kill("SIGSTOP");
  };
  const url = `http://${host}:${port}`;
  try {
    await untilReady(url, ended, READY_TIMEOUT_MS[kind]);
  } catch (error) {
    await stop();
    throw new Error(
      `The search engine ${kind} ${error instanceof Error ? error.message : error} See its log, ${logFile}.`,
    );
  }
  return { kind, url, keepsData: kind === "opensearch", pid: child.pid ?? -1, ended, stop, kill, freeze, thaw };
}

/**
 * Chooses a loopback address that a web page can't guess: neither engine checks `Host`, so a page could reach it by DNS rebinding.
 * macOS has no loopback address other than 127.0.0.1 by default.
 */
function secretLoopback(): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

/** Runs the binary of the wheel: its Python wrapper would only start it. */
function osmemCommand(host: string, port: number): [string, string[]] {
  const libraries = resolve(emulatorPython(), "..", "..", "lib");
  const binary = readdirSync(libraries)
    .map((version) => join(libraries, version, "site-packages", "osmem_server", "bin", "osmem-server"))
    .find((file) => existsSync(file));
  if (!binary) {
    throw new Error('The emulators\' Python environment lacks the search engine osmem. Run "npm run setup".');
  }
  // With Japanese analysis the first index loads its dictionary: two thirds of a processor second, and 170 MB.
  return [binary, ["-no-ja", "-addr", `${host}:${port}`, "-parent-pid", String(process.pid)]];
}

async function openSearchCommand(host: string, port: number, dataDir: string): Promise<[string, string[]]> {
  const directory = resolve(__dirname, "..", "..", "..", ".stayopen", "opensearch-2.19.6");
  if (!existsSync(join(directory, "complete"))) {
    throw new Error(
      'OpenSearch is not installed. Run "npm run setup -- --opensearch", which downloads it from Maven Central.',
    );
  }
  const classPath = [join(directory, "classes"), join(directory, "lib", "*")].join(":");
  const memory = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"];
  // Only the client compiler: the server compiler costs more at start than a short-lived process gains.
  const quickStart = ["-XX:TieredStopAtLevel=1", "-Xshare:auto"];
  const home = join(resolve(dataDir), "opensearch");
  const args = [String(port), String(await freePort()), host];
  return ["java", [...memory, ...quickStart, "-cp", classPath, "LocalNode", home, ...args]];
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  // Both end with their input; OpenSearch closes its index first.
  child.stdin?.end();
  const gone = await Promise.race([ended.then(() => true), sleep(STOP_TIMEOUT_MS, false, { ref: false })]);
  if (!gone) child.kill("SIGKILL");
  await ended;
}

/**
 * Kills a process group when this process ends: a stopped process (SIGSTOP) does not see the end of its input. The guard is a
 * shell that waits for the end of its own.
 *
 * @returns a function that ends the guard.
 */
function guardAgainstOrphans(group: number): () => void {
  const guard = spawn("sh", ["-c", `read -r _; kill -9 -${group}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.stdin.on("error", () => undefined); // it ended first
  guard.unref();
  return () => void guard.kill("SIGKILL");
}
