import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks, type TextFormat } from "../arguments/checks";
import { applyTransform } from "../arguments/overrides";
import { createPrivateBucket, tlsOnly } from "../infrastructure/privateBucket";
import { createServiceRole } from "../infrastructure/serviceRole";
import type { DeliveryPipelineArgs } from "./args";
import { environmentRoleArn } from "./names";
import { artifactStatements, createRunnerRoles, OUTPUT_ARTIFACT, type RoleContext } from "./roles";
import { ENVIRONMENTS, type Environment, RELEASE_STAGES, type ReleaseStage, type Runner, type Use } from "./stages";

const RUNNERS: readonly Runner[] = [
  "build",
  ...ENVIRONMENTS.flatMap((environment) => [`${environment}-preview`, `${environment}-deploy`] as const),
];
const SOURCE = "source";

/**
 * Pipeline that deploys a push to both Regions: build and tests, development, preview of production under the policy pack, approval, the
 * first production Region with a smoke test and a bake under its alarms, then the second. Each stage assumes a role of its environment
 * ({@link EnvironmentRoles}) in another account: development cannot reach production, and nothing writes to production before the
 * approval.
 *
 * The stages run scripts of the repository (`pipeline/*.sh`), which also run locally. The changes of a release decide which Region is
 * first (`pipeline/plan.ts`). A red alarm stops the release and drains its Region. The pipeline has its own stack (`pipeline/index.ts`),
 * so that a release cannot break it.
 *
 * Cost: about 1 USD a month for the pipeline and its key, plus CodeBuild by the minute (about 0.50 USD per release).
 *
 * @example
 * new DeliveryPipeline("release", {
 *   source: { connectionArn, repository: "owner/store" },
 *   environments: {
 *     development: { accountId: "111111111111", backendUrl: "s3://store-state-development?region=eu-central-1" },
 *     production: { accountId: "222222222222", backendUrl: "s3://store-state-production?region=eu-central-1" },
 *   },
 *   image: `public.ecr.aws/docker/library/node:24-bookworm@sha256:${digest}`,
 * });
 */
export class DeliveryPipeline extends pulumi.ComponentResource {
  /** The pipeline. */
  public readonly pipeline: aws.codepipeline.Pipeline;
  /** Artifacts that stages pass on, encrypted by their own key. */
  public readonly artifacts: aws.s3.Bucket;
  /** Role of each runner. */
  public readonly roles: Readonly<Record<Runner, aws.iam.Role>>;

  constructor(name: string, args: DeliveryPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:DeliveryPipeline", name, {}, opts);
    const { logRetentionDays = 90 } = args;
    const accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;

    const key = new aws.kms.Key(
      `${name}-artifacts`,
      { description: "Artifacts of releases.", enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this },
    );
    this.artifacts = this.addArtifacts(name, logRetentionDays);
    const logGroups = Object.fromEntries(
      RUNNERS.map((runner) => [
        runner,
        new aws.cloudwatch.LogGroup(`${name}-${runner}`, { retentionInDays: logRetentionDays }, { parent: this }),
      ]),
    ) as Record<Runner, aws.cloudwatch.LogGroup>;
    const around: RoleContext = { artifacts: this.artifacts, key, logGroups, accountId };
    this.roles = createRunnerRoles(name, args, around, this);
    const projects = this.addProjects(name, args, around);
    this.pipeline = this.addPipeline(name, args, around, projects);
    this.registerOutputs({ pipeline: this.pipeline.name });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { pipeline, artifacts, roles } = this;
    return { pipeline, artifacts, roles };
  }

