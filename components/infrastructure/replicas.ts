import type * as aws from "@pulumi/aws";
import type { TableKeys } from "./tableKey";

type Replica = Extract<NonNullable<aws.dynamodb.TableArgs["replicas"]>, readonly unknown[]>[number];

/**
 * Returns the `replicas` of an eventually consistent global table (docs/decisions/0009). Only the primary's stack declares
 * them: a `TableReplica` in another stack would be removed by the table's next update. A table with replicas needs a
 * stream of new and old images.
 *
 * @example
 * new aws.dynamodb.Table("orders", {
 *   hashKey: "orderId",
 *   attributes: [{ name: "orderId", type: "S" }],
 *   streamEnabled: true,
 *   streamViewType: "NEW_AND_OLD_IMAGES",
 *   replicas: createReplicas(["us-west-2"], { protect: true, backups: true }),
 * });
 */
export function createReplicas(
  regions: readonly string[] | undefined,
  { protect, backups, keys }: { protect: boolean; backups: boolean; keys?: TableKeys },
): Replica[] | undefined {
  if (!regions || regions.length === 0) return undefined;
  return regions.map((regionName) => ({
    regionName,
    consistencyMode: "EVENTUAL",
    deletionProtectionEnabled: protect,
    // Neither is inherited from the table.
    pointInTimeRecovery: backups,
    // A change recreates the replica.
    kmsKeyArn: keys?.replicas?.[regionName],
    propagateTags: true,
  }));
}
