import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, index } from "../../inlineFunction";
import type { OrderServiceArgs } from "../args";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { handleRequest } from "../handlers/http";
import { createListOpenOrders } from "../handlers/openOrders";
import { OPEN_INDEX } from "../handlers/orderStore";
import { createListRefunds, createRequestRefund } from "../handlers/refunds";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `/api/orders/{orderId}/refunds` and `/api/orders/open`, for merchandisers. */
export function createRefund(
  name: string,
  args: Pick<OrderServiceArgs, "peerRegions" | "replicaRegions">,
  { environment, orders, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-refund`,
    {
      description: "Lists orders, and records and lists partial refunds, for merchandisers.",
      environment: { ...environment, PEER_REGIONS: JSON.stringify(args.peerRegions ?? args.replicaRegions ?? []) },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchGetItem"),
        allow(index(orders, OPEN_INDEX), "dynamodb:Query"),
      ],
      ...settingsOf("refund"),
      callbackFactory: () => {
        const store = createOrderStore();
        const request = createRequestRefund(store, readDeadlines());
        const list = createListRefunds(store);
        const listOpen = createListOpenOrders(store, [
          store.region,
          ...(JSON.parse(setting("PEER_REGIONS")) as string[]),
        ]);
        return handleRequest(new Logger({ serviceName: "orders-refund" }), (event) => {
          if (event.routeKey.endsWith("/open")) return listOpen(event);
          return event.routeKey.startsWith("POST") ? request(event) : list(event);
        });
      },
    },
    { parent },
  );
}
