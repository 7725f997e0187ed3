import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { createQuote } from "../../components/orderService/handlers/api/quote";
import { createSubmitOrder } from "../../components/orderService/handlers/api/submit";
import { Catalogue } from "../../components/orderService/handlers/catalogue";
import { OrderStore } from "../../components/orderService/handlers/orderStore";
import { StockStore } from "../../components/orderService/handlers/stock/stockStore";
import type { ChargeRules, OrderItem } from "../../domain/order";
import { answeringClient } from "./orderFakes";
import { submission } from "./submission";

/** Creates the handlers of orders and quotes over a table in memory, whose transactions refuse a repeated order and a count at its limit. */
export function intake(ordersPerCustomerDay: number, charges?: ChargeRules) {
  const orders = new Map<unknown, OrderItem>();
  let used = 0;
  let meetsCopy = false;
  const price = { amount: 3_490, currency: "EUR" };
  const { client } = answeringClient<DynamoDBDocumentClient>((name, input) => {
    if (name === "BatchGetCommand") {
      const kettle = { productId: "kettle", name: "Kettle", category: "Kettles", price, availability: "in-stock" };
      return { Responses: { products: [kettle] } };
    }
    if (name === "GetCommand") return { Item: orders.get((input["Key"] as { orderId: string }).orderId) };
    if (name === "TransactWriteCommand") {
      const [{ Put }, { Update }] = input["TransactItems"] as [
        { Put: { Item: OrderItem } },
        { Update: { ExpressionAttributeValues: { ":limit": number } } },
      ];
      const earlier = orders.get(Put.Item.orderId);
      const refused = { Code: "ConditionalCheckFailed" };
      const CancellationReasons = [
        earlier && !meetsCopy
          ? { ...refused, Item: marshall(earlier, { removeUndefinedValues: true }) }
          : { Code: meetsCopy ? "TransactionConflict" : "None" },
        used >= Update.ExpressionAttributeValues[":limit"] ? refused : { Code: "None" },
      ];
      if (CancellationReasons.some(({ Code }) => Code !== "None")) {
        throw new TransactionCanceledException({ $metadata: {}, message: "cancelled", CancellationReasons });
      }
      orders.set(Put.Item.orderId, Put.Item);
      used += 1;
    }
    return {};
  });
  const catalogue = new Catalogue(client, "products");
  const quote = createQuote({ catalogue, charges });
  const submit = createSubmitOrder({
    store: new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, "us-east-1"),
    stock: new StockStore(client, "stock", "us-east-1"),
    catalogue,
    charges,
    cardKeyIds: ["mrk-1"],
    ordersPerCustomerDay,
  });
  return { submit, quote, orders, meetCopy: () => (meetsCopy = true) };
}

/** Two shipping methods, one of them abroad too, and a tax on top of prices. */
export const charges: ChargeRules = {
  shippingMethods: [
    { id: "standard", name: "Standard", price: { EUR: 490 } },
    { id: "express", name: "Express", price: { EUR: 1_290 }, countries: ["US"], deliveryDays: [1, 2] },
  ],
  tax: {
    pricesIncludeTax: false,
    rates: [{ name: "Tax", percent: ({ category }) => (category === "Kettles" ? 10 : undefined), countries: ["US"] }],
  },
};
/** A request for a quote of two kettles. */
export const quoting = (destination: object, shippingMethod?: string) => ({
  ...submission("none"),
  routeKey: "POST /api/orders/quotes",
  body: JSON.stringify({ lines: [{ productId: "kettle", quantity: 2 }], destination, shippingMethod }),
});
