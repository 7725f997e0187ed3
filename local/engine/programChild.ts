/**
 * The child process of `program.ts`: loads the stack's program under Pulumi's own runtime and passes each registration to the
 * parent process, which answers as the engine and the provider would.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire, flushCompileCache } from "node:module";
import { dirname, join } from "node:path";
import type { Output, Resource } from "@pulumi/pulumi";
import { deferImports, type Import } from "./deferredImports";
import type { FromProgram, Registration, ToProgram, WireAsset } from "./program";

// The program's own copy of the SDK: its run-time state must be the one that the program sees.
const requireOfProgram = createRequire(join(process.cwd(), "Pulumi.yaml"));
const pulumi: typeof import("@pulumi/pulumi") = deferImports(rarelyUsed(), () => requireOfProgram("@pulumi/pulumi"));
const { getMonitor }: { getMonitor(): unknown } = requireOfProgram("@pulumi/pulumi/runtime/settings");

/**
 * Imports of Pulumi's SDK that few programs use: the automation API, and npm's tree of packages for the SDK's own functions. They are 860
 * of 2,650 modules, and Pulumi compares each captured value with each loaded module: 13 % of the processor time of two Regions' programs.
 */
function rarelyUsed(): Import[] {
  const from = requireOfProgram.resolve("@pulumi/pulumi");
  return [
    { from, name: "./automation" },
    { from: join(dirname(from), "runtime", "closure", "codePaths.js"), name: "@npmcli/arborist" },
  ];
}

/** Details of a registration that Pulumi does not pass to mocks. */
interface RequestDetails {
  urn: string;
  parent: string;
  reading: boolean;
  ignoreChanges: string[];
  retainOnDelete: boolean;
}

interface MonitorRequest {
  getParent(): string;
  getType(): string;
  getName(): string;
  getIgnorechangesList?(): string[];
  getRetainondelete?(): boolean | undefined;
}

interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: MonitorRequest, callback: unknown): Promise<void>;
  readResource(request: MonitorRequest, callback: unknown): Promise<void>;
  registerResourceOutputs(
    request: { getUrn(): string; getOutputs(): { toJavaScript(): Record<string, unknown> } },
    callback: unknown,
  ): void;
}

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const signatureKey = "4dabf18193072939515e22adb298388d";

const details = new AsyncLocalStorage<RequestDetails>();
const waiting = new Map<number, { resolve(value: Record<string, unknown>): void; reject(error: Error): void }>();
let lastSequence = 0;
let failed = false;

function send(message: FromProgram): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function ask(message: (sequence: number) => FromProgram): Promise<Record<string, unknown>> {
  const sequence = ++lastSequence;
  return new Promise((resolve, reject) => {
    waiting.set(sequence, { resolve, reject });
    void send(message(sequence));
  });
}

async function fail(error: unknown): Promise<void> {
  if (failed) return;
  failed = true;
  await send({ kind: "failed", error: sentenceOf(error) });
  process.disconnect?.();
}

/** Formats an error: a RunError is meant for the user; any other is a defect and keeps its stack trace. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isForUser(error) ? error.message : (error.stack ?? error.message);
}

function isForUser(error: unknown): boolean {
  return pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error);
}

/** Converts values to plain data for the parent process: secrets in the clear, files as descriptions, resources as their ids. */
async function plain(value: unknown): Promise<unknown> {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return await Promise.all(value.map(plain));
  if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) return await describeAsset(value);
  if (pulumi.Resource.isInstance(value)) {
    const resource: Resource = value;
    return await promised(pulumi.CustomResource.isInstance(resource) ? resource.id : resource.urn);
  }
  const record = value as Record<string, unknown>;
  if (record[signatureKey] === secretSignature) return await plain(record["value"]);
  const entries = await Promise.all(
    Object.entries(record).map(async ([key, part]) => [key, await plain(part)] as const),
  );
  return Object.fromEntries(entries.filter(([, part]) => part !== undefined));
}

