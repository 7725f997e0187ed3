import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HttpApi } from "../infrastructure/httpApi";
import { metricsNamespace } from "../infrastructure/metricsNamespace";
import { createDeadLetterQueue } from "../infrastructure/subscribedQueue";
import { setTopicPolicy } from "../infrastructure/tlsOnly";
import type { InlineFunction } from "../inlineFunction";
import { physicalName } from "../inlineFunction/physicalName";
import type { OrderServiceArgs } from "./args";
import { createAccount } from "./functions/account";
import { createAuthorize } from "./functions/authorize";
import { createCancel } from "./functions/cancel";
import { createDispatcher } from "./functions/dispatcher";
import { createEraser } from "./functions/eraser";
import { createCheck, createHealth } from "./functions/health";
import { createInvoiceReader } from "./functions/invoice";
import { createInvoicer } from "./functions/invoicer";
import { createMoveStock } from "./functions/moveStock";
import { createNotifier } from "./functions/notifier";
import { createRead } from "./functions/read";
import { createRefund } from "./functions/refund";
import { createRefunder } from "./functions/refunder";
import { createResume } from "./functions/resume";
import { createReview } from "./functions/review";
import { createSettle } from "./functions/settle";
import { createShip } from "./functions/ship";
import { createStock } from "./functions/stock";
import { createSubmit } from "./functions/submit";
import { createSweeper } from "./functions/sweeper";
import { createTakeover } from "./functions/takeover";
import { createWebhooks } from "./functions/webhooks";
import type { OrderFunction } from "./orderFunctions";
import { checkoutElement } from "./payment/resources";
import type { CheckoutElement } from "./payment/stripe/resources";
import { createOrderAlarms } from "./resources/alarms";
import { createInvoiceBucket } from "./resources/invoiceBucket";
import { createOrderApi } from "./resources/orderApi";
import {
  type CardKey,
  createOrderTables,
  type OrderData,
  readPublicKey,
  restrictCardKeyTo,
} from "./resources/orderTables";
import { createSharedSettings, type SharedSettings } from "./resources/sharedSettings";
import { createOrderStateMachine } from "./resources/stateMachine";
import { validateArgs } from "./validateArgs";

