import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Deadlines, NotificationTexts, ShippingMethod, TaxRules, Undecided } from "../../domain/order";
import type { OrderWaits } from "../../workflows";
import type { Transform } from "../arguments/overrides";
import type { CorsArgs } from "../infrastructure/cors";
import type { FunctionSettingsByName } from "../infrastructure/functionSettings";
import type { Authorization } from "../infrastructure/httpApi";
import type { TableKeys } from "../infrastructure/tableKey";
import type { Grant } from "../inlineFunction";
import type { RegionStateTable } from "../regionalFailover/regionState";
import type { OrderCheck } from "./handlers/steps/review";
import type { ORDER_FUNCTIONS } from "./orderFunctions";
import type { PaymentArgs } from "./payment/resources";
import type { ShippingArgs } from "./shipping/resources";

/** Existing tables and key: the replicas that the primary's stack has created in this Region. */
export interface ExistingOrderData {
  orders: { name: pulumi.Input<string>; arn: pulumi.Input<string>; streamArn: pulumi.Input<string> };
  cards: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
  stock: { name: pulumi.Input<string>; arn: pulumi.Input<string>; streamArn: pulumi.Input<string> };
  /** The current card key's replica in this Region. This component sets its policy: only its own `functions.authorize` may decrypt. */
  cardKey: ExistingCardKey;
  /** Replicas of the other accepted card keys. Default: none. */
  acceptedCardKeys?: ExistingCardKey[];
}

export interface ExistingCardKey {
  keyId: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  /** Suffix of the key's policy resource, as the stack that creates the keys has it (`OrderData`). Default: none, as of the first key. */
  suffix?: string;
}

/** Deeply optional, down to the single wait. */
export type PartialWaits = {
  [Part in keyof OrderWaits]?: OrderWaits[Part] extends object ? Partial<OrderWaits[Part]> : OrderWaits[Part];
};

/**
 * A check of the store's own, such as a fraud check: it gets a `ReviewedOrder` and answers with a `ReviewAnswer`. It may be asked several
 * times about one order, by its id, and must not change an order's decision.
 */
export interface OrderReviewArgs {
  /** Lambda function that checks. Default: none. Not together with `callbackFactory`. */
  function?: { arn: pulumi.Input<string> };
  /** Returns the check, like the callback of an `InlineFunction`; its signal is aborted after `timeoutSeconds`. Default: none. */
  callbackFactory?: () => OrderCheck;
  /** Environment variables of the callback. Default: none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Permissions of the callback. Default: none. */
  grants?: readonly Grant[];
  /** Seconds that one question may take, 1 to 20. A failure or a late answer counts as `review`. Default: 5. */
  timeoutSeconds?: number;
  /**
   * Seconds after the authorization in which the check must decide; it is asked again at intervals of up to two minutes. Less than
   * `deadlines.settlingSeconds`, after which the sweeper restarts the order. Default: 600.
   */
  limitSeconds?: number;
  /** Decision after `limitSeconds` without one. Default: `decline`; nothing is charged. */
  undecided?: Undecided;
}

/**
 * A customer's own system, or the store's, that is notified of orders by Standard Webhooks (docs/orders.md#webhooks). The store's operator
 * registers it here.
 */
export interface NotificationWebhookArgs {
  /** `https://…`. Redirects are not followed. */
  url: pulumi.Input<string>;
  /**
   * One signing secret, `whsec_…`, or two during a rotation: each signs, so that the receiver may use either. Kept as a SecureString
   * parameter that only the notifier can read.
   */
  secrets: pulumi.Input<pulumi.Input<string>[]>;
  /** Only orders of these customers, 150 at most. Default: every order. */
  customerIds?: string[];
  /** Seconds without an answer after which a delivery has failed; 1 to 10. Default: 5. */
  timeoutSeconds?: number;
  /** Also addresses of private networks, as of a receiver in the notifier's VPC (`functions.notifier.vpc`). Default: false. */
  internal?: boolean;
}

