import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect } from "chai";
import { submission } from "../../../../bench/orders/memory";
import { Catalogue } from "../../../../components/orderService/handlers/catalogue";
import { OrderStore } from "../../../../components/orderService/handlers/orderStore";
import { StockStore } from "../../../../components/orderService/handlers/stockStore";
import { createSubmitOrder } from "../../../../components/orderService/handlers/submit";
import type { OrderItem } from "../../../../domain/order";
import { answeringClient } from "../../../kit/orderFakes";

/** Creates a submit handler over a table in memory that refuses a count at its limit. */
function intake(ordersPerCustomerDay: number) {
  const orders = new Map<unknown, OrderItem>();
  let used = 0;
  const price = { amount: 3_490, currency: "EUR" };
  const { client } = answeringClient<DynamoDBDocumentClient>((name, input) => {
    if (name === "BatchGetCommand") {
      return { Responses: { products: [{ productId: "kettle", name: "Kettle", price, availability: "in-stock" }] } };
    }
    if (name === "GetCommand") return { Item: orders.get((input["Key"] as { orderId: string }).orderId) };
    if (name === "UpdateCommand") {
      const { ":limit": limit } = input["ExpressionAttributeValues"] as { ":limit": number };
      if (used >= limit) throw Object.assign(new Error("refused"), { name: "ConditionalCheckFailedException" });
      used += 1;
    }
    if (name === "TransactWriteCommand") {
      const [{ Put }] = input["TransactItems"] as [{ Put: { Item: OrderItem } }];
      const earlier = orders.get(Put.Item.orderId);
      if (earlier) {
        const refusal = { Code: "ConditionalCheckFailed", Item: marshall(earlier, { removeUndefinedValues: true }) };
        throw new TransactionCanceledException({ $metadata: {}, message: "cancelled", CancellationReasons: [refusal] });
      }
      orders.set(Put.Item.orderId, Put.Item);
    }
    return {};
  });
  const submit = createSubmitOrder({
    store: new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, "us-east-1"),
    stock: new StockStore(client, "stock", "us-east-1"),
    catalogue: new Catalogue(client, "products"),
    cardKeyIds: ["mrk-1"],
    ordersPerCustomerDay,
  });
  return { submit, orders };
}

describe("createSubmitOrder", () => {
  it("answers 429 with Retry-After above the customer's limit, and still accepts retries", async () => {
    const { submit, orders } = intake(2);
    const placed = [await submit(submission("one")), await submit(submission("two"))];
    expect(placed.map(({ statusCode }) => statusCode)).to.deep.equal([201, 201]);
    const refused = await submit(submission("three"));
    expect(refused.statusCode).to.equal(429);
    expect(refused.headers?.["content-type"]).to.equal("application/problem+json");
    expect(Number(refused.headers?.["retry-after"])).to.be.within(1, 86_400);
    expect(orders.size).to.equal(2);
    expect((await submit(submission("one"))).statusCode).to.equal(201);
  });

  it("takes a repeated order with another token for the same order, which keeps the first token", async () => {
    // After a reload the customer enters the card again, and a provider's fields make another token of it.
    const { submit, orders } = intake(2);
    const by = (token: string) => {
      const request = submission("one");
      const payment = { kind: "token", token };
      return { ...request, body: JSON.stringify({ ...JSON.parse(request.body ?? "{}"), payment }) };
    };
    const [first, second] = [await submit(by("ctoken_1")), await submit(by("ctoken_2"))];
    expect([first.statusCode, second.statusCode]).to.deep.equal([201, 201]);
    expect(second.body).to.equal(first.body);
    expect([...orders.values()].map(({ payment }) => payment.token)).to.deep.equal(["ctoken_1"]);
  });

  it("marks a phone number as verified only if the token contains it", async () => {
    for (const verifiedPhone of ["+4930123456", "+4930999999", undefined]) {
      const { submit, orders } = intake(2);
      const request = submission("one");
      const body = JSON.parse(request.body ?? "{}");
      body.contact.phone = "+4930123456";
      request.body = JSON.stringify(body);
      request.requestContext.authorizer.lambda.verifiedPhone = verifiedPhone;
      expect((await submit(request)).statusCode).to.equal(201);
      const [order] = orders.values();
      expect(order?.contact.phoneVerified).to.equal(verifiedPhone === "+4930123456" ? true : undefined);
    }
  });
});
