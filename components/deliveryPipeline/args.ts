import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";

/** Account of an environment and state backend of its stacks. */
export interface EnvironmentArgs {
  /** ID of the account in which {@link EnvironmentRoles} created the roles. */
  accountId: string;
  /** `s3://BUCKET?region=…`, a bucket of this environment only in a third Region, or a URL of Pulumi Cloud. */
  backendUrl: string;
  /** Secrets Manager secret whose text is `PULUMI_ACCESS_TOKEN` (Pulumi Cloud) or `PULUMI_CONFIG_PASSPHRASE`. Default: none. */
  token?: { variable: "PULUMI_ACCESS_TOKEN" | "PULUMI_CONFIG_PASSPHRASE"; secretArn: pulumi.Input<string> };
}

export interface DeliveryPipelineArgs {
  /** Repository that is released. */
  source: {
    /** CodeConnections connection that has been confirmed in the console. */
    connectionArn: pulumi.Input<string>;
    /** `owner/name`. */
    repository: pulumi.Input<string>;
    /** Branch whose pushes are released. Default: `main`. */
    branch?: string;
  };
  /** Production must have its own account and its own state backend. */
  environments: { development: EnvironmentArgs; production: EnvironmentArgs };
  /** Topic for notifications that a release waits for approval. Default: none. */
  approvalTopicArn?: pulumi.Input<string>;
  /** Minutes that a release runs in the first Region before the second is updated, 1 to 240. Default: 30. */
  bakeMinutes?: number;
  /**
   * Container image of the scripts, by digest, because a tag can move to another image. Debian, for its Chromium, with Node 24:
   * `public.ecr.aws/docker/library/node:24-bookworm@sha256:…`.
   */
  image: string;
  /** Days that logs and artifacts are kept. Default: 90. */
  logRetentionDays?: number;
  /** Overrides for the underlying resources. */
  transform?: {
    pipeline?: Transform<aws.codepipeline.PipelineArgs>;
    project?: Transform<aws.codebuild.ProjectArgs>;
  };
}
