import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform } from "../arguments/overrides";
import type { InlineFunctionArgs } from "./args";
import { type Bundle, bundle } from "./bundle/bundle";
import { FILE_LOADERS } from "./bundle/compile";
import type { Callback } from "./callbacks";
import { allow, type Grant } from "./grants";
import { physicalName } from "./physicalName";
import { baseGrants, policyOf } from "./role";
import { accountIdOf, trustPolicy } from "./trustPolicy";

/**
 * A Lambda function written where it is used. The callback and its imports become one small file; the function has its own log group,
 * tracing, and a role with the given grants only.
 *
 * Cost: Lambda's price of a request and of its time, and CloudWatch's of its log. Nothing while idle, except with `provisionedConcurrency`.
 *
 * @example
 * const submit = new InlineFunction("submit", {
 *   environment: { ORDERS_TABLE: table.name },
 *   grants: [allow(table, "dynamodb:PutItem")],
 *   callbackFactory: () => {
 *     const store = DynamoDBDocumentClient.from(new DynamoDBClient({}));
 *     return async (event: APIGatewayProxyEventV2) => {
 *       await store.send(new PutCommand({ TableName: process.env.ORDERS_TABLE, Item: JSON.parse(event.body ?? "{}") }));
 *       return { statusCode: 202 };
 *     };
 *   },
 * });
 */
export class InlineFunction<Event = never, Result = unknown> extends pulumi.ComponentResource {
  /** The Lambda function. */
  public readonly function: aws.lambda.Function;
  /** Its execution role. */
  public readonly role: aws.iam.Role;
  /** Its log group, `/aws/lambda/NAME`. */
  public readonly logGroup: aws.cloudwatch.LogGroup;
  /** Physical name of the function. */
  public readonly name: pulumi.Output<string>;
  /** ARN to invoke: the alias's with `provisionedConcurrency`, else the function's. */
  public readonly arn: pulumi.Output<string>;
  /** ARN for API Gateway integrations. */
  public readonly invokeArn: pulumi.Output<string>;
  /** Alias that `arn` and `invokeArn` name, with `provisionedConcurrency`. Permissions and settings have to name it too. */
  public readonly qualifier?: pulumi.Output<string>;
  /** The bundled callback. */
  public readonly bundle: pulumi.Output<Bundle>;
  /** Returns the callback. A test can call it without AWS. */
  public readonly callbackFactory: () => Callback<Event, Result>;

  private readonly rolePolicy: aws.iam.RolePolicy;
  private readonly alias?: aws.lambda.Alias;
  private readonly warm?: aws.lambda.ProvisionedConcurrencyConfig;
  private readonly calls?: aws.lambda.FunctionEventInvokeConfig;

  public constructor(name: string, args: InlineFunctionArgs<Event, Result>, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:InlineFunction", name, {}, opts);
    const physical = physicalName(pulumi.getProject(), pulumi.getStack(), name);
    this.callbackFactory = args.callbackFactory;
    this.bundle = bundle(args.callbackFactory, {
      name,
      sourceMap: args.sourceMap,
      external: args.external,
      loader: args.loader,
    });

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
      // Without its policy the first call could not write its log; without its log group Lambda would create one that never expires.
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
          // Lambda has this setting per alias: that of the function does not apply to calls of the alias.
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

  /** The underlying resources, for settings that the arguments do not cover. */
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
    architectures: [args.architecture ?? "arm64"],
    layers: args.layers,
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

/** File assets, because each checkpoint of the state would store the text of string assets; relative, so that a state names no machine. */
function archiveOf({ file, map }: Bundle, sourceMap: "beside" | "shipped" = "beside"): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive({
    "index.js": assetOf(file),
    ...(sourceMap === "shipped" && { "index.js.map": assetOf(map) }),
  });
}

const assetOf = (file: string) => new pulumi.asset.FileAsset(path.relative(process.cwd(), file));

function environmentOf({ environment, sourceMap }: InlineFunctionArgs<never, unknown>) {
  const variables = { ...(sourceMap === "shipped" && { NODE_OPTIONS: "--enable-source-maps" }), ...environment };
  return Object.keys(variables).length > 0 ? { variables } : undefined;
}

function deadLetterGrants({ deadLetterQueue: target }: InlineFunctionArgs<never, unknown>): Grant[] {
  if (target === undefined) return [];
  return [aws.sqs.Queue.isInstance(target) ? allow(target, "sqs:SendMessage") : allow(target, "sns:Publish")];
}

function checkArgs(name: string, args: InlineFunctionArgs<never, unknown>): void {
  const checks = new ArgumentChecks("InlineFunction", name);
  const { architecture, layers, external = [], loader = {} } = args;
  for (const [index, name] of external.entries()) {
    checks.text(
      { [`external[${index}]`]: name },
      { pattern: /^(@[\w.-]+\/)?[\w.-]+$/, description: "a package's name" },
    );
  }
  for (const [ending, kind] of Object.entries(loader)) {
    if (!/^\.\w+$/.test(ending)) throw checks.violation("loader", `has "${ending}"`, 'have endings such as ".wasm"');
    checks.oneOf({ [`loader["${ending}"]`]: kind }, FILE_LOADERS, "a function's code is one file");
  }
  const { callbackFactory, description, timeoutSeconds, memoryMb, asynchronous = {}, environment = {} } = args;
  if (typeof callbackFactory !== "function")
    throw checks.violation(
      "callbackFactory",
      `is ${callbackFactory === null ? "null" : typeof callbackFactory}`,
      "be a function that returns the callback, such as `() => async (event) => { … }`",
    );
  if (Object.prototype.toString.call(callbackFactory) === "[object AsyncFunction]") {
    const reason = "Lambda would wait for a promise in place of the callback";
    throw checks.violation("callbackFactory", "is async", "return the callback, which may be async", reason);
  }
  checks.oneOf({ architecture }, ["arm64", "x86_64"]);
  if (Array.isArray(layers) && layers.length > 5)
    throw checks.violation("layers", `has ${layers.length} layers`, "have at most 5");
  checks.wholeNumber({ timeoutSeconds }, [1, 900]);
  checks.wholeNumber({ memoryMb }, [128, 10_240]);
  checks.wholeNumber({ "asynchronous.retries": asynchronous.retries }, [0, 2]);
  checks.wholeNumber({ "asynchronous.maxAgeSeconds": asynchronous.maxAgeSeconds }, [60, 21_600]);
  if (typeof description === "string" && description.length > 256)
    throw checks.violation("description", `has ${description.length} characters`, "have at most 256");
  for (const key of Object.keys(environment)) {
    const variable = `environment.${key}`;
    if (RESERVED_VARIABLES.has(key))
      throw checks.violation(variable, "is reserved", "have another name", "Lambda sets it");
    if (key.length < 2) throw checks.violation(variable, "has a name of one character", "have at least two");
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(key))
      throw checks.violation(
        variable,
        "has a name that Lambda refuses",
        "start with a letter and have only letters, digits and underscores",
      );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED_VARIABLES = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);
