import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createReplicas } from "../infrastructure/replicas";
import { type Transform, transformed } from "../inlineFunction/args";

/** The table by which Regions know of each other, as other components take it. */
export interface RegionStateTable {
  tableName: pulumi.Output<string>;
  tableArn: pulumi.Output<string>;
}

export interface RegionStateArgs {
  /** Regions that the table is replicated to. Default: none; a Region alone has the table too. */
  replicaRegions?: string[];
  /** The replica that the primary's stack has made here. Default: the table is made. */
  existing?: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
  /** Deletion protection and point-in-time recovery, of the replicas too. Default: true. */
  protectData?: boolean;
  /** Last changes to the arguments of the resources inside. */
  transform?: { table?: Transform<aws.dynamodb.TableArgs> };
}

/**
 * What Regions tell each other through a global table: heartbeats, an operator's drains, and who signs customers in
 * (`domain/region` has the items). Each item has one writing Region.
 *
 * Made before anything else, since sign-in and search read it; `RegionalFailover` works with it.
 *
 * Cost: some 260,000 small writes a Region and month (docs/failover.md).
 *
 * @example
 * const regions = new RegionState("regions", { replicaRegions: ["us-west-2"] });
 * new RegionalFailover("failover", { state: regions.table, peerRegion: "us-west-2", … });
 */
export class RegionState extends pulumi.ComponentResource {
  /** For the components that take `regions` or `state`. */
  public readonly table: RegionStateTable;
  /** The raw resources; empty where the table existed already. */
  public readonly nodes: { table?: aws.dynamodb.Table };

  constructor(name: string, args: RegionStateArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:RegionState", name, {}, opts);
    if (args.existing && args.replicaRegions) {
      throw new pulumi.RunError(
        `RegionState "${name}": only one of existing and replicaRegions can be given. The stack that makes the table makes its replicas.`,
      );
    }
    this.nodes = args.existing ? {} : { table: this.addTable(name, args) };
    this.table = {
      tableName: this.nodes.table?.name ?? pulumi.output(args.existing!.name),
      tableArn: this.nodes.table?.arn ?? pulumi.output(args.existing!.arn),
    };
    this.registerOutputs({ table: this.table });
  }

  private addTable(name: string, { replicaRegions, protectData: protect = true, transform }: RegionStateArgs) {
    return new aws.dynamodb.Table(
      `${name}-state`,
      transformed<aws.dynamodb.TableArgs>(
        {
          billingMode: "PAY_PER_REQUEST",
          hashKey: "subject",
          rangeKey: "entry",
          attributes: ["subject", "entry"].map((attribute) => ({ name: attribute, type: "S" })),
          // Replication needs the stream; nobody else reads it.
          streamEnabled: true,
          streamViewType: "NEW_AND_OLD_IMAGES",
          pointInTimeRecovery: { enabled: protect },
          deletionProtectionEnabled: protect,
          serverSideEncryption: { enabled: true },
          replicas: createReplicas(replicaRegions, { protect, backups: protect }),
        },
        transform?.table,
      ),
      { parent: this, protect, retainOnDelete: protect },
    );
  }
}
