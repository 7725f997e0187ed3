import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { applyTransform, type Transform } from "../arguments/overrides";
import { protectionOf } from "./protection";
import { createReplicas } from "./replicas";
import type { TableKeys } from "./tableKey";

/** Keys and contents of a table; every attribute is a string. */
export interface DataTableShape {
  hashKey: string;
  rangeKey?: string;
  /** Secondary indexes of keys only. */
  indexes?: readonly { name: string; hashKey: string; rangeKey: string }[];
  /** Attribute with the time, in Unix seconds, at which DynamoDB deletes an item. Default: none. */
  expiresAt?: string;
  /** `replicated`: a stream only where there are replicas, for a table whose stream only replication reads. Default: always a stream. */
  stream?: "replicated";
  /** Point-in-time recovery, here and in each replica. Default: as `protectData`. */
  backups?: boolean;
  /** Encrypts with a key that DynamoDB owns, at no cost, because everyone may read the items. Default: a key of the account. */
  isPublic?: true;
}

/** Arguments of a component that its tables take over. */
export interface DataTableArgs {
  /** Regions of replicas. Default: none. */
  replicaRegions?: readonly string[];
  /** Deletion protection, retention and point-in-time recovery, for replicas too. Default: true. */
  protectData?: boolean;
  /** Customer-managed keys. Default: AWS's own key. */
  tableKey?: TableKeys;
}

/**
 * Creates a table on demand that keeps what a store must not lose: encrypted, protected from deletion, with a stream of old and
 * new images and a replica in each other Region (docs/decisions/0009).
 *
 * @example
 * const shop = new pulumi.ComponentResource("shop:index:Coupons", "shop");
 * const coupons = createDataTable("coupons", { hashKey: "coupon" }, { replicaRegions: ["us-west-2"] }, undefined, shop);
 */
export function createDataTable(
  name: string,
  shape: DataTableShape,
  { replicaRegions, protectData: protect = true, tableKey }: DataTableArgs,
  transform: Transform<aws.dynamodb.TableArgs> | undefined,
  parent: pulumi.Resource,
): aws.dynamodb.Table {
  const { hashKey, rangeKey, indexes, expiresAt, stream, backups = protect, isPublic } = shape;
  const keys = new Set([hashKey, rangeKey, ...(indexes ?? []).flatMap((index) => [index.hashKey, index.rangeKey])]);
  const hasStream = stream !== "replicated" || (replicaRegions ?? []).length > 0;
  return new aws.dynamodb.Table(
    name,
    applyTransform<aws.dynamodb.TableArgs>(
      {
        billingMode: "PAY_PER_REQUEST",
        hashKey,
        rangeKey,
        attributes: [...keys].filter((key) => key !== undefined).map((key) => ({ name: key, type: "S" })),
        globalSecondaryIndexes: indexes?.map((index) => ({
          name: index.name,
          projectionType: "KEYS_ONLY",
          keySchemas: [
            { attributeName: index.hashKey, keyType: "HASH" },
            { attributeName: index.rangeKey, keyType: "RANGE" },
          ],
        })),
        ttl: expiresAt ? { enabled: true, attributeName: expiresAt } : undefined,
        ...(hasStream && { streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" }),
        pointInTimeRecovery: { enabled: backups },
        deletionProtectionEnabled: protect,
        serverSideEncryption: isPublic ? undefined : { enabled: true, kmsKeyArn: tableKey?.arn },
        replicas: createReplicas(replicaRegions, { protect, backups, keys: tableKey }),
      },
      transform,
    ),
    { parent, ...protectionOf(protect) },
  );
}
