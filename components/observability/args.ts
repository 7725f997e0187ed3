import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
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

/** What is watched of a service besides its own alarms. */
export interface ObservedService {
  api: ObservedApi;
  /** By what they do: `{ submit, read, … }`. */
  functions: Readonly<Record<string, ObservedFunction>>;
  /** Names of the service's tables, by what they hold. */
  tables: Record<string, pulumi.Input<string>>;
  /** Names of the tables' global indexes, by the table: each is throttled by itself. Default: none. */
  indexes?: Record<string, readonly string[]>;
  /** The alarms that the service itself brings, without actions: they page through the composites here. */
  alarms: readonly aws.cloudwatch.MetricAlarm[];
}

export interface ObservabilityArgs {
  /** This stack's Region. */
  region: string;
  /** The other Region. Default: the store lives in one, and nothing of replication and takeover is watched. */
  peerRegion?: string;
  /** The order service: its stream is read by `functions.dispatcher`. */
  orders: ObservedService & { stateMachineArn: pulumi.Input<string>; workflowLog?: pulumi.Input<string> };
  /** Product search: its stream is read by `functions.index`. */
  search: ObservedService & { domainName?: pulumi.Input<string> };
  /** What signs customers in and checks their tokens (`AuthLayer`). Default: not watched. */
  signIn?: {
    functions: Readonly<Record<string, ObservedFunction | undefined>>;
    /** Tables of this Region alone, by what they hold. Default: none. */
    tables?: Record<string, pulumi.Input<string>>;
  };
  /** What holds the Regions together; a `RegionalFailover` is one. Default: not watched. */
  failover?: {
    functions: Readonly<Record<string, ObservedFunction>>;
    /** Its own alarms, without actions. Those in another Region tell by themselves: composites can't see them. */
    alarms: readonly aws.cloudwatch.MetricAlarm[];
    /** This Region's Route 53 health check. Default: none. */
    healthCheck?: { id: pulumi.Input<string> };
  };
  /** More replicated tables, by what they hold: Region state, customers. Default: none. */
  tables?: Record<string, pulumi.Input<string>>;
  /** Vault of this Region's backups; a `Backups` has one. Default: nobody hears that a backup failed. */
  backups?: { vaultName: pulumi.Input<string> };
  /** What the store promises; the burn-rate alarms count against it. Default: `OBJECTIVES`. */
  objectives?: Partial<Objectives>;
  /** SNS topics of this Region that page somebody. Default: a topic is made (`topicArn`), and nobody is subscribed but `mails`. */
  alarmTopics?: pulumi.Input<string>[];
  /** Addresses that get the alarms of the topic made here; AWS asks each for a confirmation. Default: none. */
  mails?: string[];
  /** What can wait for the working day: budgets burnt slowly, certificates. Default: as `alarmTopics`. */
  ticketTopics?: pulumi.Input<string>[];
  /** The site's distribution, where this stack owns it (us-east-1 only: CloudFront's metrics live there). Default: none. */
  distributionId?: pulumi.Input<string>;
  /** What is wrong with the account's spending. Only in one stack of an account. Default: not watched. */
  costAnomaly?: {
    /** Told from this impact on, in US dollars. */
    aboveUsd: number;
    /** The account's monitor by service: AWS allows one, and newer accounts have it. Default: one is made. */
    monitorArn?: pulumi.Input<string>;
  };
  /** Address in front of `docs/runbooks/NAME.md` in every alarm: where people read this repository. Default: the bare path. */
  runbooks?: string;
  /** CloudWatch namespace that the services count into. Default: `metricsNamespace()`; the secondary of two Regions gives the primary's. */
  metricsNamespace?: string;
  /** Makes the dashboard of both Regions. In one stack only, the primary. Default: false. */
  bothRegions?: boolean;
}
