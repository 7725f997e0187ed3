import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** Registration of a resource by the program. Secrets are in the clear; files are {@link WireAsset}s. */
export interface Registration {
  urn: string;
  type: string;
  name: string;
  /** URN of the parent, absent for children of the stack. */
  parent?: string;
  /** False for a component. */
  custom: boolean;
  inputs: Record<string, unknown>;
  /** The id to read, for a resource that is looked up (`X.get`, a stack reference). */
  readId?: string;
  /** Reference to the provider resource (`urn::id`), absent for the default provider. */
  provider?: string;
  /** Arguments whose later changes are ignored. */
  ignoreChanges: string[];
  /** True if the resource is kept when the program drops or replaces it. Default: false. */
  retainOnDelete?: boolean;
}

/** A file or an archive among the arguments. */
export type WireAsset =
  | { $asset: "file" | "directory"; path: string }
  | { $asset: "text"; text: string }
  | { $asset: "archive"; entries: Record<string, WireAsset> };

/** The engine's own function that looks up another stack without registering a resource. */
export const READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs";

/** Answers the program's requests in place of Pulumi's engine and providers. */
export interface ProgramHost {
  register(registration: Registration): Promise<{ id: string; outputs: Record<string, unknown> }>;
  /** Receives a component's outputs. */
  registerOutputs(urn: string, outputs: Record<string, unknown>): void;
  /** Calls a provider function, such as `aws:index/getCallerIdentity:getCallerIdentity`. */
  invoke(token: string, inputs: Record<string, unknown>, provider?: string): Promise<Record<string, unknown>>;
}

export interface ProgramOptions {
  /** Folder of `Pulumi.yaml`. */
  directory: string;
  stack: string;
  /** Settings that override the stack's file, with their namespace: `aws:region`. */
  config?: Record<string, string>;
  host: ProgramHost;
  /** Entry file, instead of the one that `Pulumi.yaml` names. */
  main?: string;
  /** Receives the program's output. Default: discarded. */
  onOutput?(text: string): void;
}

/**
 * Runs a stack's Pulumi program in a child process, because Pulumi's run-time state is global to a process. Resolves with the
 * stack's outputs when every resource has been created.
 *
 * @throws {Error} with one sentence for the first resource that fails or the program's own error.
 */
export async function runProgram(options: ProgramOptions): Promise<Record<string, unknown>> {
  const runner = new ProgramRunner(options.directory);
  try {
    return await runner.run(options);
  } finally {
    runner.stop();
  }
}

/**
 * Runs the program of a folder for one stack after another. As long as nothing fails, the runs share a child process: loading packages
 * and reading functions takes half of a run's processor time. A program must export a function for that; any other is loaded again for each run.
 */
export class ProgramRunner {
  private child: ChildProcess | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** @param directory folder of `Pulumi.yaml`. */
  constructor(readonly directory: string) {}

  /** Like `runProgram`. A second call waits for the first. */
  run(options: Omit<ProgramOptions, "directory">): Promise<Record<string, unknown>> {
    const run = this.last.then(() => this.runNext(options));
    this.last = run.catch(() => undefined);
    return run;
  }

  /** Ends the child process. A later run starts another one. */
  stop(): void {
    const { child } = this;
    this.child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }

