import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { functionCaller, setting } from "../handlers/clients";
import { createOrderStore, createTaskReply } from "../handlers/environment";
import { handleRequest } from "../handlers/http";
import { requestShipmentCheck } from "../handlers/lookNow";
import { resumeExecution } from "../handlers/wake";
import { receiveWebhook } from "../handlers/webhooks";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of both `POST /api/orders/webhooks/…` routes. */
export function createWebhooks(
  name: string,
  { shared, ship }: { shared: SharedSettings; ship: InlineFunction },
  parent: pulumi.Resource,
): InlineFunction {
  const { environment, orders, logRetentionDays, payment, shipping } = shared;
  const readPayment = payment.webhooks.connect;
  const readShipping = shipping.webhooks.connect;
  return new InlineFunction(
    `${name}-webhooks`,
    {
      description:
        "Receives signed webhooks of the providers and has the order's workflow read the provider's records again.",
      environment: {
        ...environment,
        ...payment.webhooks.environment,
        ...shipping.webhooks.environment,
        SHIP_FUNCTION: ship.name,
      },
      grants: [
        allow(orders, "dynamodb:GetItem", "dynamodb:UpdateItem"),
        ...payment.webhooks.grants,
        ...shipping.webhooks.grants,
        // A payment webhook wakes the workflow; a shipment webhook only triggers a check of the parcel.
        allow(reference("states:stateMachine", shared.stateMachine.arn), "states:SendTaskFailure"),
        allow(reference("lambda:function", ship.arn), "lambda:InvokeFunction"),
      ],
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-webhooks" });
        const store = createOrderStore();
        const reply = createTaskReply();
        const ship = { client: functionCaller(), name: setting("SHIP_FUNCTION") };
        const receivePayment = receiveWebhook(readPayment(), log, (orderId, webhookId) =>
          resumeExecution(store, reply, orderId, webhookId),
        );
        const receiveShipping = receiveWebhook(readShipping(), log, (orderId, webhookId) =>
          requestShipmentCheck(store, ship, orderId, webhookId),
        );
        return handleRequest(log, (request) =>
          request.routeKey.endsWith("/payment") ? receivePayment(request) : receiveShipping(request),
        );
      },
    },
    { parent },
  );
}
