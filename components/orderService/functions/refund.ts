import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { handleRequest } from "../handlers/http";
import { createListRefunds, createRequestRefund } from "../handlers/refunds";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `POST` and `GET /api/orders/{orderId}/refunds`, for merchandisers. */
export function createRefund(
  name: string,
  { environment, orders, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-refund`,
    {
      description: "Records and lists partial refunds for merchandisers.",
      environment,
      grants: [allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem")],
      ...settingsOf("refund"),
      callbackFactory: () => {
        const store = createOrderStore();
        const request = createRequestRefund(store, readDeadlines());
        const list = createListRefunds(store);
        return handleRequest(new Logger({ serviceName: "orders-refund" }), (event) =>
          event.routeKey.startsWith("POST") ? request(event) : list(event),
        );
      },
    },
    { parent },
  );
}
