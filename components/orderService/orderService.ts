import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HttpApi } from "../infrastructure/httpApi";
import { metricsNamespace } from "../infrastructure/metricsNamespace";
import type { InlineFunction } from "../inlineFunction";
import { physicalName } from "../inlineFunction/physicalName";
import type { OrderServiceArgs } from "./args";
import { createOrderApi } from "./functions/apiFunctions";
import { createDispatcher, createNotifier, createSweeper } from "./functions/backgroundFunctions";
import { createInvoiceReader, createInvoicer } from "./functions/invoiceFunctions";
import { createTakeover } from "./functions/takeover";
import { createOrderStateMachine, createStepFunctions } from "./functions/workflowFunctions";
import { createOrderAlarms } from "./resources/alarms";
import { createInvoiceBucket } from "./resources/invoiceBucket";
import {
  type CardKey,
  createOrderTables,
  type OrderData,
  readPublicKey,
  restrictCardKeyTo,
} from "./resources/orderTables";
import { checkOrderSettings, createSharedSettings, type SharedSettings } from "./resources/sharedSettings";

/**
 * Order intake that answers at once, and the workflow that finishes the order: payment, shipping, notices.
 *
 * An order is stored with its encrypted card in one transaction; the write itself starts everything else. No step is
 * ever in doubt about a repeated or late call: the rules are in `domain/order`, and `docs/orders.md` tells them.
 *
 * Cost: by use only; an order's life is 4 workflow transitions and 10 writes (docs/orders.md counts them).
 *
 * @example
 * const orders = new OrderService("orders", {
 *   auth,
 *   catalogue: search.products,
 *   payment: { endpoint: "https://payment.example.com", apiKey, webhookSecret },
 *   shipping: { endpoint: "https://shipping.example.com", apiKey, webhookSecret },
 *   mail: { from: "orders@example.com" },
 * });
 * export const url = orders.url;
 */
export class OrderService extends pulumi.ComponentResource {
  /** Base URL of the order API, without a trailing slash. */
  public readonly url: pulumi.Output<string>;
  /** Tells of every status change: attributes `status`, `customerId` and `orderId` to filter by, an `OrderNotice` as message. */
  public readonly topicArn: pulumi.Output<string>;
  /** What the page encrypts cards with: `{ keyId, jwk }`. */
  public readonly card: pulumi.Output<CardKey>;
  /** Orders and cards: what another Region replicates. */
  public readonly data: OrderData;
  public readonly api: HttpApi;
  public readonly stateMachine: aws.sfn.StateMachine;
  /** Name of the log group that says why an execution failed. */
  public readonly workflowLog: pulumi.Output<string>;
  public readonly topic: aws.sns.Topic;
  /** The Region's invoices, which never leave it. */
  public readonly invoices: aws.s3.Bucket;
  /** The functions by what they do. */
  public readonly functions: Readonly<
    Record<OrderFunction, Pick<InlineFunction, "function" | "role" | "logGroup" | "name" | "arn">>
  >;
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: OrderServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:OrderService", name, {}, opts);
    check(name, args);

    this.data = createOrderTables(name, args, this);
    this.topic = new aws.sns.Topic(`${name}-changes`, { displayName: "Order status changes" }, { parent: this });
    const shared = createSharedSettings(name, args, this.data, this.stateMachineOf(name), this);

    const steps = createStepFunctions(name, this.data, shared, this);
    restrictCardKeyTo(steps.authorize.role, name, this.data.cardKey, this);
    const workflow = createOrderStateMachine(name, args, shared, steps, this);
    this.stateMachine = workflow.stateMachine;
    this.workflowLog = workflow.log.name;

    this.invoices = createInvoiceBucket(name, args, this);
    const invoice = createInvoiceReader(name, args, { shared, bucket: this.invoices }, this);
    const { api, functions } = createOrderApi(name, args, this.data, { shared, invoice, ship: steps.ship }, this);
    const peerRegions = args.peerRegions ?? (args.existing ? undefined : (args.replicaRegions ?? []));
    const stream = createDispatcher(name, this.data, shared, this.topic, peerRegions, this);
    const { sweeper } = createSweeper(name, args, shared, this);
    const takeover = createTakeover(name, args, shared, this);
    const notices = createNotifier(name, args, shared, this.topic, this);
    const invoicing = createInvoicer(name, args, { shared, topic: this.topic, bucket: this.invoices }, this);

