import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { accountId, rootCredentials } from "../aws/emulator/supervisor";
import { readDataFile } from "../deployment/dataFile";
import { type DeployedResource, type Deployment, resourcesOfType } from "../deployment/deployment";
import { assetDigests } from "./archive";
import { withAutoName } from "./autoName";
import {
  type ClientConfiguration,
  type DeployContext,
  type Earlier,
  type Inputs,
  type Made,
  REQUEST_LIMIT_MS,
  type ResourceHandler,
  sentencesOf,
} from "./handler";
import { invokeFunction } from "./invokes";
import { type ProgramHost, type ProgramRunner, READ_STACK_OUTPUTS, type Registration, runProgram } from "./program";
import { handlerOf } from "./services";

export interface DeployOptions {
  /** Folder of the program's `Pulumi.yaml`. */
  directory: string;
  /** Runs the program of `directory`. Default: a new process, which loads changed files. */
  runner?: ProgramRunner;
  stack: string;
  /** Settings that override the stack's file. */
  config?: Record<string, string>;
  main?: string;
  /** Endpoint of each Region's emulator: Region → `http://127.0.0.1:PORT`. */
  endpoints: Record<string, string>;
  /** The stack's Region. */
  region: string;
  /** `localhost:PORT` of the search engine's gateway: the endpoint of search domains. */
  searchEndpoint?: string;
  /** File with the resources of earlier runs. */
  stateFile?: string;
  /** Called for each resource that was created, updated, read or left as it is. */
  onProgress?(done: number, resource: Registration): void;
  onOutput?(text: string): void;
  /** Outputs of another stack, for stack references. Default: those of `others`. */
  stackOutputs?(stack: string): Promise<Record<string, unknown>>;
  /** Stacks deployed beside this one; names and DNS records must not conflict with theirs. */
  others?: readonly Pick<Deployment, "stack" | "resources" | "outputs">[];
  /** Regions whose emulators lost their data: resources of earlier runs are created again there, under the same names. */
  emptied?: readonly string[];
}

/** State of a deployment, kept for the next run. */
interface State {
  /** Seed of the generated resource names of this data folder. */
  seed: string;
  resources: Record<string, StoredResource>;
}

interface StoredResource extends DeployedResource {
  /** Digest of the arguments and of the files' content. */
  digest: string;
  /** Counts replacements; a replaced resource gets another name. */
  generation: number;
  retainOnDelete?: boolean;
  /** Parts that are not emulated, reported in each run. */
  notEmulated?: string[];
}

/** A deployment. `save` must be called after the emulators have written their own state. */
export interface Deployed extends Deployment {
  saveState(): void;
}

/**
 * Runs a stack's program and creates each registered resource through the AWS API of the Region's emulator.
 *
 * Resources of an earlier run in the same data folder stay as they are if their arguments are equal.
 *
 * @throws {Error} with one sentence that names the resource.
 */
export async function deploy(options: DeployOptions): Promise<Deployed> {
  const state = readState(options.stateFile);
  const deployer = new Deployer(options, state);
  const run = { ...options, host: deployer };
  const outputs = await (options.runner ? options.runner.run(run) : runProgram(run));
  await deployer.removeLeftOver();
  return { ...deployer.deployment(outputs), saveState: () => deployer.saveState() };
}

class Deployer implements ProgramHost {
  private readonly resources = new Map<string, StoredResource>();
  private readonly notEmulated: Deployment["notEmulated"] = [];
  private readonly providerRegions = new Map<string, string>();
  private readonly contexts = new Map<string, DeployContext>();

  constructor(
    private readonly options: DeployOptions,
    private readonly earlier: State,
  ) {}

  async register(resource: Registration): Promise<{ id: string; outputs: Record<string, unknown> }> {
    try {
      return await this.registerOne(resource);
    } catch (error) {
      throw new Error(`${resource.name} (${resource.type}) ${sentenceOf(error)}`);
    }
  }

  private async registerOne(resource: Registration): Promise<{ id: string; outputs: Record<string, unknown> }> {
    if (resource.type === "pulumi:pulumi:StackReference") return await this.readStack(resource);
    if (resource.type.startsWith("pulumi:providers:")) return this.provider(resource);
    if (!resource.custom) {
      if (resource.type.startsWith("awsx:"))
        throw new Error("is a remote component, which the local run cannot create.");
      this.remember(resource, { id: resource.urn }, "", 0);
      return { id: resource.urn, outputs: resource.inputs };
    }
    if (resource.readId !== undefined) throw new Error("is looked up by its id, which the local run cannot do.");
    const handler = handlerOf(resource.type);
    const context = this.contextOf(resource);
    const digest = digestOf(resource.inputs, this.options.directory);
    const before = this.earlier.resources[resource.urn];
    const made = await this.make(resource, handler, context, digest, before);
    const notEmulated = this.notEmulated.filter(({ type, name }) => type === made.type && name === made.name);
    if (notEmulated.length > 0) made.notEmulated = notEmulated.map(({ why }) => why);
    this.options.onProgress?.(this.resources.size, resource);
    return { id: made.id, outputs: made.outputs };
  }