  private addArtifacts(name: string, objectsDays: number): aws.s3.Bucket {
    const { bucket, ready } = createPrivateBucket(
      `${name}-artifacts`,
      { bucket: { forceDestroy: true }, objectsDays, oldVersionsDays: 1 },
      { parent: this },
    );
    new aws.s3.BucketPolicy(
      `${name}-artifacts`,
      { bucket: bucket.bucket, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [tlsOnly(bucket)] }) },
      { parent: this, dependsOn: ready },
    );
    return bucket;
  }

  /** Adds one project per role. The action names the script. */
  private addProjects(name: string, args: DeliveryPipelineArgs, { key, logGroups }: RoleContext) {
    return Object.fromEntries(
      RUNNERS.map((runner) => {
        const project = new aws.codebuild.Project(
          `${name}-${runner}`,
          applyTransform<aws.codebuild.ProjectArgs>(
            {
              description: `Runs the ${runner} scripts of a release.`,
              serviceRole: this.roles[runner].arn,
              encryptionKey: key.arn,
              // A bake waits up to four hours.
              buildTimeout: runner === "production-deploy" ? 300 : 60,
              queuedTimeout: 60,
              artifacts: { type: "CODEPIPELINE" },
              source: { type: "CODEPIPELINE", buildspec: buildspecOf(runner) },
              environment: {
                type: "LINUX_CONTAINER",
                computeType: runner === "build" ? "BUILD_GENERAL1_LARGE" : "BUILD_GENERAL1_MEDIUM",
                image: args.image,
                imagePullCredentialsType: "SERVICE_ROLE",
                environmentVariables: runner === "build" ? [] : variablesOf(name, runner, args),
              },
              logsConfig: { cloudwatchLogs: { groupName: logGroups[runner].name } },
            },
            args.transform?.project,
          ),
          { parent: this },
        );
        return [runner, project];
      }),
    ) as Record<Runner, aws.codebuild.Project>;
  }

  private addPipeline(
    name: string,
    args: DeliveryPipelineArgs,
    { key, accountId }: RoleContext,
    projects: Record<Runner, aws.codebuild.Project>,
  ): aws.codepipeline.Pipeline {
    const { source } = args;
    const { role, policy } = createServiceRole(
      `${name}-pipeline`,
      "codepipeline.amazonaws.com",
      accountId,
      [
        ...artifactStatements({ artifacts: this.artifacts, key }, "*"),
        // Older connections have the service's former name in their ARN.
        {
          Effect: "Allow",
          Action: ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
          Resource: source.connectionArn,
        },
        {
          Effect: "Allow",
          Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
          Resource: Object.values(projects).map(({ arn }) => arn),
        },
        ...(args.approvalTopicArn ? [{ Effect: "Allow", Action: "sns:Publish", Resource: args.approvalTopicArn }] : []),
      ],
      this,
    );
    return new aws.codepipeline.Pipeline(
      name,
      applyTransform<aws.codepipeline.PipelineArgs>(
        {
          pipelineType: "V2",
          // Two releases at once would update the same stack.
          executionMode: "QUEUED",
          roleArn: role.arn,
          artifactStores: [
            { type: "S3", location: this.artifacts.bucket, encryptionKey: { id: key.arn, type: "KMS" } },
          ],
          triggers: [
            {
              providerType: "CodeStarSourceConnection",
              gitConfiguration: {
                sourceActionName: "Source",
                pushes: [{ branches: { includes: [source.branch ?? "main"] } }],
              },
            },
          ],
          stages: [sourceStage(source), ...RELEASE_STAGES.map((stage) => releaseStage(stage, projects, args))],
        },
        args.transform?.pipeline,
      ),
      // CodePipeline runs a new pipeline at once.
      { parent: this, dependsOn: [policy] },
    );
  }
}

type Stage = aws.types.input.codepipeline.PipelineStage;

const sourceStage = ({ connectionArn, repository, branch = "main" }: DeliveryPipelineArgs["source"]): Stage => ({
  name: "Source",
  actions: [
    {
      name: "Source",
      category: "Source",
      owner: "AWS",
      provider: "CodeStarSourceConnection",
      version: "1",
      outputArtifacts: [SOURCE],
      configuration: {
        ConnectionArn: connectionArn,
        FullRepositoryId: repository,
        BranchName: branch,
        OutputArtifactFormat: "CODE_ZIP",
        // The trigger starts the pipeline.
        DetectChanges: "false",
      },
    },
  ],
});