/** Mails to customers. */
export interface OrderMailArgs {
  /**
   * Sender of the mails to customers: `orders@example.com`, or `Store <orders@example.com>`. SES must have verified the address
   * or its domain in this Region; no identity is made, since an account and Region have but one of each address.
   */
  from: pulumi.Input<string>;
  /**
   * Changes that follow each other within so many seconds, 0 to 900, are sent in one mail and one text message, which
   * wait that long. An order that is placed, paid and packed at once is three mails instead of five, and mails are most
   * of what an order costs (docs/figures.md). 0: each change at once, in its own message. Default: 20.
   */
  gatherSeconds?: number;
  /**
   * Mails to one customer on one UTC day, counted in each Region: one write more for each mail. Beyond it a change is not mailed, now or
   * later; the customer sees it in the storefront. Default: not counted; `ordersPerCustomerDay` and an order's few statuses bound them.
   */
  perCustomerDay?: number;
}

export interface OrderServiceArgs {
  /** Checks the caller's token; an `AuthLayer` is one. */
  auth: Authorization;
  /** The product table that prices are read from. */
  catalogue: { tableName: pulumi.Input<string>; tableArn: pulumi.Input<string> };
  /** The payment provider. */
  payment: PaymentArgs;
  /** The shipping provider. */
  shipping: ShippingArgs;
  /**
   * Shipping methods that customers choose from, in the order in which they are shown; the first that delivers to the address is the
   * default. A `price` function is captured into the function that takes orders, so write it in a file that imports no Pulumi. It must be
   * pure: a quote and its order ask it apart, in any Region. Default: none; prices include delivery.
   */
  shippingMethods?: readonly ShippingMethod[];
  /** Taxes of lines and shipping. A `percent` function is captured as a `price` function is. Default: none; no tax is shown. */
  tax?: TaxRules;
  /** A check of the store's own, asked after the payment is authorized and before it is captured. Default: none. */
  review?: OrderReviewArgs;
  /** Mails to customers, or `"off"` for a store that notifies them by other means, such as a consumer of `topicArn`. */
  mail: OrderMailArgs | "off";
  /** The store's name in mails, text messages and invoices. Default: `Stayopen`. */
  storeName?: pulumi.Input<string>;
  /**
   * Returns composers that change the store's own mails, text messages and invoices: a further language, branding, HTML. Captured like a
   * callback of `InlineFunction`, so write composers in a file that imports no Pulumi. If one throws, the mail is retried, and
   * ends in the dead-letter queue. Default: plain text in English or German, as the
   * order's `Accept-Language` preferred.
   */
  texts?: () => NotificationTexts;
  /** Text messages to customers who gave a number. The account must be allowed to send them. Default: none are sent. */
  textMessages?: {
    /** E.164 prefixes of the numbers that may be texted: `["+49", "+43"]`. Premium prefixes of +1 (900, 976) never are. */
    countries: string[];
    /**
     * Also numbers that only the order names. Anyone can have a stranger texted then. Default: only a number that the customer's access
     * token carries as `phone_number` with `phone_number_verified: true`; an OIDC issuer may do that, Cognito does not.
     */
    unverified?: boolean;
    /** Text messages to one customer on one UTC day, counted in each Region. Default: 10. */
    perCustomerDay?: number;
  };
  /**
   * Endpoints that are notified of each status change, by names of their own: letters, digits and `-`, 30 at most. Default: none.
   */
  webhooks?: Record<string, NotificationWebhookArgs>;
  /**
   * Orders that one customer may place on one UTC day, counted in each Region; then 429 with `Retry-After`.
   * Default: 50.
   */
  ordersPerCustomerDay?: number;
  /** Deletion protection of the tables and the key, and point-in-time recovery of orders and stock (never of the cards). Default: true. */
  protectData?: boolean;
  /** Existing tables and key to use instead of new ones. Default: new ones. */
  existingData?: ExistingOrderData;
  /**
   * Regions that tables and key are replicated to; another stack uses them there as its `existingData`. Default: none. Not
   * together with `existingData`, because one stack owns what the Regions share.
   */
  replicaRegions?: string[];
  /**
   * Other Regions that work on orders of the same table. An item of any further Region is logged, counted and sets off an alarm. Default:
   * `replicaRegions`, or no check with `existingData`.
   */
  peerRegions?: string[];
  /** URL prefix of `docs/runbooks/NAME.md` in alarm descriptions: where this repository is published. Default: the bare path. */
  runbooks?: string;
  /** CloudWatch namespace of the component's own metrics. Default: `metricsNamespace()`; the secondary of two Regions gives the primary's. */
  metricsNamespace?: string;
  /** Orders that a takeover writes at the same time, 1 to 100. Default: 16, some 500 orders a second. */
  takeoverConcurrency?: number;
  /** Invoices of delivered orders. Their bucket is not replicated, because they must not leave their Region. Default: kept for ever. */
  invoices?: {
    /** Name of the bucket. Default: generated by Pulumi. */
    bucketName?: pulumi.Input<string>;
    /** Days that invoices are kept, as law and accounting require. Default: for ever. */
    keepDays?: number;
  };
  /**
   * Table of a `RegionState`, with the address of the peer Region, which serves the invoices stored there. Default: none;
   * a request for such an invoice gets 503.
   */
  regions?: RegionStateTable;
  /**
   * Generations of the card key: the page encrypts with `current`; cards of `accepted` ones are opened too. KMS does not rotate RSA keys,
   * so a rotation adds a generation (docs/security.md). Not with `existingData`. Default: `{ current: 1 }`.
   */
  cardKeys?: { current: number; accepted?: number[] };
  /**
   * Role that alone may change the card keys' policies, replicate the keys and grant their use. Also a deployment that changes them needs
   * it. Default: none; the account's administrators may.
   */
  breakGlassRoleArn?: string;
  /**
   * Customer-managed keys of the tables: a `TableKey`, or existing keys. Not with `existingData`. A change recreates the tables' replicas.
   * Default: AWS's own key.
   */
  tableKey?: TableKeys;
  /**
   * The user pool of this Region and the customer directory, whose entries an erasure deletes (docs/security.md#customers-data); an
   * existing directory has the indexes of `ExistingDirectory`. Default: none;
   * an issuer of one's own has the accounts.
   */
  accounts?: {
    userPool: { id: pulumi.Input<string>; arn: pulumi.Input<string> };
    directory: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
  };
  /** Overrides for `ORDER_WAITS`, the waits and limits of the workflow. */
  waits?: PartialWaits;
  /** Time since an order's last write after which the sweeper checks it. Default: after 30 minutes, and after 7 days for a parcel on its way. */
  deadlines?: Partial<Deadlines>;
  /** Minutes between two sweeps. Default: 5. */
  sweepEveryMinutes?: number;
  /** Topics that alarms publish to. Default: none; the alarms exist regardless. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Lets pages of other origins call the API; see `HttpApi`. Default: none; only pages of the site's own origin. */
  cors?: CorsArgs;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Requests a second and burst above which the API answers 429. Default: as `HttpApi`. */
  throttle?: { requestsPerSecond: number; burst: number };
  /** Memory, time-out, concurrency, network, processor and layers of the functions: `{ all: { vpc }, submit: { memoryMb: 2_048 } }`. Default: their own. */
  functions?: FunctionSettingsByName<typeof ORDER_FUNCTIONS>;
  /** Overrides for the underlying resources. */
  transform?: {
    ordersTable?: Transform<aws.dynamodb.TableArgs>;
    cardsTable?: Transform<aws.dynamodb.TableArgs>;
    stockTable?: Transform<aws.dynamodb.TableArgs>;
    cardKey?: Transform<aws.kms.KeyArgs>;
    stateMachine?: Transform<aws.sfn.StateMachineArgs>;
  };
}
