import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createSubmitOrder } from "../../components/orderService/handlers/api/submit";
import { Catalogue } from "../../components/orderService/handlers/catalogue";
import { OrderStore } from "../../components/orderService/handlers/orderStore";
import { StockStore } from "../../components/orderService/handlers/stock/stockStore";

const PRODUCT = {
  productId: "kettle",
  name: "Kettle",
  price: { amount: 3_490, currency: "EUR" },
  availability: "in-stock",
};

/** The submit handler with an immediate DynamoDB, so that only its own work is measured. */
export function submitInMemory() {
  const client = {
    send: async (command: unknown) =>
      command instanceof BatchGetCommand ? { Responses: { products: [PRODUCT] } } : {},
  } as unknown as DynamoDBDocumentClient;
  return createSubmitOrder({
    store: new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, "us-east-1"),
    stock: new StockStore(client, "stock", "us-east-1"),
    catalogue: new Catalogue(client, "products"),
    cardKeyIds: ["mrk-1"],
    ordersPerCustomerDay: 1_000_000,
  });
}
