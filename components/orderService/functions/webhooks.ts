import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { secret } from "../../runtime/secrets";
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
  const { environment, orders, logRetentionDays } = shared;
  return new InlineFunction(
    `${name}-webhooks`,
    {
      description:
        "Receives signed webhooks of the providers and has the order's workflow read the provider's records again.",
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
}
