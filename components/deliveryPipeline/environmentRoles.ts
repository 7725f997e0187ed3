import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform, type Transform } from "../arguments/overrides";
import { accountIdOf } from "../infrastructure/serviceRole";
import { boundaryStatements, type ProtectedResources } from "./boundary";
import { boundaryName, environmentRoleName, runnerRoleName, STORE_PREFIXES } from "./names";
import type { PolicyStatement } from "./policyStatement";
import { type DeployScope, deployPolicies, documentOf, VALIDATE_DEFINITION } from "./rights";
import type { Environment, Use } from "./stages";

export interface EnvironmentRolesArgs {
  /** Environment that the roles belong to. */
  environment: Environment;
  /** Name of the {@link DeliveryPipeline} that deploys here. Default: `release`. */
  pipeline?: string;
  /** ID of the pipeline's account. */
  pipelineAccountId: string;
  /** Pulumi project of the stacks. Default: `stayopen`. */
  project?: string;
  /** Names of this environment's stacks. */
  stacks: string[];
  /** Bucket of an `s3://` backend, used by this environment only. Default: none, as with Pulumi Cloud. */
  stateBucketArn?: string;
  /** Key that encrypts the secrets of this environment's stacks (`awskms://…`). Default: none. */
  secretsKeyArn?: string;
  /** Prefixes of the names of the store's resources. Default: those of this repository's program. */
  prefixes?: string[];
  /** Overrides for the underlying resources. */
  transform?: { role?: Transform<aws.iam.RoleArgs> };
}

/**
 * Roles for previews and for deployments in an environment's account, and the permissions boundary of all roles that a release creates.
 * Deployed by an administrator of that account, before the pipeline.
 *
 * The deploying role cannot exceed the boundary: it creates and changes only roles with the boundary, passes roles only to the services
 * that the store uses, and can change neither the boundary nor itself.
 *
 * Cost: none; AWS charges nothing for roles and policies.
 *
 * @example
 * new EnvironmentRoles("production", {
 *   environment: "production", pipelineAccountId: "111111111111", stacks: ["prod-east", "prod-west"],
 *   stateBucketArn: "arn:aws:s3:::store-state-production", secretsKeyArn,
 * });
 */
export class EnvironmentRoles extends pulumi.ComponentResource {
  /** The roles by use. */
  public readonly roles: Readonly<Record<Use, aws.iam.Role>>;
  /** Value of the setting `stayopen:permissionsBoundaryArn` of the environment's stacks. */
  public readonly boundaryArn: pulumi.Output<string>;

  private readonly boundary: aws.iam.Policy;

  constructor(name: string, args: EnvironmentRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:EnvironmentRoles", name, {}, opts);
    const { environment, pipeline = "release", prefixes = STORE_PREFIXES } = args;
    const kept: ProtectedResources = { bucketArn: args.stateBucketArn, secretsKeyArn: args.secretsKeyArn };
    const accountId = accountIdOf(this);

    const boundary = new aws.iam.Policy(
      `${name}-boundary`,
      {
        name: boundaryName(pipeline, environment),
        description: "Permissions boundary of the store's roles.",
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
    // The number of documents does not depend on the account's ID.
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
    this.boundary = boundary;
    this.registerOutputs({ boundaryArn: this.boundaryArn });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { roles, boundary } = this;
    return { roles, boundary };
  }

  /** Adds a role that one runner of the pipeline may assume. */
  private addRole(
    name: string,
    use: Use,
    { environment, pipeline = "release", pipelineAccountId, transform }: EnvironmentRolesArgs,
    statements: (account: string) => PolicyStatement[],
  ): aws.iam.Role {
    const role = new aws.iam.Role(
      `${name}-${use}`,
      applyTransform<aws.iam.RoleArgs>(
        {
          name: environmentRoleName(pipeline, environment, use),
          assumeRolePolicy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                // A condition, because a role named as principal must exist, and IAM drops it when the role is replaced.
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
        transform?.role,
      ),
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

function checkArgs(name: string, { environment, pipelineAccountId, stacks }: EnvironmentRolesArgs): void {
  const checks = new ArgumentChecks("EnvironmentRoles", name);
  checks.oneOf({ environment }, ["development", "production"]);
  checks.text({ pipelineAccountId }, { pattern: /^\d{12}$/, description: "the number of an account, 12 digits" });
  checks.notEmpty({ stacks }, "name a stack", "the role deploys nothing else");
}

const allow = (Action: string[], ...Resource: string[]): PolicyStatement => ({ Effect: "Allow", Action, Resource });

/**
 * Allows reading a stack. A preview needs the key, because the engine decrypts the secrets of configuration and state before the program
 * runs. Encrypting needs no permission: KMS decrypts the stack's data key, which then encrypts locally.
 */
function readState({ stateBucketArn, secretsKeyArn }: EnvironmentRolesArgs): PolicyStatement[] {
  return [
    ...(stateBucketArn
      ? [allow(["s3:ListBucket"], stateBucketArn), allow(["s3:GetObject"], `${stateBucketArn}/.pulumi/*`)]
      : []),
    ...(secretsKeyArn ? [allow(["kms:Decrypt"], secretsKeyArn)] : []),
  ];
}

/** Allows writing state, locks and history of this environment's stacks. */
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

/** Allows the calls of program and provider during a preview: descriptions, but no items and no parameters. */
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
    // With it the provider knows if a new engine version replaces the domain; without it, the provider assumes not.
    allow(["es:GetCompatibleVersions"], ...named("es", "domain/")),
  ];
}

/** Allows reading the alarms and writing the item that drains a Region. */
const bakeAndDrain = (accountId: string): PolicyStatement[] => [
  // With a narrower permission CloudWatch leaves composite alarms out of the response, and a bake would miss a red one.
  allow(["cloudwatch:DescribeAlarms"], "*"),
  allow(
    ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"],
    `arn:aws:dynamodb:*:${accountId}:table/regions-state-*`,
  ),
];
