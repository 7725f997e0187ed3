import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";
import type { Callback } from "./callbacks";
import type { Grant } from "./grants";

/** Arguments of an `InlineFunction`. */
export interface InlineFunctionArgs<Event, Result> {
  /**
   * Makes the callback. Its body runs once per cold start: clients made here live as long as the container. What it
   * captures from files that load Pulumi is copied (plain data and functions only); what it imports is imported.
   */
  callbackFactory: () => Callback<Event, Result>;

  /** What the function is for, shown in the console. At most 256 characters. */
  description?: pulumi.Input<string>;

  /** Environment variables: what is only known at deployment, such as names of tables. Not for secrets: they would be readable in the console. */
  environment?: Record<string, pulumi.Input<string>>;

  /** What the function may do, besides writing its log and its traces. Default: nothing. */
  grants?: readonly Grant[];

  /** Longest run of one call, in seconds, 1 to 900. Default 10. */
  timeoutSeconds?: pulumi.Input<number>;

  /** Memory in MB, 128 to 10,240; processor time grows with it. Default 512. */
  memoryMb?: pulumi.Input<number>;

  /** Calls at the same time at most, taken from the account's pool; 0 switches the function off. Default: no limit of its own. */
  reservedConcurrency?: pulumi.Input<number>;

  /** Containers kept warm, for which AWS charges whether they are used or not. Publishes a version behind the alias `live`. Default: none. */
  provisionedConcurrency?: pulumi.Input<number>;

  /** Days that log entries are kept. Default 30. */
  logRetentionDays?: pulumi.Input<number>;

  /** Where events go that failed for good when the function was called asynchronously. The role may send to it. Default: nowhere. */
  deadLetterQueue?: aws.sqs.Queue | aws.sns.Topic;

  /**
   * Calls that nobody waits for, such as a schedule's or a topic's: how often a failed one is repeated, 0 to 2, and how
   * long one may be late, 60 to 21,600 s. Holds for what `arn` names, the alias included. Default: Lambda's, 2 and 21,600.
   */
  asynchronous?: { retries?: pulumi.Input<number>; maxAgeSeconds?: pulumi.Input<number> };

  /** Subnets and security groups to run in; the role may then make network interfaces. Default: outside any VPC. */
  vpc?: { subnetIds: pulumi.Input<pulumi.Input<string>[]>; securityGroupIds: pulumi.Input<pulumi.Input<string>[]> };

  /**
   * `beside`: stack traces name the bundle, and the `trace` command turns them into source positions.
   * `shipped`: the map of the project's own files goes along, and traces in the log name source positions, for a few ms more of each cold start.
   * Default `beside`.
   */
  sourceMap?: "beside" | "shipped";

  /** Last changes to the arguments of the resources inside: an object that is laid over them, or a function of them. */
  transform?: {
    function?: Transform<aws.lambda.FunctionArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
  };
}
