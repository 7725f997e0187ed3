import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdOf } from "../infrastructure/serviceRole";
import { boundaryStatements, type Kept } from "./boundary";
import { boundaryName, environmentRoleName, runnerRoleName, STORE_PREFIXES } from "./names";
import type { PolicyStatement } from "./policyStatement";
import { type DeployScope, deployPolicies, documentOf, VALIDATE_DEFINITION } from "./rights";
import type { Environment, Use } from "./stages";

export interface EnvironmentRolesArgs {
  environment: Environment;
  /** Name of the {@link DeliveryPipeline} that deploys here. Default: `release`. */
  pipeline?: string;
  /** Number of the account that the pipeline is in. */
  pipelineAccountId: string;
  /** The Pulumi project whose stacks are deployed, and the names of this environment's stacks. */
  project?: string;
  stacks: string[];
  /** The bucket of an `s3://` backend, of this environment alone. */
  stateBucketArn?: string;
  /** Key that encrypts the secrets of this environment's stacks (`awskms://…`). */
  secretsKeyArn?: string;
  /** First letters of the names that the store's program gives. Default: those of this repository's program. */
  prefixes?: string[];
}

/**
 * What a pipeline needs in an environment's account: a role for previews, a role that deploys, and the permissions boundary of all
 * roles that a release makes. Deployed by an administrator of that account, before the pipeline.
 *
 * The deploying role can't exceed the boundary: it makes and changes no role without it, passes roles to the services that the
 * store uses alone, and can change neither the boundary nor itself.
 *
 * @example
 * new EnvironmentRoles("production", {
 *   environment: "production", pipelineAccountId: "111111111111", stacks: ["prod-east", "prod-west"],
 *   stateBucketArn: "arn:aws:s3:::store-state-production", secretsKeyArn,
 * });
 */
export class EnvironmentRoles extends pulumi.ComponentResource {
  public readonly roles: Readonly<Record<Use, aws.iam.Role>>;
  /** For the setting `stayopen:permissionsBoundaryArn` of the environment's stacks. */
  public readonly boundaryArn: pulumi.Output<string>;

  constructor(name: string, args: EnvironmentRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:EnvironmentRoles", name, {}, opts);
    const { environment, pipeline = "release", prefixes = STORE_PREFIXES } = args;
    const kept: Kept = { bucketArn: args.stateBucketArn, secretsKeyArn: args.secretsKeyArn };
    const accountId = accountIdOf(this);

    const boundary = new aws.iam.Policy(
      `${name}-boundary`,
      {
        name: boundaryName(pipeline, environment),
        description: "The most that a role of the store may do.",
        policy: accountId.apply((account) => documentOf(boundaryStatements(account, prefixes, kept))),
      },
      { parent: this },
    );
    this.boundaryArn = boundary.arn;
    this.roles = {
      preview: this.addRole(name, "preview", args, (account) => [
        ...readState(args),
        ...previewStatements(account, prefixes),
      ]),
      deploy: this.addRole(name, "deploy", args, (account) => [
        ...readState(args),
        ...writeState(args),
        ...bakeAndDrain(account),
      ]),
    };
    const scopeIn = (account: string): DeployScope => ({
      accountId: account,
      prefixes,
      boundaryArn: `arn:aws:iam::${account}:policy/${boundaryName(pipeline, environment)}`,
      kept,
      ownPrefix: `${pipeline}-${environment}-`,
    });
    // How many documents there are does not depend on the account's number.
    for (const index of deployPolicies(scopeIn("000000000000")).keys()) {
      const policy = new aws.iam.Policy(
        `${name}-deploy-${index + 1}`,
        { policy: accountId.apply((account) => documentOf(deployPolicies(scopeIn(account))[index]!)) },
        { parent: this },
      );
      new aws.iam.RolePolicyAttachment(
        `${name}-deploy-${index + 1}`,
        { role: this.roles.deploy.name, policyArn: policy.arn },
        { parent: this },
      );
    }
    this.registerOutputs({ boundaryArn: this.boundaryArn });
  }

