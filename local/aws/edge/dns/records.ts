import { type DeployedResource, type Deployment, resourcesOfType } from "../../../deployment/deployment";

type RoutingPolicy =
  | { kind: "simple" }
  | { kind: "failover"; role: "PRIMARY" | "SECONDARY" }
  | { kind: "latency"; region: string }
  | { kind: "weighted"; weight: number };

/** One record of one of the deployments' hosted zones. */
export interface DnsRecord {
  /** Lower case, without the last dot. */
  name: string;
  type: string;
  setIdentifier?: string;
  policy: RoutingPolicy;
  healthCheckId?: string;
  /** Target of an alias, in the zone or of AWS; otherwise `values` and their time to live are set. */
  alias?: { name: string; evaluateTargetHealth: boolean };
  values: string[];
  ttlSeconds: number;
}

type Inputs = Record<string, unknown>;

/** Record types that lead to an address. */
const addressTypes = ["A", "AAAA", "CNAME"];

/**
 * Groups the deployments' address records by name. Each stack has its own records for a name that several Regions share; together
 * they are one set.
 *
 * @throws {Error} that names a routing policy that is not emulated.
 */
export function recordsOf(deployments: readonly Pick<Deployment, "resources">[]): Map<string, DnsRecord[]> {
  const records = new Map<string, DnsRecord[]>();
  const resources = deployments.flatMap((deployment) => resourcesOfType(deployment, "aws:route53/record:Record"));
  for (const record of resources.map(recordOf)) {
    const known = records.get(record.name) ?? [];
    // A records suffice: an AAAA record beside one has the same target.
    const isSecond = known.some((one) => one.setIdentifier === record.setIdentifier);
    if (!addressTypes.includes(record.type) || isSecond) continue;
    records.set(record.name, [...known, record]);
  }
  return records;
}

/** Normalizes a name for comparison. */
export function plainName(name: unknown): string {
  return String(name).toLowerCase().replace(/\.$/, "");
}

function recordOf({ name, inputs }: DeployedResource): DnsRecord {
  const [alias] = (inputs["aliases"] ?? []) as { name: string; evaluateTargetHealth?: boolean }[];
  return {
    name: plainName(inputs["name"]),
    type: String(inputs["type"]),
    setIdentifier: inputs["setIdentifier"] as string | undefined,
    policy: policyOf(name, inputs),
    healthCheckId: (inputs["healthCheckId"] as string | undefined) || undefined,
    alias: alias && { name: plainName(alias.name), evaluateTargetHealth: alias.evaluateTargetHealth === true },
    values: ((inputs["records"] ?? []) as string[]).map(plainName),
    ttlSeconds: Number(inputs["ttl"] ?? 60),
  };
}

function policyOf(resourceName: string, inputs: Inputs): RoutingPolicy {
  const first = (key: string) => ((inputs[key] ?? []) as Inputs[])[0];
  for (const other of ["geolocationRoutingPolicies", "geoproximityRoutingPolicy", "cidrRoutingPolicy"]) {
    const value = inputs[other];
    if (Array.isArray(value) ? value.length > 0 : value !== undefined) {
      throw new Error(`Record "${resourceName}": \`${other}\` is not emulated by the local run.`);
    }
  }
  if (inputs["multivalueAnswerRoutingPolicy"] === true) {
    throw new Error(`Record "${resourceName}": \`multivalueAnswerRoutingPolicy\` is not emulated by the local run.`);
  }
  const [failover, latency, weighted] = [
    first("failoverRoutingPolicies"),
    first("latencyRoutingPolicies"),
    first("weightedRoutingPolicies"),
  ];
  if (failover) return { kind: "failover", role: failover["type"] === "SECONDARY" ? "SECONDARY" : "PRIMARY" };
  if (latency) return { kind: "latency", region: String(latency["region"]) };
  if (weighted) return { kind: "weighted", weight: Number(weighted["weight"]) };
  return { kind: "simple" };
}
