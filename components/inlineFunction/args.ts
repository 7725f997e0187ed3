import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";
import type { FileLoader } from "./bundle/compile";
import type { Callback } from "./callbacks";
import type { Grant, ResourceByKind } from "./grants";

/** Arguments of an `InlineFunction`. */
export interface InlineFunctionArgs<Event, Result> {
  /**
   * Returns the callback. Its body runs once per cold start, so clients made in it are reused by later events. Plain data and functions
   * that it captures from files that load Pulumi are copied; modules that load no Pulumi are imported.
   */
  callbackFactory: () => Callback<Event, Result>;

  /** Purpose of the function, shown in the AWS console. At most 256 characters. Default: none. */
  description?: pulumi.Input<string>;

  /** Environment variables for values that are known at deployment only, such as table names; no secrets, because the AWS console shows them. Default: none. */
  environment?: Record<string, pulumi.Input<string>>;

  /** Permissions of the function besides writing its log and its traces. Default: none. */
  grants?: readonly Grant[];

  /** Longest time that one invocation may take, in seconds, 1 to 900. Default: 10. */
  timeoutSeconds?: pulumi.Input<number>;

  /** Memory in MB, 128 to 10,240. The share of a processor grows with it. Default: 512. */
  memoryMb?: pulumi.Input<number>;

  /** Processor of the function. Layers and native code must be built for it. Default: `arm64`. */
  architecture?: "arm64" | "x86_64";

  /** ARNs of at most five layers, each with its version. Node finds packages in a layer's folder `nodejs/node_modules`. Default: none. */
  layers?: pulumi.Input<pulumi.Input<string>[]>;

  /** Highest number of concurrent invocations, reserved from the account's pool; 0 disables the function. Default: the account's limit. */
  reservedConcurrency?: pulumi.Input<number>;

  /** Execution environments kept warm, which AWS charges for even when idle. Publishes a version behind the alias `live`. Default: none. */
  provisionedConcurrency?: pulumi.Input<number>;

  /** Days that log entries are kept. Default: 30. */
  logRetentionDays?: pulumi.Input<number>;

  /** Destination of asynchronous events that failed for good. The role may send to it. Default: none. */
  deadLetterQueue?: ResourceByKind["sqs:queue" | "sns:topic"];

  /**
   * Retries of a failed asynchronous invocation, such as a schedule's or a topic's (0 to 2), and the highest age of its event (60 to
   * 21,600 s). Applies to the target of `arn`, which may be the alias. Default: Lambda's, 2 and 21,600.
   */
  asynchronous?: { retries?: pulumi.Input<number>; maxAgeSeconds?: pulumi.Input<number> };

  /** Subnets and security groups to run in. The role may then create network interfaces. Default: no VPC. */
  vpc?: { subnetIds: pulumi.Input<pulumi.Input<string>[]>; securityGroupIds: pulumi.Input<pulumi.Input<string>[]> };

  /**
   * `beside`: stack traces name the bundle, and the `trace` command translates them to source positions.
   * `shipped`: the map of the project's files is deployed too, so that traces in the log name source positions. A cold start takes a
   * few ms longer. Default: `beside`.
   */
  sourceMap?: "beside" | "shipped";

  /**
   * Packages that are not bundled, such as one with a native addon: `["sharp"]`. A layer must have them, or Node, in `nodejs/node_modules`.
   * Default: none.
   */
  external?: readonly string[];

  /**
   * Loaders of files that the callback imports, by the end of their names: `{ ".wasm": "binary", ".sql": "text" }`. Import such a file
   * inside the callback, `await import("./rules.sql")`, because Node loads the program's own imports. Default: JavaScript, TypeScript and
   * JSON, as esbuild knows them.
   */
  loader?: Readonly<Record<string, FileLoader>>;

  /** Overrides for the arguments of the underlying resources: an object that is merged over them, or a function of them. */
  transform?: {
    function?: Transform<aws.lambda.FunctionArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
  };
}
