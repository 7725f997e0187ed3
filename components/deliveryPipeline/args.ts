import type * as pulumi from "@pulumi/pulumi";

/** Where the stacks' state and secrets are: both outlive either Region. */
export interface StateArgs {
  /** `s3://BUCKET?region=…` in a third Region, or an address of Pulumi Cloud. */
  backendUrl: pulumi.Input<string>;
  /** The bucket of an `s3://` backend. */
  bucketArn?: pulumi.Input<string>;
  /** Key that encrypts the stacks' secrets (`awskms://…`). */
  secretsKeyArn?: pulumi.Input<string>;
  /** Secrets Manager secret with `PULUMI_ACCESS_TOKEN` (Pulumi Cloud) or `PULUMI_CONFIG_PASSPHRASE`, as text. */
  token?: { variable: "PULUMI_ACCESS_TOKEN" | "PULUMI_CONFIG_PASSPHRASE"; secretArn: pulumi.Input<string> };
}

export interface DeliveryPipelineArgs {
  source: {
    /** A connection of CodeConnections that somebody has confirmed in the console. */
    connectionArn: pulumi.Input<string>;
    /** `owner/name`. */
    repository: pulumi.Input<string>;
    /** What is pushed there is released. Default: `main`. */
    branch?: string;
  };
  state: StateArgs;
  /** First letters of the names that the store's program gives to roles and buckets. Default: those of this repository's program. */
  prefixes?: string[];
  /** Topic that is told when a release waits for approval. Default: nobody is. */
  approvalTopicArn?: pulumi.Input<string>;
  /** Minutes that customers use a release in one Region before the other gets it, 1 to 240. Default: 30. */
  bakeMinutes?: number;
  /** Container that runs the scripts: Debian, for its Chromium. Default: Debian 12 with Node 24. */
  image?: string;
  /** Days that artifacts and logs are kept. Default: 90. */
  retentionDays?: number;
}