  private async make(
    resource: Registration,
    handler: ResourceHandler,
    context: DeployContext,
    digest: string,
    before: StoredResource | undefined,
  ): Promise<StoredResource> {
    const lost = before !== undefined && this.isLost(context, before);
    const rests = before !== undefined && before.digest === digest && !lost;
    if (
      rests &&
      handler.reachesInto?.(before.inputs).some((region) => this.options.emptied?.includes(region)) !== true
    ) {
      for (const why of before.notEmulated ?? []) context.notEmulated(resource, why);
      this.resources.set(resource.urn, before);
      return before;
    }
    const generation = (before?.generation ?? -1) + (lost ? 0 : 1);
    // A replaced resource gets another name; updated and restored ones keep theirs.
    const updates = before !== undefined && handler.update !== undefined;
    const seed = `${this.earlier.seed} ${updates || lost ? (before?.generation ?? 0) : generation}`;
    const named = { ...resource, inputs: withAutoName(resource, handler.autoName, seed) };
    const faults = sentencesOf([missingArguments(handler, named.inputs), handler.check?.(named.inputs, context)]);
    if (faults.length > 0) throw new Error(`is refused: ${faults.join(" ")}`);
    if (before === undefined) {
      return this.remember(named, await handler.create(named, context), digest, generation);
    }
    if (lost) {
      const made = await (handler.restore?.(named, earlierOf(before), context) ?? handler.create(named, context));
      return this.remember(named, made, digest, generation);
    }
    if (handler.update !== undefined) {
      return this.remember(named, await handler.update(named, earlierOf(before), context), digest, before.generation);
    }
    if (handler.remove === undefined) {
      throw new Error(
        "has changed since the kept data were made, and its data would be lost: take the change back, or start with --fresh.",
      );
    }
    if (!before.retainOnDelete) await handler.remove(earlierOf(before), context);
    return this.remember(named, await handler.create(named, context), digest, generation);
  }

  /** Returns true if a resource of an earlier run was lost with its Region. */
  private isLost(context: DeployContext, { type }: StoredResource): boolean {
    return (this.options.emptied ?? []).includes(context.region) && !handlerOf(type).isGlobal;
  }

  private remember(resource: Registration, made: Made, digest: string, generation: number): StoredResource {
    const stored: StoredResource = {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      parent: resource.parent,
      id: made.id,
      inputs: resource.inputs,
      outputs: { ...resource.inputs, ...made.outputs },
      digest,
      generation,
      ...(resource.retainOnDelete ? { retainOnDelete: true } : {}),
    };
    this.resources.set(resource.urn, stored);
    return stored;
  }

  private provider(resource: Registration): { id: string; outputs: Record<string, unknown> } {
    if (resource.type !== "pulumi:providers:aws") throw new Error("is of a provider that the local run does not know.");
    const id = resource.urn;
    if (typeof resource.inputs["region"] === "string")
      this.providerRegions.set(resource.urn, resource.inputs["region"]);
    this.remember(resource, { id }, "", 0);
    return { id, outputs: resource.inputs };
  }

  private async readStack(resource: Registration): Promise<{ id: string; outputs: Record<string, unknown> }> {
    const name = String(resource.inputs["name"] ?? resource.name);
    return { id: name, outputs: await this.readStackOutputs(name) };
  }

  private async readStackOutputs(name: string): Promise<Record<string, unknown>> {
    const stack = name.split("/").pop() ?? name;
    const outputs =
      (await this.options.stackOutputs?.(stack)) ??
      this.options.others?.find((other) => other.stack === stack)?.outputs;
    if (outputs === undefined) throw new Error(`refers to the stack ${name}, which does not run here.`);
    return { name, outputs, secretOutputNames: [] };
  }

  registerOutputs(urn: string, outputs: Record<string, unknown>): void {
    const component = this.resources.get(urn);
    if (component !== undefined) component.outputs = outputs;
  }

  async invoke(token: string, inputs: Record<string, unknown>, provider?: string): Promise<Record<string, unknown>> {
    if (token === READ_STACK_OUTPUTS) return await this.readStackOutputs(String(inputs["name"]));
    const region = typeof inputs["region"] === "string" ? inputs["region"] : this.regionOfProvider(provider);
    return await invokeFunction(token, inputs, this.context(region ?? this.options.region));
  }