  /** A role that one runner of the pipeline may assume. */
  private addRole(
    name: string,
    use: Use,
    { environment, pipeline = "release", pipelineAccountId }: EnvironmentRolesArgs,
    statements: (account: string) => PolicyStatement[],
  ): aws.iam.Role {
    const role = new aws.iam.Role(
      `${name}-${use}`,
      {
        name: environmentRoleName(pipeline, environment, use),
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              // By a condition: as a principal the runner's role would have to exist already, and would be lost when it is made again.
              Principal: { AWS: `arn:aws:iam::${pipelineAccountId}:root` },
              Action: "sts:AssumeRole",
              Condition: {
                ArnEquals: {
                  "aws:PrincipalArn": `arn:aws:iam::${pipelineAccountId}:role/${runnerRoleName(pipeline, `${environment}-${use}`)}`,
                },
              },
            },
          ],
        }),
      },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      `${name}-${use}`,
      { role: role.id, policy: accountIdOf(this).apply((account) => documentOf(statements(account))) },
      { parent: this },
    );
    return role;
  }
}

const allow = (Action: string[], ...Resource: string[]): PolicyStatement => ({ Effect: "Allow", Action, Resource });

/**
 * What reading a stack takes. A preview can't do without the key: the engine decrypts the secrets of configuration and state
 * before the program runs. Encrypting needs no right: KMS decrypts the stack's data key, which then encrypts here.
 */
function readState({ stateBucketArn, secretsKeyArn }: EnvironmentRolesArgs): PolicyStatement[] {
  return [
    ...(stateBucketArn
      ? [allow(["s3:ListBucket"], stateBucketArn), allow(["s3:GetObject"], `${stateBucketArn}/.pulumi/*`)]
      : []),
    ...(secretsKeyArn ? [allow(["kms:Decrypt"], secretsKeyArn)] : []),
  ];
}

/** Writes state, locks and history of this environment's stacks alone. */
function writeState({ stateBucketArn, stacks, project = "stayopen" }: EnvironmentRolesArgs): PolicyStatement[] {
  if (!stateBucketArn) return [];
  const places = stacks.flatMap((stack) => [
    `stacks/${project}/${stack}.*`,
    `locks/organization/${project}/${stack}/*`,
    `history/${project}/${stack}/*`,
    `backups/${project}/${stack}/*`,
  ]);
  return [allow(["s3:PutObject", "s3:DeleteObject"], ...places.map((place) => `${stateBucketArn}/.pulumi/${place}`))];
}

/** What program and provider ask AWS for while a preview is made: descriptions, no item, no parameter. */
function previewStatements(accountId: string, prefixes: readonly string[]): PolicyStatement[] {
  const named = (service: string, start: string) =>
    prefixes.map((prefix) => `arn:aws:${service}:*:${accountId}:${start}${prefix}*`);
  return [
    allow(
      [
        "dynamodb:DescribeTable",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
      ],
      ...named("dynamodb", "table/"),
    ),
    allow(["kms:GetPublicKey", "kms:DescribeKey"], `arn:aws:kms:*:${accountId}:key/*`),
    allow([VALIDATE_DEFINITION], "*"),
    // Whether a new version of the engine replaces the domain; unanswered, the provider takes it that none does.
    allow(["es:GetCompatibleVersions"], ...named("es", "domain/")),
  ];
}

/** Watching the alarms, and an item of the Regions' table that takes a Region out of traffic. */
const bakeAndDrain = (accountId: string): PolicyStatement[] => [
  // CloudWatch leaves composite alarms out of the answer for a narrower permission, and a bake would see none that is red.
  allow(["cloudwatch:DescribeAlarms"], "*"),
  allow(
    ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"],
    `arn:aws:dynamodb:*:${accountId}:table/regions-state-*`,
  ),
];
