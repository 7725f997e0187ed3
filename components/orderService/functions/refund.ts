import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, index } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { handleRequest } from "../handlers/api/http";
import { createListPlacedOrders } from "../handlers/api/placedOrders";
import { createListRefunds, createRequestRefund } from "../handlers/api/refunds";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { PLACED_INDEX } from "../handlers/orderStore";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `/api/orders/{orderId}/refunds` and `/api/orders/placed`, for merchandisers. */
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
        allow(index(orders, PLACED_INDEX), "dynamodb:Query"),
      ],
      ...settingsOf("refund"),
      callbackFactory: () => {
        const store = createOrderStore();
        const request = createRequestRefund(store, readDeadlines());
        const list = createListRefunds(store);
        const regions = [store.region, ...(JSON.parse(setting("PEER_REGIONS")) as string[])];
        const listPlaced = createListPlacedOrders(store, regions);
        return handleRequest(createLogger("orders-refund"), (event) => {
          if (event.routeKey.endsWith("/placed")) return listPlaced(event);
          return event.routeKey.startsWith("POST") ? request(event) : list(event);
        });
      },
    },
    { parent },
  );
}
