import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { json } from "../../../domain/http";
import { HEALTH_ORDER_ID } from "../../../domain/order";
import { orderApi } from "../../../domain/order/openapi";
import { HttpApi, type Invocable } from "../../infrastructure/httpApi";
import { allow, InlineFunction, index, reference, when } from "../../inlineFunction";
import { secret } from "../../runtime/secrets";
import type { OrderServiceArgs } from "../args";
import { Catalogue } from "../handlers/catalogue";
import { documentClient, functionCaller, setting } from "../handlers/clients";
import { getOrder, listOrders, requestCancellation } from "../handlers/customerOrders";
import {
  createOrderStore,
  createTaskReply,
  readDeadlines,
  readOrderTables,
  readOwnRegion,
} from "../handlers/environment";
import { createHealthCheck } from "../handlers/health";
import { type HttpRequest, handleRequest } from "../handlers/http";
import { requestShipmentCheck } from "../handlers/lookNow";
import { counter } from "../handlers/metrics";
import { CUSTOMER_INDEX } from "../handlers/orderStore";
import { createSubmitOrder } from "../handlers/submit";
import { resumeExecution } from "../handlers/wake";
import { receiveWebhook } from "../handlers/webhooks";
import type { OrderData } from "../resources/orderTables";
import type { SharedSettings } from "../resources/sharedSettings";

