import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createDataTable, type DataTableShape } from "../../infrastructure/dataTable";
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
  const shape: DataTableShape = { hashKey: "productId", backups: true, isPublic: true };
  const table = createDataTable(`${name}-products`, shape, args, args.transform?.table, parent);
  return { name: table.name, arn: table.arn, streamArn: table.streamArn, table };
}