async function describeAsset(value: object): Promise<WireAsset> {
  const { path, text, assets, uri } = value as Record<"path" | "text" | "assets" | "uri", Promise<unknown> | undefined>;
  if (path !== undefined) {
    return { $asset: pulumi.asset.Asset.isInstance(value) ? "file" : "directory", path: String(await path) };
  }
  if (text !== undefined) return { $asset: "text", text: String(await text) };
  if (assets !== undefined) {
    const entries = Object.entries((await assets) as Record<string, object>);
    const described = await Promise.all(
      entries.map(async ([name, part]) => [name, await describeAsset(part)] as const),
    );
    return { $asset: "archive", entries: Object.fromEntries(described) };
  }
  throw new Error(`The local run cannot fetch the remote asset ${String(await uri)}: use a file.`);
}

function promised<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Intercepts the details that Pulumi does not pass to mocks: parent, URN, lookups and components' outputs. */
function wrapMonitor(monitor: Monitor): void {
  for (const method of ["registerResource", "readResource"] as const) {
    const original = monitor[method].bind(monitor);
    monitor[method] = (request, callback) =>
      details.run(
        {
          urn: monitor.newUrn(request.getParent(), request.getType(), request.getName()),
          parent: request.getParent(),
          reading: method === "readResource",
          ignoreChanges: request.getIgnorechangesList?.() ?? [],
          retainOnDelete: request.getRetainondelete?.() ?? false,
        },
        () => original(request, callback),
      );
  }
  const original = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    const outputs = request.getOutputs()?.toJavaScript() ?? {};
    void plain(outputs).then((value) =>
      send({ kind: "outputs", urn: request.getUrn(), outputs: value as Record<string, unknown> }),
    );
    original(request, callback);
  };
}

async function start({ main, project, stack, config }: Extract<ToProgram, { kind: "start" }>): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs, provider, custom, id }) => {
        const request = details.getStore();
        if (request === undefined) throw new Error(`${type} ${name} was registered past the monitor.`);
        const registration: Registration = {
          urn: request.urn,
          type,
          name,
          parent: request.parent || undefined,
          custom: custom ?? false,
          inputs: (await plain(inputs)) as Record<string, unknown>,
          readId: request.reading ? id : undefined,
          provider: provider || undefined,
          ignoreChanges: request.ignoreChanges,
          retainOnDelete: request.retainOnDelete,
        };
        const answer = await ask((sequence) => ({ kind: "register", sequence, registration }));
        return { id: String(answer["id"]), state: answer["outputs"] as Record<string, unknown> };
      },
      call: async ({ token, inputs, provider }) => {
        const plainInputs = (await plain(inputs)) as Record<string, unknown>;
        return await ask((sequence) => ({ kind: "invoke", sequence, token, inputs: plainInputs, provider }));
      },
    },
    project,
    stack,
    false,
    "organization",
  );
  pulumi.runtime.setAllConfig(config);
  wrapMonitor(getMonitor() as Monitor);
  let isRepeatable = false;
  const outputs = await pulumi.runtime.runInPulumiStack(async () => {
    const program: unknown = requireOfProgram(main);
    isRepeatable = typeof program === "function";
    // As Pulumi's own runtime does with a CommonJS module.
    return typeof program === "function" ? await program() : program;
  });
  await pulumi.runtime.disconnect();
  if (failed) return;
  const plainOnes = ((await plain(await plainOutputs(outputs))) ?? {}) as Record<string, unknown>;
  // The parent process starts the next run, or kills this process, which would then leave no compiled code for the next start.
  flushCompileCache?.();
  await send({ kind: "done", outputs: plainOnes, isRepeatable });
}

/** Resolves outputs at any depth. */
function plainOutputs(outputs: unknown): Promise<unknown> {
  return promised(pulumi.output(outputs));
}

process.on("unhandledRejection", (error) => void fail(error));
process.on("uncaughtException", (error) => void fail(error));
process.on("disconnect", () => process.exit(failed ? 1 : 0));
process.on("message", (message: ToProgram) => {
  if (message.kind === "start") {
    start(message).catch(fail);
    return;
  }
  const waiter = waiting.get(message.sequence);
  waiting.delete(message.sequence);
  if ("error" in message) {
    // Pulumi's runtime reads the message of a failed look-up from `details`, as in gRPC errors.
    waiter?.reject(Object.assign(new Error(message.error), { details: message.error }));
  } else waiter?.resolve(message.value);
});
