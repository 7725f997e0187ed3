import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { OrderStore } from "../../../components/orderService/handlers/orderStore";
import { advance, placeCard, takeOver } from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";
import { answeringClient } from "../../kit/orderFakes";

const EAST = "us-east-1";
const WEST = "us-west-2";

interface Written {
  Key?: { region: string };
  Item?: { region: string };
}

/** Returns the Regions, by their keys, whose items the commands write. */
function writersOf(sent: { name: string; input: Record<string, unknown> }[]): string[] {
  return sent.flatMap(({ name, input }) => {
    if (!/^(Put|Update|Delete|TransactWrite)/.test(name)) return [];
    const actions = (input["TransactItems"] as Record<string, Written>[] | undefined) ?? [{ only: input as Written }];
    return actions.flatMap((action) => Object.values(action)).map(({ Key, Item }) => (Key ?? Item)!.region);
  });
}

describe("OrderStore", () => {
  const east = itemOf({ region: EAST });
  const card = placeCard(east.orderId, EAST, "ciphertext", "2026-01-01T00:00:00.000Z");

  it("writes items of its own Region only, because a global table loses concurrent writes", async () => {
    const { client, sent } = answeringClient<DynamoDBDocumentClient>((name) =>
      name === "GetCommand" ? { Item: card } : {},
    );
    const store = new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, WEST);
    const moment = { at: "2026-01-01T00:10:00.000Z" };
    const taken = takeOver({ orders: [east], cancelWished: false }, WEST, moment)!;

    await store.write(taken);
    await store.write(advance(taken.item, "PAID", moment));
    await store.write(advance({ ...taken.item, status: "SHIPPED" }, "DELIVERED", moment));
    await store.write(advance(taken.item, "CANCELLED", moment));
    await store.write(advance(taken.item, "SUPERSEDED", moment));
    await store.place(taken, { ...card, region: WEST }, { limit: 50, at: moment.at });
    await store.wishCancel(east.orderId, east.customerId, moment.at);
    await store.startWait(east.orderId, 2, "token", moment.at);
    await store.endWait(east.orderId, "token", "webhook-1");
    await store.claimNotification(east.orderId, "PAID", moment.at, "2026-01-01T00:11:00.000Z");
    await store.takeRate("sms", east.customerId, { limit: 10, at: moment.at });
    await store.markSent(east.orderId, "PAID", ["PLACED", "PAID"]);

    const writers = writersOf(sent);
    expect(writers).to.have.length.greaterThan(10);
    expect([...new Set(writers)].sort()).to.deep.equal(
      [`cancel#${WEST}`, WEST, `wait#${WEST}`, `notification#${WEST}`, `rate#${WEST}#2026-01-01`].sort(),
    );
  });

  it("deletes card and wait before it writes DELIVERED, without a transaction", async () => {
    const { client, sent } = answeringClient<DynamoDBDocumentClient>(() => ({}));
    const store = new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, EAST);
    const shipped = { ...east, status: "SHIPPED" as const, payment: { kind: "card" as const } };
    expect(await store.write(advance(shipped, "DELIVERED", { at: "2026-01-01T00:10:00.000Z" }))).to.equal(true);
    const { orderId } = east;
    const [first, second, last] = sent.map(({ name, input }) => ({ name, ...input }) as Record<string, unknown>);
    expect(first).to.deep.include({ name: "DeleteCommand", TableName: "cards", Key: { orderId, region: EAST } });
    expect(second).to.deep.include({ name: "DeleteCommand", Key: { orderId, region: `wait#${EAST}` } });
    expect(second?.["ConditionExpression"]).to.contain("epoch <= :epoch");
    expect(last?.["name"]).to.equal("PutCommand");
    expect(last?.["ConditionExpression"]).to.contain("version = :version");
    expect(sent).to.have.length(3);
  });

  it("deletes no card before DELIVERED that PAID has deleted, unless a takeover may have brought it back", async () => {
    for (const [epoch, deleted] of [
      [1, ["orders"]],
      [2, ["cards", "orders"]],
    ] as const) {
      const { client, sent } = answeringClient<DynamoDBDocumentClient>(() => ({}));
      const store = new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, EAST);
      const at = "2026-01-01T00:10:00.000Z";
      const history = (["PLACED", "PAID", "SHIPPING", "SHIPPED"] as const).map((status) => ({
        ...{ status, at, region: EAST, epoch: 1 },
      }));
      const shipped = { ...east, status: "SHIPPED" as const, epoch, history, payment: { kind: "card" as const } };
      await store.write(advance(shipped, "DELIVERED", { at }));
      const tables = sent.filter(({ name }) => name === "DeleteCommand").map(({ input }) => input["TableName"]);
      expect(tables, `epoch ${epoch}`).to.deep.equal(deleted);
    }
  });

  it("does not write DELIVERED if the wait belongs to a later epoch", async () => {
    const refused = Object.assign(new Error("refused"), { name: "ConditionalCheckFailedException" });
    const { client } = answeringClient<DynamoDBDocumentClient>((_name, { ConditionExpression }) => {
      if (ConditionExpression !== undefined) throw refused;
    });
    const store = new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, EAST);
    const late = advance({ ...east, status: "SHIPPED" }, "DELIVERED", { at: "2026-01-01T00:10:00.000Z" });
    expect(await store.write(late)).to.equal(false);
  });

  it("copies the card of an order that it takes over into its own item", async () => {
    const { client, sent } = answeringClient<DynamoDBDocumentClient>((name) =>
      name === "GetCommand" ? { Item: card } : {},
    );
    const store = new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, WEST);
    const taken = takeOver({ orders: [east], cancelWished: false }, WEST, { at: "2026-01-01T00:10:00.000Z" })!;
    await store.write(taken);
    const transaction = sent.find(({ name }) => name === "TransactWriteCommand")?.input["TransactItems"];
    const [order, copied] = transaction as { Put: { TableName: string; Item: object; ConditionExpression?: string } }[];
    expect(order!.Put).to.include({ TableName: "orders", ConditionExpression: "attribute_not_exists(orderId)" });
    expect(copied!.Put).to.deep.include({ TableName: "cards", Item: { ...card, region: WEST } });
  });
});
