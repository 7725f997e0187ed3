import { createHash } from "node:crypto";
import type { DeployedResource } from "../deployment/deployment";
import type { Registration, WireAsset } from "./program";

/** A resource's arguments as plain data, named as in `@pulumi/aws`. */
export type Inputs = Record<string, unknown>;

/** A created resource: the provider's id, and its computed outputs. */
export interface Made {
  id: string;
  outputs?: Record<string, unknown>;
}

/** A resource of an earlier run. */
export interface Earlier extends Made {
  inputs: Inputs;
  outputs: Record<string, unknown>;
}

/** Context of the handlers, beside a resource's arguments. */
export interface DeployContext {
  region: string;
  accountId: string;
  /** Base folder of relative asset paths. */
  directory: string;
  /** `http://127.0.0.1:PORT` of the Region's emulator. */
  endpoint: string;
  /** Regions with a running emulator. */
  regions: readonly string[];
  /** Context of another Region; `undefined` if its emulator does not run. */
  inRegion(region: string): DeployContext | undefined;
  /** Resources created so far, in this stack and in the peer's. */
  resources(type: string): DeployedResource[];
  /** An AWS SDK client for the Region's emulator; one of each class is kept. */
  client<C>(clientClass: new (configuration: ClientConfiguration) => C): C;
  /** Reports that a resource, or a part of it, is not emulated. */
  notEmulated(resource: Registration, why: string): void;
  /** Address of the search engine for functions, without scheme: `localhost:PORT`. */
  searchEndpoint?: string;
}

/** An emulator that needs this long for one request does not run any more; a busy machine may need a minute. Milliseconds. */
export const REQUEST_LIMIT_MS = 120_000;

export interface ClientConfiguration {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  forcePathStyle: boolean;
  maxAttempts: number;
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean };
}

/** Name of a resource that the program leaves unnamed: its Pulumi name and seven hex digits, as the provider does. */
export interface AutoName {
  property: string;
  maxLength: number;
  /** Transforms the whole name: lower case, a prefix, an ending. */
  transform?(name: string, inputs: Inputs): string;
}

/** Sentences on what is wrong; conditions that do not hold leave `false` or `undefined`. */
export type Faults = readonly (string | Faults | false | undefined)[];

export function sentencesOf(faults: Faults): string[] {
  return faults.flatMap((part) => (typeof part === "string" ? part : sentencesOf(part || [])));
}

/** Checks and operations of one resource type. */
export interface ResourceHandler {
  autoName?: AutoName;
  /** Arguments that AWS or the provider requires. */
  required?: string[];
  /**
   * AWS's own rules where they are cheap to check.
   * @returns one sentence for each fault, without the resource's name.
   */
  check?(inputs: Inputs, context: DeployContext): Faults;
  create(resource: Registration, context: DeployContext): Promise<Made>;
  /** Updates the resource of an earlier run. Without it, the resource is removed and created again. */
  update?(resource: Registration, earlier: Earlier, context: DeployContext): Promise<Made>;
  /** Removes the resource. Without it and `update`, a change is an error, because it would lose the resource's data. */
  remove?(earlier: Earlier, context: DeployContext): Promise<unknown>;
  /** True if the resource belongs to no Region's emulator: it survives the loss of a Region. */
  isGlobal?: boolean;
  /** Creates the resource again after the loss of its Region, if that differs from `create`. */
  restore?(resource: Registration, earlier: Earlier, context: DeployContext): Promise<Made>;
  /** Other Regions that hold a part of the resource; it is updated when one of them has lost its data. */
  reachesInto?(inputs: Inputs): string[];
}

/** All resource types of one service, by their Pulumi type token. */
export type ServiceHandlers = Record<string, ResourceHandler>;

/** Makes a handler for a type that is not emulated; the report gives the reason. */
export function unavailable(
  why: string,
  outputs: (resource: Registration, context: DeployContext) => Made,
): ResourceHandler {
  return {
    async create(resource, context) {
      context.notEmulated(resource, why);
      return outputs(resource, context);
    },
    async update(resource, _earlier, context) {
      context.notEmulated(resource, why);
      return outputs(resource, context);
    },
    async remove() {},
  };
}

/**
 * Makes a handler for a type that no Region's emulator holds: its outputs follow from its arguments. The made id must be the same at
 * an update, because other resources refer to it.
 */
export function computed(
  rules: Pick<ResourceHandler, "autoName" | "required" | "check">,
  made: (resource: Registration, context: DeployContext) => Made,
): ResourceHandler {
  return {
    ...rules,
    isGlobal: true,
    create: async (resource, context) => made(resource, context),
    update: async (resource, _earlier, context) => made(resource, context),
    async remove() {},
  };
}

/** Digest of a resource's URN: the same in every run. */
export function urnDigest({ urn }: Registration): string {
  return createHash("sha256").update(urn).digest("hex");
}

/** A UUID that is the same in every run. */
export function urnUuid(resource: Registration): string {
  return urnDigest(resource).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/** Takes text arguments under the names of AWS's API: `apiId` → `ApiId`. */
export function request<R>(inputs: Inputs, keys: readonly string[], more: Partial<NoInfer<R>> = {}): R {
  const given = Object.fromEntries(keys.map((key) => [key, optionalText(inputs, key)]));
  return { ...(pascal(given) as R), ...more };
}

export function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string") throw new Error(`needs the argument "${key}" as a string.`);
  return value;
}

export function optionalText(inputs: Inputs, key: string): string | undefined {
  const value = inputs[key];
  return typeof value === "string" ? value : undefined;
}

/** Reads a number; Pulumi also allows it as a string. */
export function optionalNumber(inputs: Inputs, key: string): number | undefined {
  const value = inputs[key];
  return value === undefined || value === null || value === "" ? undefined : Number(value);
}

export function optionalBoolean(inputs: Inputs, key: string): boolean | undefined {
  const value = inputs[key];
  return value === undefined || value === null ? undefined : value === true || value === "true";
}

export function optionalRecord(inputs: Inputs, key: string): Inputs | undefined {
  const value = inputs[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Inputs) : undefined;
}

export function records(inputs: Inputs, key: string): Inputs[] {
  const value = inputs[key];
  return Array.isArray(value) ? (value as Inputs[]) : [];
}

export function texts(inputs: Inputs, key: string): string[] {
  const value = inputs[key];
  return Array.isArray(value) ? value.map(String) : [];
}

/** Reads the tags, a plain record. */
export function tagsOf(inputs: Inputs): Record<string, string> | undefined {
  const tags = optionalRecord(inputs, "tags");
  return tags && Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]));
}

export function tagList(inputs: Inputs): { Key: string; Value: string }[] | undefined {
  const tags = tagsOf(inputs);
  return tags && Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function asset(inputs: Inputs, key: string): WireAsset | undefined {
  const value = inputs[key];
  return typeof value === "object" && value !== null && "$asset" in value ? (value as WireAsset) : undefined;
}

/** Capitalizes argument names as in AWS's API, at every depth: `maxAge` → `MaxAge`. */
export function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key.charAt(0).toUpperCase() + key.slice(1), pascal(part)]),
  );
}
