import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import type { Transform } from "../arguments/overrides";
import { createDataTable } from "../infrastructure/dataTable";

/** The table of Regions, as other components receive it. */
export interface RegionStateTable {
  tableName: pulumi.Output<string>;
  tableArn: pulumi.Output<string>;
}

export interface RegionStateArgs {
  /** Regions that the table is replicated to. Default: none; a store of one Region has the table too. Not together with `existingTable`. */
  replicaRegions?: string[];
  /** Existing table to use: the replica that the primary's stack has created in this Region. Default: a new table. */
  existingTable?: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
  /** Enables deletion protection and point-in-time recovery, for replicas too. Default: true. */
  protectData?: boolean;
  /** Overrides for the underlying resources. */
  transform?: { table?: Transform<aws.dynamodb.TableArgs> };
}

/**
 * Global table of Regions: heartbeats, drains by operators, and the issuers that sign customers in (items in
 * `domain/region`). Each item is written by one Region.
 *
 * Create it first: sign-in and search read it, and `RegionalFailover` uses it.
 *
 * Cost: about 260,000 small writes per Region and month (docs/failover.md).
 *
 * @example
 * const regions = new RegionState("regions", { replicaRegions: ["us-west-2"] });
 * const search = new SearchService("search", { auth, regions: regions.table });
 */
export class RegionState extends pulumi.ComponentResource {
  /** For the components that take `regions`. */
  public readonly table: RegionStateTable;
  /** Underlying resources; empty with an existing table. */
  public readonly nodes: { table?: aws.dynamodb.Table };

  constructor(name: string, args: RegionStateArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { existingTable, replicaRegions } = args;
    const checks = new ArgumentChecks("RegionState", name);
    checks.atMostOne({ existingTable, replicaRegions }, "the stack that creates the table creates its replicas");
    super("stayopen:index:RegionState", name, {}, opts);
    const shape = { hashKey: "subject", rangeKey: "entry" };
    this.nodes = existingTable
      ? {}
      : { table: createDataTable(`${name}-state`, shape, args, args.transform?.table, this) };
    this.table = {
      tableName: this.nodes.table?.name ?? pulumi.output(existingTable!.name),
      tableArn: this.nodes.table?.arn ?? pulumi.output(existingTable!.arn),
    };
    this.registerOutputs({ table: this.table });
  }
}
