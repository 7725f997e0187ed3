import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { SignInSettings } from "../../domain/auth";
import type { FailoverTimings } from "../../domain/region";
import type { HttpApi } from "../infrastructure/httpApi";
import type { InlineFunction, Transform } from "../inlineFunction";
import type { RegionStateTable } from "./regionState";

/** A service that fails over: its API gets a name of its own below the domain. */
export interface ServiceArgs {
  api: Pick<HttpApi, "api" | "stage" | "url">;
  /**
   * Function that answers `{ statusCode: 200 }` only while the service works in this Region, and 503 otherwise. It is called directly:
   * a public route would be throttled when strangers flood it. Default: the service has no say in the Region's health.
   */
  check?: Pick<InlineFunction, "arn">;
}

/** What is told when this Region comes back, or joins the other: one of both. */
export interface ReturnTarget {
  /** Called asynchronously with a `Return` (domain/region). */
  functionArn?: pulumi.Input<string>;
  /** Started without input. */
  stateMachineArn?: pulumi.Input<string>;
  /**
   * `return`: whenever the Region was away. `rebuild`: only if it joins, or was away for so long that its streams have lost
   * records. Default: `return`.
   */
  when?: "return" | "rebuild";
}

/** The store's own domain. */
export interface DomainArgs {
  /** `example.com`; the store is `www.example.com`, its APIs are `orders.api.example.com` and so on. */
  name: string;
  /** Id of the public hosted zone of the domain or of a parent of it. */
  zoneId: pulumi.Input<string>;
  /**
   * `failover`: the primary answers while it is healthy. `latency`: whichever healthy Region is nearer. `weighted`: healthy
   * Regions by their `weight`. Default: `failover`.
   */
  routing?: Routing;
  /** Share of this Region with `weighted` routing, 0 to 255. Default: 100. */
  weight?: number;
  /** Whether this stack owns what the Regions share: the certificates' validation record, and the viewer certificate. */
  primary: boolean;
}

export type Routing = "failover" | "latency" | "weighted";

export interface RegionalFailoverArgs {
  /** A `RegionState`'s table. */
  state: RegionStateTable;
  /** The other Region. Default: there is none; the Region answers for its health and configuration alone. */
  peerRegion?: string;
  /** `auth` is what mails sign-in codes (`AuthLayer.api`), where there is such a service. */
  services: { orders: ServiceArgs; catalogue: ServiceArgs; auth?: ServiceArgs };
  /**
   * Unguessable path segment of the health routes, 32 characters or more of `A–Z a–z 0–9 _ -`; the same in both Regions. Route 53's checkers
   * can send no header, so the path is what strangers must not know: whoever knows it can fill the routes' throttle, and so
   * close the Region.
   */
  checkKey: pulumi.Input<string>;
  /**
   * Calls of the health function at the same time, taken out of the account's pool so that a flood of other functions can't starve it. Lambda
   * refuses it where fewer than 100 would be left for all others. Default: none are reserved.
   */
  checkConcurrency?: number;
  /** Takes the peer's open orders over: called asynchronously with `{ from: REGION }`, again while the peer is lost. */
  takeover: Pick<InlineFunction, "arn">;
  /** What the storefront must know: answered by `GET /api/config`. Nothing in it may be secret. */
  settings: { currency: pulumi.Input<string>; card: pulumi.Input<object>; auth: pulumi.Input<SignInSettings> };
  /** Default: no domain; each Region has the addresses of its own APIs only, and a POST does not fail over. */
  domain?: DomainArgs;
  /** When the peer counts as lost, where that differs from `FAILOVER_TIMINGS`. */
  timings?: Partial<FailoverTimings>;
  /** What is told when this Region comes back: its sweeper, its index's rebuild. Default: nothing. */
  onReturn?: ReturnTarget[];
  /** Topics that the alarms tell. Default: none; the alarms are there all the same. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Topics in us-east-1, where Route 53 and its alarms are. Default: `alarmTopicArns` in a stack of that Region, else none. */
  globalAlarmTopicArns?: pulumi.Input<pulumi.Input<string>[]>;
  /** Address in front of `docs/runbooks/NAME.md` in every alarm: where people read this repository. Default: the bare path. */
  runbooks?: string;
  /** CloudWatch namespace of the component's own metrics. Default: `metricsNamespace()`; the secondary of two Regions gives the primary's. */
  metricsNamespace?: string;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Last changes to the arguments of the resources inside. */
  transform?: {
    healthCheck?: Transform<aws.route53.HealthCheckArgs>;
    record?: Transform<aws.route53.RecordArgs>;
  };
}