function releaseStage(
  { name, actions }: ReleaseStage,
  projects: Record<Runner, aws.codebuild.Project>,
  { approvalTopicArn }: DeliveryPipelineArgs,
): Stage {
  if (actions.length === 0) {
    return {
      name,
      actions: [
        {
          name: "Approve",
          category: "Approval",
          owner: "AWS",
          provider: "Manual",
          version: "1",
          configuration: {
            CustomData:
              "Development runs the release. The log of the stage Preview lists the changes of production and the order of the Regions.",
            ...(approvalTopicArn && { NotificationArn: approvalTopicArn }),
          },
        },
      ],
    };
  }
  return {
    name,
    actions: actions.map(({ name: action, script, runner }, index) => ({
      name: action,
      category: "Build",
      owner: "AWS",
      provider: "CodeBuild",
      version: "1",
      runOrder: index + 1,
      inputArtifacts: [inputArtifactOf(runner)],
      outputArtifacts: OUTPUT_ARTIFACT[runner] === undefined ? undefined : [OUTPUT_ARTIFACT[runner]],
      configuration: {
        ProjectName: projects[runner].name,
        EnvironmentVariables: JSON.stringify([{ name: "RELEASE_SCRIPT", value: script, type: "PLAINTEXT" }]),
      },
    })),
  };
}

/** Input artifact of a runner. Production deploys the artifact that was previewed and approved. */
function inputArtifactOf(runner: Runner): string {
  if (runner === "build") return SOURCE;
  return OUTPUT_ARTIFACT[runner === "production-deploy" ? "production-preview" : "build"]!;
}

/** Environment variables of a project: the state backend, and the role that the scripts assume. */
function variablesOf(
  name: string,
  runner: Exclude<Runner, "build">,
  { environments, bakeMinutes = 30 }: DeliveryPipelineArgs,
): aws.types.input.codebuild.ProjectEnvironmentEnvironmentVariable[] {
  const [environment, use] = runner.split("-") as [Environment, Use];
  const { accountId, backendUrl, token } = environments[environment];
  return [
    { name: "STAGE_ROLE_ARN", value: environmentRoleArn(accountId, name, environment, use) },
    { name: "PULUMI_BACKEND_URL", value: backendUrl },
    { name: "PULUMI_NODEJS_TRANSPILE_ONLY", value: "true" },
    { name: "BAKE_MINUTES", value: String(bakeMinutes) },
    ...(token ? [{ name: token.variable, value: token.secretArn as string, type: "SECRETS_MANAGER" }] : []),
  ];
}

/** Build specification: prepares the machine and runs the action's script. */
function buildspecOf(runner: Runner): string {
  // Through bash, because files from an artifact's archive are not executable.
  const install = `bash pipeline/machine.sh ${runner === "build" ? "test" : "deploy"}`;
  return JSON.stringify({
    version: 0.2,
    env: { shell: "bash" },
    phases: {
      install: { commands: runner === "build" ? [install] : [install, "bash pipeline/prepare.sh"] },
      build: { commands: ["bash $RELEASE_SCRIPT"] },
    },
    // Each stage installs packages from the lock file, which is faster than passing them on.
    ...(OUTPUT_ARTIFACT[runner] && {
      artifacts: { files: ["**/*"], "exclude-paths": ["node_modules/**/*", ".stayopen/**/*", "dist/**/*"] },
    }),
  });
}

function checkArgs(name: string, { bakeMinutes, source, environments, image }: DeliveryPipelineArgs): void {
  const checks = new ArgumentChecks("DeliveryPipeline", name);
  checks.wholeNumber({ bakeMinutes }, [1, 240]);
  checks.text({ image }, IMAGE_BY_DIGEST, "a tag can move to another image");
  checks.text({ "source.repository": source.repository }, REPOSITORY);
  const { development, production } = environments;
  if (production.accountId === development.accountId)
    throw checks.violation(
      "environments.production.accountId",
      `is development's, ${production.accountId}`,
      "be another account",
      "in the same account a release of development could change production's resources",
    );
  if (production.backendUrl === development.backendUrl && !/^https:/.test(production.backendUrl))
    throw checks.violation(
      "environments.production.backendUrl",
      `is development's, ${production.backendUrl}`,
      "be another bucket",
      "each environment's role may read its bucket",
    );
}

const IMAGE_BY_DIGEST: TextFormat = {
  pattern: /@sha256:[0-9a-f]{64}$/,
  description: "an image by digest (`docker buildx imagetools inspect IMAGE` prints it)",
};
const REPOSITORY: TextFormat = { pattern: /^[^/\s]+(\/[^/\s]+)+$/, description: "a repository as owner/name" };
