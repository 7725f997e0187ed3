import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks, ROLE_ARN } from "../arguments/checks";
import { applyTransform, type Transform } from "../arguments/overrides";
import { accountIdOf } from "../inlineFunction/trustPolicy";
import { administered, changedOnlyBy } from "./keyPolicy";
import { protectionOf } from "./protection";

/** Keys of a table: in its own Region, and in each Region of its replicas. A `TableKey` has them; existing keys are given likewise. */
export interface TableKeys {
  /** ARN of the key in this Region. */
  arn: pulumi.Input<string>;
  /** ARNs of the keys in the Regions of the replicas, by Region: DynamoDB requires one of the replica's Region. Default: none. */
  replicas?: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface TableKeyArgs {
  /** This stack's Region. */
  region: string;
  /** Regions of the tables' replicas; each gets a key. Default: none. */
  replicaRegions?: readonly string[];
  /** Role that alone may change the keys' policies, and grant their use beside AWS's services. Default: none; the account's administrators may. */
  breakGlassRoleArn?: string;
  /** Protects the keys from deletion, and keeps them when the stack is destroyed. Default: true. */
  protectData?: boolean;
  /** Overrides for the underlying resources. */
  transform?: { key?: Transform<aws.kms.KeyArgs> };
}

/**
 * Customer-managed key of tables with personal data. Who may read a table uses its key through DynamoDB, and in no other way: administrators
 * can disable the key, but not decrypt with it.
 *
 * Each Region has its own key, because DynamoDB needs no multi-Region key, and one that cannot be replicated cannot leave its Region.
 * Streams, indexes, backups and point-in-time recovery of a table use its key.
 *
 * A table without its key cannot be used: DynamoDB stops replication after 20 hours, for ever.
 *
 * Cost: 1 USD a month and Region, and with the yearly rotation up to 3; DynamoDB's calls of KMS are some cents.
 *
 * @example
 * const key = new TableKey("data", { region: "us-east-1", replicaRegions: ["us-west-2"] });
 * const auth = new AuthLayer("auth", {
 *   provider: { cognito: {} },
 *   tableKey: key,
 *   replicaRegions: ["us-west-2"],
 *   mail: { from: "orders@example.com" },
 * });
 */
export class TableKey extends pulumi.ComponentResource implements TableKeys {
  /** ARN of the key in this Region. */
  public readonly arn: pulumi.Output<string>;
  /** ARNs of the keys in the Regions of the replicas, by Region. */
  public readonly replicas: Readonly<Record<string, pulumi.Output<string>>>;

  private readonly keys: aws.kms.Key[];

  constructor(name: string, args: TableKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:TableKey", name, {}, opts);
    const accountId = accountIdOf(this);
    const own = this.createKey(name, args, args.region, accountId);
    const others = (args.replicaRegions ?? []).map(
      (region) => [region, this.createKey(`${name}-${region}`, args, region, accountId, region)] as const,
    );
    this.keys = [own, ...others.map(([, key]) => key)];
    this.arn = own.arn;
    this.replicas = Object.fromEntries(others.map(([region, key]) => [region, key.arn]));
    this.registerOutputs({ arn: this.arn, replicas: this.replicas });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { keys } = this;
    return { keys };
  }

  /** @param elsewhere Region of the key, if it is not this stack's. */
  private createKey(
    name: string,
    { breakGlassRoleArn, protectData: protect = true, transform }: TableKeyArgs,
    region: string,
    accountId: pulumi.Output<string>,
    elsewhere?: string,
  ): aws.kms.Key {
    return new aws.kms.Key(
      name,
      applyTransform<aws.kms.KeyArgs>(
        {
          ...(elsewhere && { region: elsewhere }),
          description: "Tables with orders and customers.",
          enableKeyRotation: true,
          deletionWindowInDays: protect ? 30 : 7,
          ...(breakGlassRoleArn && { bypassPolicyLockoutSafetyCheck: true }),
          policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
              administered(accountId),
              usedThroughDynamoDb(accountId, region),
              ...(breakGlassRoleArn ? changedOnlyBy(breakGlassRoleArn, "services") : []),
            ],
          }),
        },
        transform?.key,
      ),
      { parent: this, ...protectionOf(protect) },
    );
  }
}

/**
 * Lets every principal of the account that may use a table use its key through DynamoDB. It is the statement of AWS's own key
 * `aws/dynamodb`, so that a table needs no other permission than with that key
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html): functions, replication, backups.
 */
const usedThroughDynamoDb = (accountId: pulumi.Input<string>, region: string) => ({
  Sid: "UseThroughDynamoDb",
  Effect: "Allow",
  Principal: { AWS: "*" },
  Action: [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
  ],
  Resource: "*",
  Condition: {
    StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": `dynamodb.${region}.amazonaws.com` },
  },
});

/**
 * Checks that each replica has a key of its Region.
 *
 * @throws {pulumi.RunError} for the first Region without one.
 */
export function checkTableKey(
  checks: ArgumentChecks,
  tableKey: TableKeys | undefined,
  replicaRegions: readonly string[] = [],
): void {
  if (!tableKey) return;
  const missing = replicaRegions.find((region) => tableKey.replicas?.[region] === undefined);
  if (missing === undefined) return;
  const reason = "DynamoDB encrypts each replica with a key of its own Region";
  throw checks.violation(
    "tableKey.replicas",
    `has no key of ${missing}`,
    "have one for each of `replicaRegions`",
    reason,
  );
}

function checkArgs(name: string, { region, replicaRegions = [], breakGlassRoleArn }: TableKeyArgs): void {
  const checks = new ArgumentChecks("TableKey", name);
  checks.text({ breakGlassRoleArn }, ROLE_ARN);
  if (replicaRegions.includes(region)) {
    throw checks.violation("replicaRegions", `has this Region, ${region}`, "name other Regions only");
  }
}
