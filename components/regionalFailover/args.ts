import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { SignInSettings } from "../../domain/auth";
import type { PaymentElement } from "../../domain/order";
import type { FailoverTimings } from "../../domain/region";
import type { Transform } from "../arguments/overrides";
import type { CorsArgs } from "../infrastructure/cors";
import type { FunctionSettingsByName } from "../infrastructure/functionSettings";
import type { HttpApi, Invocable } from "../infrastructure/httpApi";
import type { InlineFunction } from "../inlineFunction";
import type { FAILOVER_FUNCTIONS } from "./failoverFunctions";
import type { RegionStateTable } from "./regionState";

/** A service that fails over. Its API gets its own name below the domain. */
export interface ServiceArgs {
  api: Pick<HttpApi, "api" | "stage" | "url">;
  /**
   * Function that returns `{ statusCode: 200 }` while the service works in this Region, and 503 otherwise. It is invoked
   * directly, because a flood of requests would throttle a public route. Default: the service does not affect the Region's health.
   */
  check?: Pick<InlineFunction, "arn">;
}

/** Function or state machine that is notified when this Region returns, or joins the peer. Exactly one of the two. */
export interface ReturnTarget {
  /** Called asynchronously with a `Return` (domain/region). */
  functionArn?: pulumi.Input<string>;
  /** Started without input. */
  stateMachineArn?: pulumi.Input<string>;
  /**
   * `return`: whenever the Region was away. `rebuild`: only if it joins, or was away so long that its streams have lost
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
   * `failover`: the primary while it is healthy. `latency`: the healthy Region with the lowest latency. `weighted`: healthy
   * Regions by their `weight`. Default: `failover`.
   */
  routing?: Routing;
  /** Share of this Region with `weighted` routing, 0 to 255. Default: 100. */
  weight?: number;
  /** Existing certificates to use instead of new ones, whose renewal is yours; their expiry raises the alarms all the same. Default: new ones. */
  existingCertificates?: ExistingCertificates;
  /** True in the stack that owns the shared resources: the certificates' validation records and the viewer certificate. */
  primary: boolean;
}

/** ARNs of ACM certificates for the store's names. */
export interface ExistingCertificates {
  /** Of `*.api.DOMAIN`, in this Region. */
  apiArn: pulumi.Input<string>;
  /** Of `www.DOMAIN`, in us-east-1. Only in the primary, which needs it. Default: none in a secondary. */
  viewerArn?: pulumi.Input<string>;
}

export type Routing = "failover" | "latency" | "weighted";

export interface RegionalFailoverArgs {
  /** Table of a `RegionState`. */
  regions: RegionStateTable;
  /**
   * The peer Regions: at most one, because two survivors would both take over the orders of a lost Region. Default: none;
   * the Region only serves its health and configuration.
   */
  peerRegions?: readonly string[];
  /** Services by name. `auth` sends sign-in codes (`AuthLayer.api`); omit it without such a service. */
  services: { orders: ServiceArgs; catalogue: ServiceArgs; auth?: ServiceArgs };
  /**
   * Secret path segment of the health routes, 32 to 128 characters of `A–Z a–z 0–9 _ -`; the same in both Regions. Route 53's
   * checkers cannot send headers, so the path itself is the secret: a caller who knows it can exhaust the routes' throttle
   * and so take the Region out of traffic.
   */
  checkKey: pulumi.Input<string>;
  /** Takes over the peer's open orders: invoked asynchronously with `{ from: REGION }`, repeatedly while the peer is lost. */
  takeover: Pick<InlineFunction, "arn">;
  /** Configuration of the storefront, served by `GET /api/config`. It must not contain secrets. */
  settings: {
    currency: pulumi.Input<string>;
    card: pulumi.Input<object>;
    /** The payment provider's own card fields (`OrderService.paymentElement.settings`). Default: none; the page encrypts cards. */
    paymentElement?: pulumi.Input<PaymentElement>;
    /** The page asks `POST /api/orders/quotes` for shipping methods and taxes, as a store with these needs. Default: false. */
    quotes?: boolean;
    auth: pulumi.Input<SignInSettings>;
  };
  /** Domain of the store. Default: none; each Region has AWS's addresses only, and requests do not fail over. */
  domain?: DomainArgs;
  /**
   * Admits only requests from CloudFront to `GET /api/config` (`AuthLayer.edge`). The APIs' own addresses are then disabled, so `domain`
   * is required, and the peer calls services under names of this Region. Default: none.
   */
  edge?: Invocable;
  /** Memory, concurrency, network, processor and layers of the functions: `{ all: { vpc } }`. Default: their own. */
  functions?: FunctionSettingsByName<typeof FAILOVER_FUNCTIONS>;
  /** Overrides for `FAILOVER_TIMINGS`. */
  timings?: Partial<FailoverTimings>;
  /** Targets that are notified when this Region returns, such as the sweeper and the index rebuild. Default: none. */
  onReturn?: ReturnTarget[];
  /** Topics that the alarms notify. Default: none; the alarms exist anyway. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Topics in us-east-1, for the alarms on Route 53's metrics. Default: `alarmTopicArns` in a stack of that Region, else none. */
  globalAlarmTopicArns?: pulumi.Input<pulumi.Input<string>[]>;
  /** Base URL in front of `docs/runbooks/NAME.md` in every alarm. Default: the bare path. */
  runbooks?: string;
  /** CloudWatch namespace of the component's metrics. Default: `metricsNamespace()`; the secondary passes the primary's. */
  metricsNamespace?: string;
  /** Lets pages of other origins read `GET /api/config`; see `HttpApi`. Default: none; only pages of the site's own origin. */
  cors?: CorsArgs;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Overrides for the underlying resources. */
  transform?: {
    healthCheck?: Transform<aws.route53.HealthCheckArgs>;
    record?: Transform<aws.route53.RecordArgs>;
  };
}
