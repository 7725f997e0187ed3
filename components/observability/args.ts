import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";
import type { Objectives } from "./objectives";

/** An HTTP API; an `HttpApi` is one. */
export interface ObservedApi {
  api: { id: pulumi.Input<string> };
  accessLog: { name: pulumi.Input<string> };
}

/** A function; an `InlineFunction` is one. */
export interface ObservedFunction {
  name: pulumi.Input<string>;
  logGroup: { name: pulumi.Input<string> };
}

/** Observed resources of a service. `StreamReader`: name of the function that reads its table's stream. */
export interface ObservedService<StreamReader extends string = string> {
  api: ObservedApi;
  /** Functions by purpose: `{ submit, read, … }`. */
  functions: Readonly<Record<string, ObservedFunction> & Record<StreamReader, ObservedFunction>>;
  /** Names of the service's tables, by content. */
  tables: Record<string, pulumi.Input<string>>;
  /** Names of the tables' global indexes, by table: each index is throttled separately. Default: none. */
  indexes?: Record<string, readonly string[]>;
  /** Alarms of the service, without actions: they page through this component's composites. */
  alarms: readonly aws.cloudwatch.MetricAlarm[];
}

export interface ObservabilityArgs {
  /** This stack's Region. */
  region: string;
  /** The peer Regions. Default: none; replication and takeover are not observed. */
  peerRegions?: readonly string[];
  /** The order service. */
  orders: ObservedService<"dispatcher"> & { stateMachineArn: pulumi.Input<string>; workflowLog?: pulumi.Input<string> };
  /** Product search. */
  search: ObservedService<"indexer"> & { domainName?: pulumi.Input<string> };
  /** Sign-in and token checks (`AuthLayer`). Default: not observed. */
  signIn?: {
    functions: Readonly<Record<string, ObservedFunction | undefined>>;
    /** Tables that are not replicated, by content. Default: none. */
    tables?: Record<string, pulumi.Input<string>>;
  };
  /** Failover, such as a `RegionalFailover`. Default: not observed. */
  failover?: {
    functions: Readonly<Record<string, ObservedFunction>>;
    /** Its alarms, without actions. Alarms in another Region need their own actions, because composites cannot include them. */
    alarms: readonly aws.cloudwatch.MetricAlarm[];
    /** This Region's Route 53 health check. Default: none. */
    healthCheck?: { id: pulumi.Input<string> };
  };
  /** More replicated tables, by content, such as Region state and customers. Default: none. */
  tables?: Record<string, pulumi.Input<string>>;
  /** Names of these tables' global indexes, by table: `{ customers: ["byCustomer"] }`. Default: none. */
  indexes?: Record<string, readonly string[]>;
  /** Vault of this Region's backups (`Backups`). Default: none; failed backups raise no alarm. */
  backups?: { vaultName: pulumi.Input<string> };
  /** Overrides for the objectives of the burn-rate alarms. Default: `OBJECTIVES`. */
  objectives?: Partial<Objectives>;
  /** SNS topics of this Region that page. Default: a topic is created (`topicArn`), to which only `mails` are subscribed. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Mail addresses that are subscribed to the created topic; AWS requests a confirmation from each. Default: none. */
  mails?: string[];
  /** Topics for tickets, such as slow budget burn and certificates. Default: as `alarmTopicArns`. */
  ticketTopicArns?: pulumi.Input<string>[];
  /** The site's distribution, in the stack that owns it. Only in us-east-1, which has CloudFront's metrics. Default: none. */
  distributionId?: pulumi.Input<string>;
  /** Dimensions `WebACL` and `Rule` of the metrics of the site's web ACL (`StaticSite.webAcl`), likewise. Default: none. */
  webAcl?: { metricName: string; rules: readonly string[] };
  /** The site's access log (`StaticSite.accessLog`), for its saved queries. Default: none. */
  siteAccessLog?: { name: pulumi.Input<string> };
  /**
   * Alarms on signs of an attack: refused decryptions, use of the root user, changes of keys and of the audit trail, findings of GuardDuty and
   * Security Hub where the account has them. The account needs a CloudTrail trail, such as `AuditTrail`. Sign-ins of the root user are events
   * of us-east-1. Default: none.
   */
  security?: {
    /** ARNs of the watched keys in this Region, by content, at most ten. */
    keyArns: Record<string, pulumi.Input<string>>;
    /** Bucket with the entries of the trail (`AuditTrail.bucketName`), in the stack that has it. Default: none; only trails are watched. */
    auditBucketName?: pulumi.Input<string>;
  };
  /** Cost anomaly detection for the account. Set it in one stack of an account. Default: none. */
  costAnomaly?: {
    /** Smallest impact that is reported, in US dollars. */
    aboveUsd: number;
    /** The account's monitor by service: AWS allows one, and newer accounts have it. Default: one is created. */
    existingMonitorArn?: pulumi.Input<string>;
  };
  /** Days that the events behind `security`'s alarms are kept. Default: 30. */
  logRetentionDays?: number;
  /** Base URL in front of `docs/runbooks/NAME.md` in every alarm. Default: the bare path. */
  runbooks?: string;
  /** CloudWatch namespace of the services' metrics. Default: `metricsNamespace()`; the secondary passes the primary's. */
  metricsNamespace?: string;
  /** Creates the dashboard of all Regions. Set it in the primary only. Default: false. */
  allRegions?: boolean;
  /** Overrides for the underlying resources. */
  transform?: {
    alarmTopic?: Transform<aws.sns.TopicArgs>;
    dashboard?: Transform<aws.cloudwatch.DashboardArgs>;
  };
}
