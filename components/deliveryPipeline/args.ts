import type * as pulumi from "@pulumi/pulumi";

/** One environment as the pipeline knows it: its account, and where its stacks keep their state. */
export interface EnvironmentArgs {
  /** Number of its account, where {@link EnvironmentRoles} made the roles. */
  accountId: string;
  /** `s3://BUCKET?region=…` in a third Region, of this environment alone, or an address of Pulumi Cloud. */
  backendUrl: string;
  /** Secrets Manager secret with `PULUMI_ACCESS_TOKEN` (Pulumi Cloud) or `PULUMI_CONFIG_PASSPHRASE`, as text. */
  token?: { variable: "PULUMI_ACCESS_TOKEN" | "PULUMI_CONFIG_PASSPHRASE"; secretArn: pulumi.Input<string> };
}

export interface DeliveryPipelineArgs {
  source: {
    /** A connection of CodeConnections that a person has confirmed in the console. */
    connectionArn: pulumi.Input<string>;
    /** `owner/name`. */
    repository: pulumi.Input<string>;
    /** What is pushed there is released. Default: `main`. */
    branch?: string;
  };
  /** Production is in an account of its own, with a state backend of its own. */
  environments: { development: EnvironmentArgs; production: EnvironmentArgs };
  /** Topic that is notified when a release waits for approval. Default: none. */
  approvalTopicArn?: pulumi.Input<string>;
  /** Minutes that customers use a release in one Region before the other gets it, 1 to 240. Default: 30. */
  bakeMinutes?: number;
  /**
   * Container that runs the scripts, by digest: a tag can be moved to another image. Debian, for its Chromium, with Node 24:
   * `public.ecr.aws/docker/library/node:24-bookworm@sha256:…`.
   */
  image: string;
  /** Days that artifacts and logs are kept. Default: 90. */
  retentionDays?: number;
}
