/**
 * The deployed program: its created resources, for the other parts of the local run.
 *
 * It holds no more than a real stack's state, so that the edge, the event sources and the console depend only on the program's
 * Pulumi resources.
 */

/** One resource of the program, as registered and as created. */
export interface DeployedResource {
  urn: string;
  /** Pulumi type token, for example `aws:dynamodb/table:Table`. */
  type: string;
  /** Pulumi name; the physical name is among the outputs. */
  name: string;
  /** URN of the parent resource, absent for children of the stack. */
  parent?: string;
  /** The provider's id: for a component its URN. */
  id: string;
  /** Arguments as registered, secrets in the clear, with outputs of other resources filled in. */
  inputs: Record<string, unknown>;
  /** The arguments and the computed outputs, named as in `@pulumi/aws`. */
  outputs: Record<string, unknown>;
}

/** A resource that is not emulated. */
export interface NotEmulated {
  type: string;
  name: string;
  /** One sentence: the missing part and its effect. */
  why: string;
}

/** One stack's program, deployed into one Region's emulator. */
export interface Deployment {
  stack: string;
  region: string;
  /** The Region's AWS endpoint, `http://127.0.0.1:PORT`. */
  endpoint: string;
  /** Root credentials of the emulated account: for the local run itself, never for a function. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** In the order of creation, components included. */
  resources: DeployedResource[];
  /** The stack's outputs, secrets in the clear. */
  outputs: Record<string, unknown>;
  notEmulated: NotEmulated[];
}

/** The resources of one type, in the order of creation. */
export function resourcesOfType(deployment: Pick<Deployment, "resources">, type: string): DeployedResource[] {
  return deployment.resources.filter((resource) => resource.type === type);
}

/** Number of names in a sentence; the console page lists all. */
const NAMES_LISTED = 3;

/**
 * Returns one sentence for each limitation, with the resources concerned.
 *
 * @example
 * // Logs are not queried here. (queryDefinition: errors, cold-starts, slowest and 5 more)
 */
export function reasonsOf(notEmulated: readonly NotEmulated[]): string[] {
  const reasons = new Map<string, Map<string, Set<string>>>();
  for (const { type, name, why } of notEmulated) {
    const types = reasons.get(why) ?? new Map<string, Set<string>>();
    const kind = type.split(":").at(-2)?.split("/").at(-1) ?? type;
    types.set(kind, (types.get(kind) ?? new Set()).add(name));
    reasons.set(why, types);
  }
  return [...reasons].map(([why, types]) => {
    const named = [...types].map(([kind, names]) => {
      const listed = [...names].slice(0, NAMES_LISTED).join(", ");
      return `${kind}: ${listed}${names.size > NAMES_LISTED ? ` and ${names.size - NAMES_LISTED} more` : ""}`;
    });
    return `${why} (${named.join("; ")})`;
  });
}
