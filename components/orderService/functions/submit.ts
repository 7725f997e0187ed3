import * as pulumi from "@pulumi/pulumi";
import { ORDERS_PER_CUSTOMER_DAY } from "../../../domain/order";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { handleRequest } from "../handlers/api/http";
import { createQuote } from "../handlers/api/quote";
import { createSubmitOrder } from "../handlers/api/submit";
import { Catalogue } from "../handlers/catalogue";
import { documentClient, setting } from "../handlers/clients";
import { createOrderStore, createStockStore, readDeadlines } from "../handlers/environment";
import { createCounter } from "../handlers/metrics";
import type { OrderData } from "../resources/orderTables";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `POST /api/orders` and `POST /api/orders/quotes`. */
export function createSubmit(
  name: string,
  args: OrderServiceArgs,
  data: OrderData,
  { environment, orders, cards, stock, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  const { shippingMethods, tax } = args;
  return new InlineFunction(
    `${name}-submit`,
    {
      description:
        "Accepts an order: prices it, takes its units, and stores it with its encrypted card. Quotes prices.",
      environment: {
        ...environment,
        CATALOGUE_TABLE: args.catalogue.tableName,
        CARD_KEY_IDS: pulumi.jsonStringify([data.cardKey, ...data.acceptedCardKeys].map(({ keyId }) => keyId)),
        ORDERS_PER_CUSTOMER_DAY: String(args.ordersPerCustomerDay ?? ORDERS_PER_CUSTOMER_DAY),
      },
      grants: [
        allow(reference("dynamodb:table", args.catalogue.tableArn), "dynamodb:BatchGetItem"),
        allow(orders, "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Query"),
        allow(cards, "dynamodb:PutItem"),
        allow(stock, "dynamodb:UpdateItem", "dynamodb:Query"),
      ],
      memoryMb: 1_024,
      ...settingsOf("submit"),
      callbackFactory: () => {
        const log = createLogger("orders-submit");
        const count = createCounter();
        const catalogue = new Catalogue(documentClient(), setting("CATALOGUE_TABLE"));
        const charges = { shippingMethods, tax };
        const quote = createQuote({ catalogue, charges });
        const submitOrder = createSubmitOrder({
          store: createOrderStore(),
          stock: createStockStore(),
          catalogue,
          charges,
          cardKeyIds: JSON.parse(setting("CARD_KEY_IDS")) as string[],
          deadlines: readDeadlines(),
          ordersPerCustomerDay: Number(setting("ORDERS_PER_CUSTOMER_DAY")),
        });
        return handleRequest(log, async (request) => {
          if (request.routeKey === "POST /api/orders/quotes") return await quote(request);
          const response = await submitOrder(request);
          if (response.statusCode === 201) count("OrdersPlaced");
          return response;
        });
      },
    },
    { parent },
  );
}
