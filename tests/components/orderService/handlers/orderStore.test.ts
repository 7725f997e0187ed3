import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { OrderStore } from "../../../../components/orderService/handlers/orderStore";
import { type AddressBookItem, advance, placeCard, takeOver } from "../../../../domain/order";
import { itemOf, refundItemOf } from "../../../kit/orderArbitraries";
import { answeringClient } from "../../../kit/orderFakes";
import { EAST, StockStand, WEST } from "../../../kit/stockStand";

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

  describe("on tables in memory", () => {
    const AT = "2026-01-01T00:00:00.000Z";
    const LATER = "2026-01-01T00:10:00.000Z";
    const { orderId } = east;
    const stand = () => {
      const made = new StockStand();
      const store = made.store(EAST);
      return { store, made, itemIn: (key: string) => made.item(EAST, orderId, `${key}#${EAST}`) };
    };

    it("keeps the wait of a later epoch, and webhooks recorded before a wait", async () => {
      const { store, itemIn } = stand();
      await store.startWait(orderId, 1, "first", AT, "https://bank.example.com/1");
      await store.endWait(orderId, "first", "webhook-1");
      expect(itemIn("wait")).to.not.have.property("token");
      await store.startWait(orderId, 2, "second", LATER);
      await store.startWait(orderId, 1, "late", LATER);
      expect(itemIn("wait")).to.deep.include({ token: "second", epoch: 2, wokenBy: new Set(["webhook-1"]) });
      expect(itemIn("wait")).to.not.have.property("challengeUrl");
    });

    it("ends a wait only by its current token", async () => {
      const { store, itemIn } = stand();
      await store.startWait(orderId, 1, "first", AT);
      await store.startWait(orderId, 1, "second", LATER);
      await store.endWait(orderId, "first", "webhook-1");
      expect(await store.waiting(orderId)).to.include({ token: "second" });
      await store.endWait(orderId, "second");
      expect(itemIn("wait")).to.not.have.any.keys("token", "wokenBy");
    });

    it("gives a notification to one copy at a time, and to none after it was sent", async () => {
      const { store } = stand();
      const claim = (at: string, until: string) => store.claimNotification(orderId, "PAID", at, until);
      expect(await claim(AT, "2026-01-01T00:01:00.000Z")).to.equal(true);
      expect(await claim("2026-01-01T00:00:59.000Z", LATER)).to.equal(false);
      // Its holder has died.
      expect(await claim("2026-01-01T00:01:01.000Z", LATER)).to.equal(true);
      await store.markSent(orderId, "PAID", ["PLACED", "PAID"]);
      expect(await claim("2026-01-02T00:00:00.000Z", "2026-01-02T00:01:00.000Z")).to.equal(false);
      expect([...(await store.notified(orderId)).sent]).to.have.members(["PLACED", "PAID"]);
    });

    it("keeps the first request to cancel", async () => {
      const { store, itemIn } = stand();
      await store.wishCancel(orderId, "ann", AT);
      await store.wishCancel(orderId, "ann", LATER);
      expect(itemIn("cancel")).to.include({ requestedAt: AT });
      expect((await store.partition(orderId)).cancelWished).to.equal(true);
    });

    it("writes a refund over the version that was read, and only if no other was accepted since", async () => {
      const { store } = stand();
      const item = refundItemOf({ orderId, version: 1 });
      expect(await store.writeRefund({ item, version: undefined, accepted: 0 })).to.equal(true);
      const other = refundItemOf({ orderId, refundId: "OTHER6789ABCDEFGHJKMNPQRST", region: "refund#us-east-1#OTHER" });
      expect(await store.writeRefund({ item: other, version: undefined, accepted: 0 })).to.equal(false);
      expect((await store.partition(orderId)).refunds).to.have.length(1);
      expect(await store.writeRefund({ item: other, version: undefined, accepted: 1 })).to.equal(true);
      expect((await store.partition(orderId)).acceptedRefunds).to.deep.equal({ [EAST]: 2 });
      const refunded = { ...item, status: "REFUNDED" as const, version: 2 };
      expect(await store.writeRefund({ item: refunded, version: 1 })).to.equal(true);
      expect(await store.writeRefund({ item: refunded, version: 1 })).to.equal(false);
    });

    it("writes saved addresses over the version that was read", async () => {
      const { store } = stand();
      const write = (version: number) =>
        store.writeAddressBook({ orderId: "addresses#ann", region: EAST, version } as AddressBookItem);
      expect([await write(1), await write(1), await write(2), await write(2)]).to.deep.equal([
        true,
        false,
        true,
        false,
      ]);
    });

    it("prefers its own card to the peer's", async () => {
      const cards = [WEST, EAST].map((region) => placeCard(orderId, region, `of ${region}`, AT));
      const { client } = answeringClient<DynamoDBDocumentClient>(() => ({ Items: cards }));
      const of = (region: string) =>
        new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, region).anyCard(orderId);
      expect(await of(EAST)).to.include({ ciphertext: `of ${EAST}` });
      expect(await of("eu-west-1")).to.include({ ciphertext: `of ${WEST}` });
    });
  });
});
