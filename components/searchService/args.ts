import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Authorization } from "../infrastructure/httpApi";
import type { Transform } from "../inlineFunction";
import type { RegionStateTable } from "../regionalFailover/regionState";

/** An OpenSearch domain that the component makes. */
export interface SearchDomainArgs {
  /** Physical name: 3 to 28 lower-case letters, digits and hyphens. Default: `NAME-STACK`. */
  name?: string;
  /** Default: `t3.small.search`, which is for development and small shops. */
  instanceType?: pulumi.Input<string>;
  /** Data nodes: 1, an even number (two zones) or a multiple of 3 (three zones). With 1 an update interrupts searches. Default: 1. */
  instanceCount?: number;
  /** Volume of each node in GiB, gp3. 100,000 products take less than 1. Default: 10. */
  volumeGiB?: pulumi.Input<number>;
}

/** An OpenSearch domain (2.19 or later) that exists. Its access policy must let the functions' roles in. */
export interface ExistingDomain {
  /** Host name or `https://` URL. */
  endpoint: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  /** Copies of each shard besides the first: at most one less than the domain has data nodes. Default: 0. */
  replicas?: number;
}

/** A product table that exists already: the replica that another Region's stack has made here. */
export interface ExistingTable {
  name: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  streamArn: pulumi.Input<string>;
}

export interface SearchServiceArgs {
  /** Lets merchandisers in; an `AuthLayer` is one. */
  auth: Authorization;
  /** The domain to make. Default: a small one. Not together with `existingDomain`. */
  domain?: SearchDomainArgs;
  /** A domain to use instead of making one. */
  existingDomain?: ExistingDomain;
  /** Regions that the product table is replicated to. Default: none. Not together with `existingTable`. */
  replicaRegions?: string[];
  /** Works on this table instead of making one. Default: it is made. */
  existingTable?: ExistingTable;
  /**
   * A `RegionState`'s table, in which the address of a product's home Region is found: changes of its products are
   * forwarded there. Default: none; such changes are refused with 409.
   */
  regions?: RegionStateTable;
  /** Whether the table and the domain are protected from deletion. Default: true. */
  protectData?: boolean;
  /** How long a change is tried to be indexed while the domain does not answer, in hours, 1 to 24. After that only a rebuild brings it in. Default: 23. */
  indexingPatienceHours?: number;
  /** ARNs of SNS topics that hear of alarms. Default: none; the alarms exist anyway. */
  alarmTopics?: pulumi.Input<string>[];
  /** Requests a second and burst, for each route, above which callers get 429. Default: that of `HttpApi`. */
  throttle?: { requestsPerSecond: number; burst: number };
  /** Address in front of `docs/runbooks/NAME.md` in every alarm: where people read this repository. Default: the bare path. */
  runbooks?: string;
  /** CloudWatch namespace of the component's own metrics. Default: `metricsNamespace()`; the secondary of two Regions gives the primary's. */
  metricsNamespace?: string;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Last changes to the arguments of resources inside. */
  transform?: {
    table?: Transform<aws.dynamodb.TableArgs>;
    domain?: Transform<aws.opensearch.DomainArgs>;
    deadLetters?: Transform<aws.sqs.QueueArgs>;
  };
}
