import { type DeployedResource, type Deployment, resourcesOfType } from "../../deployment/deployment";

/** Tables and buckets that replicate between the Regions, from the stacks' resources. */
export interface Replicated {
  /** Regions of each global table, by table name. */
  tables: Record<string, string[]>;
  /** Region of each bucket that receives replicated objects, by bucket name. */
  buckets: Record<string, string>;
}

/** Finds tables and buckets in at least two of `regions`; replicas elsewhere are not emulated. */
export function replicatedBy(
  deployments: readonly Pick<Deployment, "region" | "resources">[],
  regions: readonly string[],
): Replicated {
  const replicated: Replicated = { tables: {}, buckets: {} };
  const destinations = new Set<string>();
  const bucketRegions = new Map<string, string>();
  for (const deployment of deployments) {
    for (const table of resourcesOfType(deployment, "aws:dynamodb/table:Table")) {
      const replicas = records(table.inputs["replicas"]).map(({ regionName }) => String(regionName));
      const all = [regionOf(table, deployment), ...replicas].filter((region) => regions.includes(region));
      if (all.length > 1) replicated.tables[String(table.inputs["name"] ?? table.id)] = all.sort();
    }
    for (const bucket of resourcesOfType(deployment, "aws:s3/bucket:Bucket")) {
      bucketRegions.set(bucket.id, regionOf(bucket, deployment));
    }
    for (const config of resourcesOfType(deployment, "aws:s3/bucketReplicationConfig:BucketReplicationConfig")) {
      for (const { destination } of records(config.inputs["rules"])) {
        if (!isRecord(destination)) continue;
        const name = String(destination["bucket"]).split(":::").at(-1);
        if (name) destinations.add(name);
      }
    }
  }
  for (const name of destinations) {
    const region = bucketRegions.get(name);
    if (region !== undefined && regions.includes(region)) replicated.buckets[name] = region;
  }
  return replicated;
}

function regionOf(resource: DeployedResource, deployment: Pick<Deployment, "region">): string {
  const region = resource.inputs["region"];
  return typeof region === "string" ? region : deployment.region;
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
