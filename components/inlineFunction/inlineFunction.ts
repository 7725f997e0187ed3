import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../arguments/overrides";
import type { InlineFunctionArgs } from "./args";
import { type Bundle, bundle } from "./bundle/bundle";
import type { Callback } from "./callbacks";
import { allow, type Grant } from "./grants";
import { physicalName } from "./physicalName";
import { baseGrants, policyOf } from "./role";
import { accountIdOf, trustPolicy } from "./trustPolicy";

/**
 * A Lambda function written where it is used: the callback becomes one small file with what it imports, with its own log
 * group, tracing, and a role that holds the given grants and nothing else.
 *
 * @example
 * const submit = new InlineFunction("submit", {
 *   environment: { ORDERS_TABLE: orders.name },
 *   grants: [allow(orders, "dynamodb:PutItem")],
 *   callbackFactory: () => {
 *     const store = DynamoDBDocumentClient.from(new DynamoDBClient({}));
 *     return async (event: APIGatewayProxyEventV2) => { … };
 *   },
 * });
 */
export class InlineFunction<Event = never, Result = unknown> extends pulumi.ComponentResource {
  /** The Lambda function. */
  public readonly function: aws.lambda.Function;
  /** The role it runs under. */
  public readonly role: aws.iam.Role;
  /** Its log group, `/aws/lambda/NAME`. */
  public readonly logGroup: aws.cloudwatch.LogGroup;
  /** Physical name of the function. */
  public readonly name: pulumi.Output<string>;
  /** ARN to call it by: the alias's where containers are kept warm, else the function's. */
  public readonly arn: pulumi.Output<string>;
  /** ARN that API Gateway calls it by. */
  public readonly invokeArn: pulumi.Output<string>;
  /** The alias that `arn` and `invokeArn` name, where containers are kept warm: permissions and settings have to name it as well. */
  public readonly qualifier?: pulumi.Output<string>;
  /** The callback as one file. */
  public readonly bundle: pulumi.Output<Bundle>;
  /** Makes the callback; a test can call it without AWS. */
  public readonly callbackFactory: () => Callback<Event, Result>;

  private readonly rolePolicy: aws.iam.RolePolicy;
  private readonly alias?: aws.lambda.Alias;
  private readonly warm?: aws.lambda.ProvisionedConcurrencyConfig;
  private readonly calls?: aws.lambda.FunctionEventInvokeConfig;

  public constructor(name: string, args: InlineFunctionArgs<Event, Result>, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:InlineFunction", name, {}, opts);
    check(name, args);
    const physical = physicalName(pulumi.getProject(), pulumi.getStack(), name);
    this.callbackFactory = args.callbackFactory;
    this.bundle = bundle(args.callbackFactory, { name, sourceMap: args.sourceMap });

    this.logGroup = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      applyTransform(
        { name: `/aws/lambda/${physical}`, retentionInDays: args.logRetentionDays ?? 30 },
        args.transform?.logGroup,
      ),
      { parent: this },
    );
    this.role = new aws.iam.Role(
      `${name}-role`,
      applyTransform(
        { name: physical, assumeRolePolicy: trustPolicy("lambda.amazonaws.com", accountIdOf(this)) },
        args.transform?.role,
      ),
      { parent: this },
    );
    this.rolePolicy = new aws.iam.RolePolicy(
      `${name}-grants`,
      {
        role: this.role.id,
        policy: policyOf([
          ...baseGrants(this.logGroup, args.vpc !== undefined),
          ...deadLetterGrants(args),
          ...(args.grants ?? []),
        ]),
      },
      { parent: this },
    );
    this.function = new aws.lambda.Function(
      `${name}-function`,
      applyTransform(functionArgs(physical, args, this.bundle, this.role, this.logGroup), args.transform?.function),
      // Without its policy the first call could not write its log; without its log group Lambda would make one that never expires.
      { parent: this, dependsOn: [this.rolePolicy, this.logGroup] },
    );
    if (args.provisionedConcurrency !== undefined) {
      this.alias = new aws.lambda.Alias(
        `${name}-live`,
        { name: "live", functionName: this.function.name, functionVersion: this.function.version },
        { parent: this },
      );
      this.warm = new aws.lambda.ProvisionedConcurrencyConfig(
        `${name}-warm`,
        {
          functionName: this.function.name,
          qualifier: this.alias.name,
          provisionedConcurrentExecutions: args.provisionedConcurrency,
        },
        { parent: this },
      );
    }
    if (args.asynchronous) {
      this.calls = new aws.lambda.FunctionEventInvokeConfig(
        `${name}-calls`,
        {
          functionName: this.function.name,
          // Lambda keeps this for each alias by itself: what is set of the function does not hold for a call of the alias.
          qualifier: this.alias?.name,
          maximumRetryAttempts: args.asynchronous.retries,
          maximumEventAgeInSeconds: args.asynchronous.maxAgeSeconds,
        },
        { parent: this },
      );
    }
    this.name = this.function.name;
    this.qualifier = this.alias?.name;
    this.arn = this.alias?.arn ?? this.function.arn;
    this.invokeArn = this.alias?.invokeArn ?? this.function.invokeArn;
    this.registerOutputs({ name: this.name, arn: this.arn, invokeArn: this.invokeArn });
  }

  /** The raw resources inside, for what the arguments do not cover. */
  public get nodes() {
    const { function: fn, role, rolePolicy, logGroup, alias, warm, calls } = this;
    return { function: fn, role, rolePolicy, logGroup, alias, provisionedConcurrency: warm, asynchronous: calls };
  }
}

