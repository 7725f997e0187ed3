import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../../arguments/overrides";
import { createReplicas } from "../../infrastructure/replicas";
import type { SearchServiceArgs } from "../args";

/** The product table, new or existing. */
export interface ProductData {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  streamArn: pulumi.Output<string>;
  /** Absent with `existingTable`. */
  table?: aws.dynamodb.Table;
}

/** Creates the product table with its replicas, or takes the existing one. */
export function createProductTable(name: string, args: SearchServiceArgs, parent: pulumi.Resource): ProductData {
  if (args.existingTable) {
    const { name: tableName, arn, streamArn } = args.existingTable;
    return { name: pulumi.output(tableName), arn: pulumi.output(arn), streamArn: pulumi.output(streamArn) };
  }
  const protect = args.protectData ?? true;
  const table = new aws.dynamodb.Table(
    `${name}-products`,
    applyTransform<aws.dynamodb.TableArgs>(
      {
        attributes: [{ name: "productId", type: "S" }],
        hashKey: "productId",
        billingMode: "PAY_PER_REQUEST",
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: protect,
        replicas: createReplicas(args.replicaRegions, { protect, backups: true }),
      },
      args.transform?.table,
    ),
    { parent, protect, retainOnDelete: protect },
  );
  return { name: table.name, arn: table.arn, streamArn: table.streamArn, table };
}