    this.alarms = createOrderAlarms(
      name,
      {
        stateMachine: this.stateMachine,
        deadLetters: {
          "stream-failures": stream.failures,
          "notifications-failed": notices.failures,
          "invoices-failed": invoicing.failures,
        },
        topicArns: args.alarmTopicArns ?? [],
        metricsNamespace: args.metricsNamespace ?? metricsNamespace(),
        runbooks: args.runbooks,
      },
      this,
    );
    this.api = api;
    this.functions = {
      ...functions,
      ...steps,
      dispatcher: stream.dispatcher,
      sweeper,
      takeover,
      notifier: notices.notifier,
      invoice,
      invoicer: invoicing.writer,
    };
    this.url = api.url;
    this.topicArn = this.topic.arn;
    this.card = readPublicKey(this.data.cardKey, this);

    this.registerOutputs({ url: this.url, topicArn: this.topicArn, card: this.card });
  }

  /** The raw resources inside, for what the arguments do not cover. */
  public get nodes() {
    const { api, stateMachine, topic, invoices, functions, alarms } = this;
    return { ...this.data.nodes, api, stateMachine, topic, invoices, functions, alarms };
  }

  /**
   * Name and ARN of the state machine before it is made: its functions answer it, and it calls them. The topic's ARN
   * tells Region and account.
   */
  private stateMachineOf(name: string): SharedSettings["stateMachine"] {
    const physical = physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-workflow`);
    const arn = this.topic.arn.apply((topicArn) => {
      const [, partition, , region, account] = topicArn.split(":");
      return `arn:${partition}:states:${region}:${account}:stateMachine:${physical}`;
    });
    return { name: physical, arn };
  }
}

/** What the functions do. */
export type OrderFunction =
  | "submit"
  | "read"
  | "cancel"
  | "webhooks"
  | "health"
  /** Answers as `GET /api/orders/health` does, with no route that leads to it: for `RegionalFailover`. */
  | "check"
  | "authorize"
  | "settle"
  | "ship"
  | "dispatcher"
  | "sweeper"
  /** Takes another Region's open orders over; called with `{ from: REGION }`. */
  | "takeover"
  | "notifier"
  | "invoice"
  | "invoicer";

function check(name: string, args: OrderServiceArgs): void {
  checkOrderSettings(name, args);
  const wrong = (what: string) => new pulumi.RunError(`OrderService "${name}": ${what}`);
  for (const system of ["payment", "shipping"] as const) {
    const { endpoint, timeoutSeconds = 8 } = args[system];
    if (!(timeoutSeconds >= 1 && timeoutSeconds <= 10)) {
      throw wrong(
        `${system}.timeoutSeconds is ${timeoutSeconds}. Give 1 to 10; a step's function ends after 30 seconds.`,
      );
    }
    // Cards and keys go there: only a process on this very machine may be spoken to without TLS.
    if (typeof endpoint === "string" && !/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)(:|$))/.test(endpoint)) {
      throw wrong(`${system}.endpoint is "${endpoint}". Give its https:// address.`);
    }
    if (typeof endpoint === "string" && endpoint.endsWith("/")) {
      throw wrong(`${system}.endpoint is "${endpoint}". Leave out the slash at its end.`);
    }
  }
  if (args.existing && args.replicaRegions) {
    throw wrong(
      "only one of existing and replicaRegions can be given. The stack that makes the tables makes the replicas.",
    );
  }
  const concurrency = args.takeoverConcurrency ?? 16;
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 100)) {
    throw wrong(`takeoverConcurrency is ${concurrency}. Give 1 to 100 orders at a time.`);
  }
  const { gatherSeconds = 0 } = args.mail;
  if (!(Number.isInteger(gatherSeconds) && gatherSeconds >= 0 && gatherSeconds <= 900)) {
    throw wrong(`mail.gatherSeconds is ${gatherSeconds}. Give 0 to 900: a queue holds a message back no longer.`);
  }
  const minutes = args.sweepEveryMinutes ?? 5;
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw wrong(`sweepEveryMinutes is ${minutes}. Give whole minutes from 1 on; schedules fire once a minute at most.`);
  }
}