function functionArgs(
  name: string,
  args: InlineFunctionArgs<never, unknown>,
  code: pulumi.Output<Bundle>,
  role: aws.iam.Role,
  logGroup: aws.cloudwatch.LogGroup,
): aws.lambda.FunctionArgs {
  return {
    name,
    description: args.description,
    code: code.apply((bundled) => archiveOf(bundled, args.sourceMap)),
    handler: "index.handler",
    runtime: aws.lambda.Runtime.NodeJS24dX,
    architectures: ["arm64"],
    role: role.arn,
    timeout: args.timeoutSeconds ?? 10,
    memorySize: args.memoryMb ?? 512,
    reservedConcurrentExecutions: args.reservedConcurrency,
    publish: args.provisionedConcurrency !== undefined,
    environment: environmentOf(args),
    deadLetterConfig: args.deadLetterQueue && { targetArn: args.deadLetterQueue.arn },
    vpcConfig: args.vpc,
    tracingConfig: { mode: "Active" },
    loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
  };
}

/** File assets: the text of string assets would be stored in every checkpoint of the state. */
function archiveOf({ file, map }: Bundle, sourceMap: "beside" | "shipped" = "beside"): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.FileAsset(file),
    ...(sourceMap === "shipped" && { "index.js.map": new pulumi.asset.FileAsset(map) }),
  });
}

function environmentOf({ environment, sourceMap }: InlineFunctionArgs<never, unknown>) {
  const variables = { ...(sourceMap === "shipped" && { NODE_OPTIONS: "--enable-source-maps" }), ...environment };
  return Object.keys(variables).length > 0 ? { variables } : undefined;
}

function deadLetterGrants({ deadLetterQueue: target }: InlineFunctionArgs<never, unknown>): Grant[] {
  if (target === undefined) return [];
  return [aws.sqs.Queue.isInstance(target) ? allow(target, "sqs:SendMessage") : allow(target, "sns:Publish")];
}

function check(name: string, args: InlineFunctionArgs<never, unknown>): void {
  const reject = (why: string): never => {
    throw new pulumi.RunError(`InlineFunction "${name}": ${why}`);
  };
  if (typeof args.callbackFactory !== "function")
    reject("`callbackFactory` must be a function that returns the callback, such as `() => async (event) => { … }`.");
  const { timeoutSeconds, memoryMb } = args;
  if (typeof timeoutSeconds === "number" && !(timeoutSeconds >= 1 && timeoutSeconds <= 900))
    reject(`\`timeoutSeconds\` is ${timeoutSeconds}; Lambda allows 1 to 900.`);
  if (typeof memoryMb === "number" && !(memoryMb >= 128 && memoryMb <= 10_240))
    reject(`\`memoryMb\` is ${memoryMb}; Lambda allows 128 to 10240.`);
  const { retries, maxAgeSeconds } = args.asynchronous ?? {};
  if (typeof retries === "number" && !(Number.isInteger(retries) && retries >= 0 && retries <= 2))
    reject(`\`asynchronous.retries\` is ${retries}; Lambda allows 0, 1 and 2.`);
  if (typeof maxAgeSeconds === "number" && !(maxAgeSeconds >= 60 && maxAgeSeconds <= 21_600))
    reject(`\`asynchronous.maxAgeSeconds\` is ${maxAgeSeconds}; Lambda allows 60 to 21600.`);
  if (typeof args.description === "string" && args.description.length > 256)
    reject("`description` is longer than the 256 characters that Lambda allows.");
  for (const key of Object.keys(args.environment ?? {}))
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(key) || key.startsWith("AWS_") || key.startsWith("LAMBDA_"))
      reject(
        `the environment variable \`${key}\` is not one that Lambda lets a function set; use letters, digits and underscores, and no AWS_ or LAMBDA_ in front.`,
      );
}