  private start(): ChildProcess {
    const child = fork(join(__dirname, "programChild.ts"), [], {
      cwd: this.directory,
      execArgv: ["-r", join(__dirname, "..", "loadTypeScript.js")],
      env: programEnvironment(),
      serialization: "json",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    // Reported by the run, if there is one.
    return child.on("error", () => undefined);
  }

  private async runNext({
    stack,
    config,
    host,
    main,
    onOutput,
  }: Omit<ProgramOptions, "directory">): Promise<Record<string, unknown>> {
    const project = readProject(this.directory);
    const settings = { ...project.config, ...readStackConfig(this.directory, project.name, stack), ...config };
    if (!this.child?.connected) this.child = this.start();
    const { child } = this;
    let errorOutput = "";
    const onText = (data: Buffer) => onOutput?.(data.toString());
    const onError = (data: Buffer) => {
      errorOutput = (errorOutput + data.toString()).slice(-4000);
      onText(data);
    };
    child.stdout?.on("data", onText);
    child.stderr?.on("data", onError);
    const send = (message: ToProgram) => {
      // A program that is ending reads no more answers; its exit is reported.
      if (child.connected) child.send(message, () => undefined);
    };
    const { promise: outputs, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    const answer = (sequence: number, work: Promise<Record<string, unknown>>, isForProgram = false) => {
      work.then(
        (value) => send({ kind: "answer", sequence, value }),
        (error: Error) => {
          // One resource's failure rejects a hundred promises in the program; only the first is reported.
          if (!isForProgram) reject(error);
          send({ kind: "answer", sequence, error: error.message });
        },
      );
    };
    let isRepeatable = false;
    const onMessage = (message: FromProgram) => {
      if (message.kind === "register")
        answer(
          message.sequence,
          host.register(message.registration).then((made) => ({ ...made })),
        );
      else if (message.kind === "invoke") {
        answer(
          message.sequence,
          host.invoke(message.token, message.inputs, message.provider),
          // The program handles a missing stack itself.
          message.token === READ_STACK_OUTPUTS,
        );
      } else if (message.kind === "outputs") host.registerOutputs(message.urn, message.outputs);
      else if (message.kind === "done") {
        isRepeatable = message.isRepeatable;
        resolve(message.outputs);
      } else reject(new Error(message.error));
    };
    const onExit = (code: number | null, signal: string | null) =>
      reject(
        new Error(`The program of stack ${stack} ended early (${signal ?? `code ${code}`}): ${errorOutput.trim()}`),
      );
    child.on("message", onMessage).on("error", reject).on("exit", onExit);
    send({
      kind: "start",
      main: join(this.directory, main ?? project.main),
      project: project.name,
      stack,
      config: settings,
    });
    try {
      return await outputs;
    } finally {
      child.off("message", onMessage).off("error", reject).off("exit", onExit);
      child.stdout?.off("data", onText);
      child.stderr?.off("data", onError);
      // A failed program may still be running.
      if (!isRepeatable) this.stop();
    }
  }
}

interface Project {
  name: string;
  main: string;
  config: Record<string, string>;
}

function readProject(directory: string): Project {
  const file = join(directory, "Pulumi.yaml");
  if (!existsSync(file)) throw new Error(`There is no Pulumi program in ${directory}: Pulumi.yaml is missing.`);
  const {
    name,
    main = "index.ts",
    config = {},
  } = parse(readFileSync(file, "utf8")) as {
    name: string;
    main?: string;
    config?: Record<string, unknown>;
  };
  const defaults = Object.entries(config).map(([key, setting]) => {
    const isSchema = typeof setting === "object" && setting !== null;
    const value = isSchema
      ? ((setting as { value?: unknown; default?: unknown }).value ?? (setting as { default?: unknown }).default)
      : setting;
    return [key, value] as const;
  });
  return { name, main, config: settingsOf(defaults, name) };
}

/** Reads the plain settings of `Pulumi.STACK.yaml`. Encrypted ones need the stack's key, so the caller must override them. */
function readStackConfig(directory: string, project: string, stack: string): Record<string, string> {
  const file = join(directory, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new Error(`There is no stack "${stack}": Pulumi.${stack}.yaml is missing.`);
  const { config = {} } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  return settingsOf(Object.entries(config ?? {}), project);
}

function settingsOf(entries: (readonly [string, unknown])[], project: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [key, value] of entries) {
    if (value === undefined || value === null) continue;
    if (typeof value === "object" && "secure" in value) continue;
    settings[key.includes(":") ? key : `${project}:${key}`] =
      typeof value === "object" ? JSON.stringify(value) : String(value);
  }
  return settings;
}

/** Removes credentials and proxies from the environment: the program communicates with this process only. */
function programEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "NODE_COMPILE_CACHE", "NODE_V8_COVERAGE"];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

export type ToProgram =
  | { kind: "start"; main: string; project: string; stack: string; config: Record<string, string> }
  | { kind: "answer"; sequence: number; value: Record<string, unknown> }
  | { kind: "answer"; sequence: number; error: string };

export type FromProgram =
  | { kind: "register"; sequence: number; registration: Registration }
  | { kind: "invoke"; sequence: number; token: string; inputs: Record<string, unknown>; provider?: string }
  | { kind: "outputs"; urn: string; outputs: Record<string, unknown> }
  | { kind: "done"; outputs: Record<string, unknown>; isRepeatable: boolean }
  | { kind: "failed"; error: string };
