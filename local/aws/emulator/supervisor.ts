import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isFree } from "../../servers/ports";
import { endOf, type ProcessEnd, untilReady } from "../../servers/startedProcess";
import { emulatorPython, projectRoot } from "./python";

/** Root credentials of the emulated account: for MiniStack, `test` is root of the account 000000000000. */
export const rootCredentials = { accessKeyId: "test", secretAccessKey: "test" };
export const accountId = "000000000000";

/** Exit code of an emulator that refuses its state; see saved_state.py. */
const DAMAGED_STATE = 65;

export interface MiniStackOptions {
  region: string;
  /** The Region's folder for state, objects, temporary files and log. */
  dataDir: string;
  /** Preferred port. Default, and if it is taken: a free one. */
  port?: number;
  /** Additional environment of each function's process (proxy, certificate authority). */
  functionEnvironment?: Record<string, string>;
  /** File for every decision on a role's request, as JSON lines (`AccessDecision`). Default: none. */
  accessLog?: string;
  /**
   * File for everything that AWS would bill for, as JSON lines (meter.py). Such a run is for counting many orders: it keeps neither
   * logs nor data. Default: none.
   */
  meter?: string;
  /** File for the times of calls, as JSON lines (times.py). Default: none. */
  times?: string;
  /** File of sent mail, one JSON object a line; it survives a loss of the Region. Default: in memory. */
  mailbox?: string;
  /** Folder with the function sessions of all Regions (`writeFunctionSessions`). Default: this Region's functions only. */
  sessions?: string;
  /** Time limit for the first response. Default 30,000 ms. */
  readyTimeoutMs?: number;
}

/** One Region's emulator process, with all its functions' processes. */
export interface MiniStack {
  region: string;
  /** `http://127.0.0.1:PORT`. */
  endpoint: string;
  port: number;
  pid: number;
  logFile: string;
  /** Settles when the process has ended, with the reason if the end was unexpected. */
  ended: Promise<ProcessEnd>;
  /**
   * Writes the state to the data folder while the emulator runs. Resolves with true if it was written within `limitMs` (default
   * 60,000).
   */
  checkpoint(limitMs?: number): Promise<boolean>;
  /** Writes the state to the data folder and stops. Kills after `graceMs` (default 20,000). */
  stop(graceMs?: number): Promise<void>;
  /**
   * Sends SIGKILL to the emulator and all its functions. The next start on the same data folder has every acknowledged table,
   * stream, queue, object and account, and everything else as of the last checkpoint; running executions are lost.
   */
  kill(): Promise<void>;
  /** Sends SIGSTOP to the emulator and all its functions. */
  freeze(): void;
  /** Sends SIGCONT after a freeze. */
  thaw(): void;
}

/**
 * Starts the emulator of one Region and waits until it responds.
 *
 * The emulator has its own process group, so a Ctrl-C in the terminal reaches this process only. It ends with this process, even
 * after a SIGKILL: the launcher's guard watches its standard input.
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const python = emulatorPython();
  const port = await freePort(options.port);
  const temporary = join(options.dataDir, "tmp");
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const logFile = join(options.dataDir, "ministack.log");
  const log = openSync(logFile, "a");
  const child = spawn(python, [join(__dirname, "launcher.py")], {
    cwd: options.dataDir,
    detached: true,
    stdio: ["pipe", log, log],
    env: { ...emulatorEnvironment(options, port, temporary), ...options.functionEnvironment },
  });
  closeSync(log);
  const endpoint = `http://127.0.0.1:${port}`;
  const state = { stopping: false };
  const ended = endOf(child, state);
  child.stdin?.on("error", () => undefined); // the emulator closes its end when it dies

  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  };
  try {
    await untilReady(`${endpoint}/_ministack/ready`, ended, options.readyTimeoutMs ?? 30_000);
  } catch (error) {
    signalGroup("SIGKILL");
    if (child.exitCode === DAMAGED_STATE) throw new Error(lastLines(logFile, 1));
    throw new Error(`The emulator ${(error as Error).message} Last lines of ${logFile}: ${lastLines(logFile)}`);
  }
  // Two concurrent checkpoints would write the same files.
  let writing: Promise<boolean> = Promise.resolve(true);
  const checkpoint = (limitMs = 60_000) => {
    writing = writing.then(
      async () => !state.stopping && (await writeState(child, join(options.dataDir, "state"), limitMs)),
    );
    return writing;
  };
  return {
    region: options.region,
    endpoint,
    port,
    pid: child.pid ?? -1,
    logFile,
    ended,
    checkpoint,
    async stop(graceMs = 20_000) {
      state.stopping = true;
      signalGroup("SIGCONT");
      await writing;
      child.kill("SIGTERM");
      const stopped = await Promise.race([ended.then(() => true), sleep(graceMs, false, { ref: false })]);
      if (!stopped) signalGroup("SIGKILL");
      await ended;
    },
    async kill() {
      state.stopping = true;
      signalGroup("SIGKILL");
      await ended;
      await untilFree(port, 2_000);
    },
    freeze: () => signalGroup("SIGSTOP"),
    thaw: () => signalGroup("SIGCONT"),
  };
}

function emulatorEnvironment(options: MiniStackOptions, port: number, temporary: string): Record<string, string> {
  return {
    // The functions' `node` is the project's own.
    PATH: [join(projectRoot, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter),
    HOME: temporary,
    TMPDIR: temporary,
    LANG: "C.UTF-8",
    TZ: "UTC",
    PYTHONUNBUFFERED: "1",
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    MINISTACK_HOST: "localhost",
    MINISTACK_REGION: options.region,
    AUTH: "true",
    LOG_LEVEL: process.env["STAYOPEN_EMULATOR_LOG"] ?? "WARNING",
    // These would listen on all interfaces.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    PERSIST_STATE: options.meter === undefined ? "1" : "0",
    STATE_DIR: join(options.dataDir, "state"),
    JOURNAL_DIR: join(options.dataDir, "journal"),
    COMPILED_CODE: join(projectRoot, ".stayopen", "compiled", "functions"),
    S3_PERSIST: "1",
    S3_DATA_DIR: join(options.dataDir, "s3"),
    ...(options.accessLog === undefined ? {} : { ACCESS_LOG: options.accessLog }),
    ...(options.meter === undefined ? {} : { METER: options.meter }),
    ...(options.times === undefined ? {} : { TIMES: options.times }),
    ...(options.mailbox === undefined ? {} : { MAILBOX: options.mailbox }),
    ...(options.sessions === undefined ? {} : { SESSIONS: options.sessions }),
  };
}

async function writeState(child: ChildProcess, stateDir: string, limitMs: number): Promise<boolean> {
  const marker = join(stateDir, "complete");
  rmSync(marker, { force: true });
  if (!child.kill("SIGUSR1")) return false;
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (existsSync(marker)) return true;
    await sleep(20);
  }
  return existsSync(marker);
}

/** Waits for the port: a forked copy that was writing the state holds it, and may die after the process itself. */
async function untilFree(port: number, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline && !(await isFree(port))) await sleep(10);
}

function lastLines(file: string, count = 3): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-count).join(" | ");
}
