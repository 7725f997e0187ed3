import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, index, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { handleRequest } from "../handlers/api/http";
import { getShares, putDelivery } from "../handlers/api/stockApi";
import { Catalogue } from "../handlers/catalogue";
import { documentClient, setting } from "../handlers/clients";
import { createOrderStore, createStockStore } from "../handlers/environment";
import { OPEN_INDEX } from "../handlers/orderStore";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `/api/orders/stock`, for merchandisers. */
export function createStock(
  name: string,
  { catalogue }: Pick<OrderServiceArgs, "catalogue">,
  { environment, orders, stock, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-stock`,
    {
      description: "Shows and changes the units of counted products for merchandisers.",
      environment: { ...environment, CATALOGUE_TABLE: catalogue.tableName },
      grants: [
        allow(reference("dynamodb:table", catalogue.tableArn), "dynamodb:BatchGetItem"),
        allow(stock, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        allow(index(orders, OPEN_INDEX), "dynamodb:Query"),
        allow(orders, "dynamodb:BatchGetItem"),
      ],
      ...settingsOf("stock"),
      callbackFactory: () => {
        const deps = {
          stock: createStockStore(),
          orders: createOrderStore(),
          catalogue: new Catalogue(documentClient(), setting("CATALOGUE_TABLE")),
        };
        const get = getShares(deps);
        const put = putDelivery(deps);
        return handleRequest(createLogger("orders-stock"), (request) =>
          request.requestContext.http.method === "PUT" ? put(request) : get(request),
        );
      },
    },
    { parent },
  );
}
