import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { requestCancellation } from "../handlers/api/customerOrders";
import { handleRequest } from "../handlers/api/http";
import { createOrderStore } from "../handlers/environment";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `POST /api/orders/{orderId}/cancel`. */
export function createCancel(
  name: string,
  { environment, orders, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-cancel`,
    {
      description: "Records a customer's request to cancel.",
      environment,
      grants: [allow(orders, "dynamodb:Query", "dynamodb:PutItem")],
      ...settingsOf("cancel"),
      callbackFactory: () =>
        handleRequest(new Logger({ serviceName: "orders-cancel" }), requestCancellation(createOrderStore())),
    },
    { parent },
  );
}
