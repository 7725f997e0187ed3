import { fork } from "node:child_process";
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
  const project = readProject(options.directory);
  const child = fork(join(__dirname, "programChild.ts"), [], {
    cwd: options.directory,
    execArgv: ["-r", join(__dirname, "..", "loadTypeScript.js")],
    env: programEnvironment(),
    serialization: "json",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let errorOutput = "";
  child.stdout?.on("data", (data: Buffer) => options.onOutput?.(data.toString()));
  child.stderr?.on("data", (data: Buffer) => {
    errorOutput = (errorOutput + data.toString()).slice(-4000);
    options.onOutput?.(data.toString());
  });
  const send = (message: ToProgram) => {
    // A program that is ending reads no more answers; its exit is reported.
    if (child.connected) child.send(message, () => undefined);
  };

  try {
    return await new Promise<Record<string, unknown>>((resolve, reject) => {
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
      child.on("message", (message: FromProgram) => {
        if (message.kind === "register")
          answer(
            message.sequence,
            options.host.register(message.registration).then((made) => ({ ...made })),
          );
        else if (message.kind === "invoke") {
          answer(
            message.sequence,
            options.host.invoke(message.token, message.inputs, message.provider),
            // The program handles a missing stack itself.
            message.token === READ_STACK_OUTPUTS,
          );
        } else if (message.kind === "outputs") options.host.registerOutputs(message.urn, message.outputs);
        else if (message.kind === "done") resolve(message.outputs);
        else reject(new Error(message.error));
      });
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        reject(
          new Error(
            `The program of stack ${options.stack} ended early (${signal ?? `code ${code}`}): ${errorOutput.trim()}`,
          ),
        );
      });
      send({
        kind: "start",
        main: join(options.directory, options.main ?? project.main),
        project: project.name,
        stack: options.stack,
        config: {
          ...project.config,
          ...readStackConfig(options.directory, project.name, options.stack),
          ...options.config,
        },
      });
    });
  } finally {
    child.removeAllListeners("exit");
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
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
  | { kind: "done"; outputs: Record<string, unknown> }
  | { kind: "failed"; error: string };