  private regionOfProvider(provider: string | undefined): string | undefined {
    return provider === undefined ? undefined : this.providerRegions.get(provider.slice(0, provider.lastIndexOf("::")));
  }

  private contextOf(resource: Registration): DeployContext {
    const own = resource.inputs["region"];
    return this.context(
      typeof own === "string" ? own : (this.regionOfProvider(resource.provider) ?? this.options.region),
    );
  }

  private context(region: string): DeployContext {
    const known = this.contexts.get(region);
    if (known !== undefined) return known;
    const endpoint = this.options.endpoints[region];
    if (endpoint === undefined) {
      const started = Object.keys(this.options.endpoints).join(", ");
      throw new Error(`belongs to the Region ${region}, but the local run has started ${started} only.`);
    }
    const clients = new Map<unknown, unknown>();
    const context: DeployContext = {
      region,
      accountId,
      directory: this.options.directory,
      endpoint,
      regions: Object.keys(this.options.endpoints),
      inRegion: (other) => (this.options.endpoints[other] === undefined ? undefined : this.context(other)),
      resources: (type) =>
        [...(this.options.others ?? []), { resources: [...this.resources.values()] }].flatMap((deployment) =>
          resourcesOfType(deployment, type),
        ),
      searchEndpoint: this.options.searchEndpoint,
      client<C>(clientClass: new (configuration: ClientConfiguration) => C): C {
        let client = clients.get(clientClass) as C | undefined;
        if (client === undefined) {
          client = new clientClass({
            region,
            endpoint,
            credentials: rootCredentials,
            forcePathStyle: true,
            maxAttempts: 2,
            requestHandler: {
              connectionTimeout: REQUEST_LIMIT_MS,
              requestTimeout: REQUEST_LIMIT_MS,
              throwOnRequestTimeout: true,
            },
          });
          clients.set(clientClass, client);
        }
        return client;
      },
      notEmulated: ({ type, name }, why) => void this.notEmulated.push({ type, name, why }),
    };
    this.contexts.set(region, context);
    return context;
  }

  /** Removes resources of an earlier run that the program no longer has, newest first. */
  async removeLeftOver(): Promise<void> {
    for (const before of Object.values(this.earlier.resources).reverse()) {
      if (this.resources.has(before.urn) || !before.type.startsWith("aws:") || before.retainOnDelete) continue;
      const handler = handlerOf(before.type);
      const context = this.context(String(before.inputs["region"] ?? this.options.region));
      if (!this.isLost(context, before)) await handler.remove?.(earlierOf(before), context);
    }
  }

  deployment(outputs: Record<string, unknown>): Deployment {
    return {
      stack: this.options.stack,
      region: this.options.region,
      endpoint: this.options.endpoints[this.options.region] ?? "",
      credentials: rootCredentials,
      resources: [...this.resources.values()],
      outputs,
      notEmulated: this.notEmulated,
    };
  }

  saveState(): void {
    if (this.options.stateFile === undefined) return;
    const state: State = { seed: this.earlier.seed, resources: Object.fromEntries(this.resources) };
    mkdirSync(dirname(this.options.stateFile), { recursive: true });
    const temporary = `${this.options.stateFile}.new`;
    writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
    renameSync(temporary, this.options.stateFile);
  }
}

function readState(file: string | undefined): State {
  if (file !== undefined && existsSync(file)) return readDataFile<State>(file);
  return { seed: randomBytes(8).toString("hex"), resources: {} };
}

function earlierOf({ id, inputs, outputs }: StoredResource): Earlier {
  return { id, inputs, outputs };
}

function missingArguments(handler: ResourceHandler, inputs: Inputs): string[] {
  return (handler.required ?? [])
    .filter((key) => inputs[key] === undefined || inputs[key] === null || inputs[key] === "")
    .map((key) => `The argument "${key}" is missing.`);
}

/** Digest of the arguments and of the files that they name. */
function digestOf(inputs: Inputs, directory: string): string {
  return createHash("sha256")
    .update(JSON.stringify(assetDigests(inputs, directory)))
    .digest("hex");
}

/** Turns an error into the end of a sentence. Errors of the AWS API carry their code as their name. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "Error") return error.message;
  if (error.name === "TimeoutError") {
    return `got no response from the emulator within ${REQUEST_LIMIT_MS / 1_000} seconds. If the machine is busy, start again when it is less so; the log names other reasons.`;
  }
  if ("$metadata" in error) return `is refused by the emulator: ${error.name}: ${error.message}`;
  return error.stack ?? error.message;
}
