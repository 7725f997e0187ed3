import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, index } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { getOrder, listOrders } from "../handlers/api/customerOrders";
import { handleRequest } from "../handlers/api/http";
import { createOrderStore } from "../handlers/environment";
import { CUSTOMER_INDEX } from "../handlers/orderStore";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `GET /api/orders` and `GET /api/orders/{orderId}`. */
export function createRead(
  name: string,
  { environment, orders, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-read`,
    {
      description: "Returns the customer's own orders.",
      environment,
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:BatchGetItem"),
        allow(index(orders, CUSTOMER_INDEX), "dynamodb:Query"),
      ],
      ...settingsOf("read"),
      callbackFactory: () => {
        const log = createLogger("orders-read");
        const store = createOrderStore();
        const list = listOrders(store);
        const get = getOrder(store);
        return handleRequest(log, (request) => (request.routeKey === "GET /api/orders" ? list(request) : get(request)));
      },
    },
    { parent },
  );
}
