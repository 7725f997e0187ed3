import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
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
      callbackFactory: () => handleRequest(createLogger("orders-cancel"), requestCancellation(createOrderStore())),
    },
    { parent },
  );
}