/**
 * Order intake that answers at once, and the workflow that finishes the order: payment, shipping, notifications.
 *
 * An order is stored with its encrypted card in one transaction; the write itself starts everything else. Every step
 * is idempotent: the rules are in `domain/order`, and `docs/orders.md` explains them.
 *
 * Cost: by use only; an order's life is 2 workflow transitions (docs/figures.md counts its calls).
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
  /** Receives an `OrderNotification` for every status change, with attributes `status`, `customerId` and `orderId` to filter by. */
  public readonly topicArn: pulumi.Output<string>;
  /** Public key that the page encrypts cards with: `{ keyId, jwk }`. */
  public readonly card: pulumi.Output<CardKey>;
  /**
   * The payment provider's own card fields in the checkout, for the page's settings and the site's `paymentOrigins`. Absent: the page
   * encrypts cards.
   */
  public readonly paymentElement?: CheckoutElement;
  /** Orders, cards and stock: what another Region replicates. */
  public readonly data: OrderData;
  /** The order API, below `/api/orders`. */
  public readonly api: HttpApi;
  /** The workflow of an order. */
  public readonly stateMachine: aws.sfn.StateMachine;
  /** Log group with the errors of failed executions. */
  public readonly workflowLog: pulumi.Output<string>;
  /** The topic of `topicArn`. */
  public readonly topic: aws.sns.Topic;
  /** The Region's invoices, which never leave it. */
  public readonly invoices: aws.s3.Bucket;
  /** The functions by what they do; the notifier only with a channel, the review only with a check. */
  public readonly functions: Readonly<
    Record<Exclude<OrderFunction, OptionalFunction>, ServiceFunction> &
      Partial<Record<OptionalFunction, ServiceFunction>>
  >;
  /** Alarms that need an operator. */
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: OrderServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    validateArgs(name, args);
    super("stayopen:index:OrderService", name, {}, opts);

    this.data = createOrderTables(name, args, this);
    this.card = readPublicKey(this.data.cardKey, this);
    this.paymentElement = checkoutElement(args.payment);
    this.topic = new aws.sns.Topic(
      `${name}-changes`,
      // SNS's own key: the functions that publish need no permission for it, and services do not publish here.
      { displayName: "Order status changes", kmsMasterKeyId: "alias/aws/sns" },
      { parent: this },
    );
    setTopicPolicy(`${name}-changes`, this.topic, [], this);
    this.topicArn = this.topic.arn;
    this.invoices = createInvoiceBucket(name, args, this);
    const shared = createSharedSettings(name, args, this.data, this.stateMachineId(name), this);

    // The workflow.
    const authorize = createAuthorize(name, this.data, shared, this);
    for (const key of [this.data.cardKey, ...this.data.acceptedCardKeys]) {
      const guards = { breakGlassRoleArn: args.breakGlassRoleArn, replicas: this.data.nodes.cardKeyReplicas };
      restrictCardKeyTo(authorize.role, name, key, guards, this);
    }
    const settle = createSettle(name, shared, this);
    const webhookFailures = createDeadLetterQueue(`${name}-webhooks-failed`, this);
    const ship = createShip(name, shared, webhookFailures, this);
    const review = args.review && createReview(name, args.review, shared, this);
    const workflow = createOrderStateMachine(name, args, shared, { authorize, settle, ship, review }, this);
    this.stateMachine = workflow.stateMachine;
    this.workflowLog = workflow.log.name;

    // The API.
    const submit = createSubmit(name, args, this.data, shared, this);
    const read = createRead(name, shared, this);
    const cancel = createCancel(name, shared, this);
    const eraser = createEraser(name, args, { shared, bucket: this.invoices }, this);
    const account = createAccount(name, { shared, eraser }, this);
    const refund = createRefund(name, args, shared, this);
    const invoice = createInvoiceReader(name, args, { shared, bucket: this.invoices }, this);
    const stock = createStock(name, args, shared, this);
    const resume = createResume(name, shared, webhookFailures, this);
    const webhooks = createWebhooks(name, { shared, resume, ship }, this);
    const health = createHealth(name, shared, this);
    const check = createCheck(name, shared, this);
    this.api = createOrderApi(
      name,
      args,
      { submit, read, cancel, account, refund, invoice, stock, webhooks, health },
      this,
    );
    this.url = this.api.url;

    // Consequences of status changes, and the repair of stalled orders.
    const refunder = createRefunder(name, shared, this);
    const stream = createDispatcher(name, args, { shared, data: this.data, topic: this.topic, refunder }, this);
    const moveStock = createMoveStock(name, args, { shared, data: this.data, failures: stream.failures }, this);
    const notifications = createNotifier(name, args, { shared, topic: this.topic }, this);
    const invoicing = createInvoicer(name, args, { shared, topic: this.topic, bucket: this.invoices }, this);
    const { sweeper } = createSweeper(name, args, shared, this);
    const takeover = createTakeover(name, args, shared, this);

    this.alarms = createOrderAlarms(
      name,
      {
        stateMachine: this.stateMachine,
        deadLetters: {
          "stream-failures": stream.failures,
          ...(notifications && { "notifications-failed": notifications.failures }),
          "invoices-failed": invoicing.failures,
          "webhooks-failed": webhookFailures,
        },
        topicArns: args.alarmTopicArns ?? [],
        metricsNamespace: args.metricsNamespace ?? metricsNamespace(),
        runbooks: args.runbooks,
      },
      this,
    );
    this.functions = {
      ...{ submit, read, cancel, account, refund, webhooks, resume, health, check, invoice, stock },
      ...{ authorize, settle, ship, refunder, ...(review && { review }) },
      ...{
        dispatcher: stream.dispatcher,
        ...(notifications && { notifier: notifications.notifier }),
        invoicer: invoicing.writer,
        sweeper,
        eraser,
        takeover,
        moveStock,
      },
    };

    this.registerOutputs({ url: this.url, topicArn: this.topicArn, card: this.card });
  }

  /** The underlying resources, for what the arguments do not cover. */
  public get nodes() {
    const { api, stateMachine, topic, invoices, functions, alarms } = this;
    return { ...this.data.nodes, api, stateMachine, topic, invoices, functions, alarms };
  }

  /**
   * Name and ARN of the state machine before it is created, since its functions reply to it and it calls them. Region
   * and account come from the topic's ARN.
   */
  private stateMachineId(name: string): SharedSettings["stateMachine"] {
    const physical = physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-workflow`);
    const arn = this.topic.arn.apply((topicArn) => {
      const [, partition, , region, account] = topicArn.split(":");
      return `arn:${partition}:states:${region}:${account}:stateMachine:${physical}`;
    });
    return { name: physical, arn };
  }
}

/** Functions that some services lack. */
type OptionalFunction = "notifier" | "review";

/** The outputs of a function that a program may use. */
type ServiceFunction = Pick<InlineFunction, "function" | "role" | "logGroup" | "name" | "arn">;