/** The functions behind the order API, one for each set of rights that its routes need. */
export function createOrderApi(
  name: string,
  args: OrderServiceArgs,
  data: OrderData,
  { shared, invoice, ship }: { shared: SharedSettings; invoice: Invocable; ship: InlineFunction },
  parent: pulumi.Resource,
) {
  const { environment, orders, cards, logRetentionDays } = shared;

  const submit = new InlineFunction(
    `${name}-submit`,
    {
      description: "Accepts an order: prices it by the catalogue and stores it with its encrypted card.",
      environment: { ...environment, CATALOGUE_TABLE: args.catalogue.tableName, CARD_KEY_ID: data.cardKey.keyId },
      grants: [
        allow(reference("dynamodb:table", args.catalogue.tableArn), "dynamodb:BatchGetItem"),
        allow(orders, "dynamodb:PutItem", "dynamodb:GetItem"),
        allow(cards, "dynamodb:PutItem"),
      ],
      logRetentionDays,
      memoryMb: 1_024,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-submit" });
        const count = counter();
        const submitOrder = createSubmitOrder({
          store: createOrderStore(),
          catalogue: new Catalogue(documentClient(), setting("CATALOGUE_TABLE")),
          cardKeyId: setting("CARD_KEY_ID"),
          deadlines: readDeadlines(),
        });
        return handleRequest(log, async (request) => {
          const response = await submitOrder(request);
          if (response.statusCode === 201) count("OrdersPlaced");
          return response;
        });
      },
    },
    { parent },
  );

  const read = new InlineFunction(
    `${name}-read`,
    {
      description: "Shows a customer his own orders.",
      environment,
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:BatchGetItem"),
        allow(index(orders, CUSTOMER_INDEX), "dynamodb:Query"),
      ],
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-read" });
        const store = createOrderStore();
        const list = listOrders(store);
        const get = getOrder(store);
        return handleRequest(log, (request) => (request.routeKey === "GET /api/orders" ? list(request) : get(request)));
      },
    },
    { parent },
  );

  const cancel = new InlineFunction(
    `${name}-cancel`,
    {
      description: "Takes note of a customer's wish to cancel.",
      environment,
      grants: [allow(orders, "dynamodb:Query", "dynamodb:PutItem")],
      logRetentionDays,
      callbackFactory: () =>
        handleRequest(new Logger({ serviceName: "orders-cancel" }), requestCancellation(createOrderStore())),
    },
    { parent },
  );

  const webhooks = new InlineFunction(
    `${name}-webhooks`,
    {
      description: "Takes signed notices of the outside systems and has the order's books read again.",
      environment: {
        ...environment,
        PAYMENT_SECRET_PARAMETER: shared.payment.webhookSecret.name,
        SHIPPING_SECRET_PARAMETER: shared.shipping.webhookSecret.name,
        SHIP_FUNCTION: ship.name,
      },
      grants: [
        allow(orders, "dynamodb:GetItem", "dynamodb:UpdateItem"),
        allow(shared.payment.webhookSecret, "ssm:GetParameter"),
        allow(shared.shipping.webhookSecret, "ssm:GetParameter"),
        // A pending payment wakes the workflow; news of a parcel only have it looked at.
        allow(reference("states:stateMachine", shared.stateMachine.arn), "states:SendTaskFailure"),
        allow(reference("lambda:function", ship.arn), "lambda:InvokeFunction"),
      ],
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-webhooks" });
        const store = createOrderStore();
        const reply = createTaskReply();
        const ship = { client: functionCaller(), name: setting("SHIP_FUNCTION") };
        const payment = receiveWebhook("paymentUpdated", {
          log,
          tell: (orderId, webhookId) => resumeExecution(store, reply, orderId, webhookId),
          webhookSecret: secret(setting("PAYMENT_SECRET_PARAMETER")),
        });
        const shipping = receiveWebhook("shipmentUpdated", {
          log,
          tell: (orderId, webhookId) => requestShipmentCheck(store, ship, orderId, webhookId),
          webhookSecret: secret(setting("SHIPPING_SECRET_PARAMETER")),
        });
        return handleRequest(log, (request) => (request.routeKey.endsWith("/payment") ? payment : shipping)(request));
      },
    },
    { parent },
  );

  const onlyItsItem = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [HEALTH_ORDER_ID] } };
  const status = new InlineFunction(
    `${name}-health`,
    {
      description: "Tells whether this Region's tables work, and what the API looks like.",
      environment,
      // Everybody may call it, so it can touch nothing but its own item.
      grants: [
        when(allow(orders, "dynamodb:PutItem", "dynamodb:GetItem"), onlyItsItem),
        when(allow(cards, "dynamodb:PutItem", "dynamodb:GetItem"), onlyItsItem),
      ],
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-health" });
        const check = createHealthCheck(documentClient(), readOrderTables(), readOwnRegion(), log);
        const document = json(200, orderApi, { "cache-control": "public, max-age=300" });
        return async (request: Pick<HttpRequest, "routeKey">) =>
          request.routeKey.endsWith("/openapi.json") ? document : await check();
      },
    },
    { parent },
  );

  const check = new InlineFunction<unknown>(
    `${name}-check`,
    {
      description: "Tells the Region's health route whether its tables work. No route leads here.",
      environment,
      grants: [
        when(allow(orders, "dynamodb:PutItem", "dynamodb:GetItem"), onlyItsItem),
        when(allow(cards, "dynamodb:PutItem", "dynamodb:GetItem"), onlyItsItem),
      ],
      reservedConcurrency: args.checkConcurrency,
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-check" });
        return createHealthCheck(documentClient(), readOrderTables(), readOwnRegion(), log);
      },
    },
    { parent },
  );

  const { auth, throttle } = args;
  const api = new HttpApi(
    name,
    {
      description: "Place, follow and cancel orders.",
      routes: {
        "POST /api/orders": { function: submit, auth },
        "GET /api/orders": { function: read, auth },
        "GET /api/orders/{orderId}": { function: read, auth },
        "POST /api/orders/{orderId}/cancel": { function: cancel, auth },
        "GET /api/orders/{orderId}/invoice": { function: invoice, auth },
        "POST /api/orders/webhooks/payment": { function: webhooks },
        "POST /api/orders/webhooks/shipping": { function: webhooks },
        "GET /api/orders/health": { function: status },
        "GET /api/orders/openapi.json": { function: status },
      },
      throttle,
      logRetentionDays,
    },
    { parent },
  );
  return { api, functions: { submit, read, cancel, webhooks, health: status, check } };
}
