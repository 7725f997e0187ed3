import { expect } from "chai";
import { MAX_LINES } from "../../../../domain/order/limits";
import { EAST, StockStand, WEST } from "../../../kit/stockStand";

const COUNTED = { productId: "kettle", quantity: 1 };
const UNCOUNTED = { productId: "lantern", quantity: 1 };

describe("units of counted lines", () => {
  it("are taken in the transaction that stores the order, with no further call", async () => {
    const stand = new StockStand();
    stand.share(EAST, 5);
    expect((await stand.place(EAST, "one", 2)).status).to.equal(201);
    expect(stand.shareIn(EAST)).to.include({ available: 3, sold: 2 });
    expect(stand.own(EAST)[0]).to.deep.include({
      hold: { units: [{ productId: "kettle", quantity: 2 }] },
      heldIn: EAST,
    });
    const names = stand.sent.get(EAST)!.map(({ name }) => name);
    expect(names).to.deep.equal(["BatchGetCommand", "TransactWriteCommand"]);
  });

  it("cost nothing and are not noted for products that are not counted", async () => {
    const stand = new StockStand();
    stand.product("lantern", {});
    expect((await stand.place(EAST, "one", 1, [UNCOUNTED])).status).to.equal(201);
    const transaction = stand.sent.get(EAST)!.at(-1)!.input["TransactItems"] as unknown[];
    expect(transaction.map((action) => Object.keys(action as object))).to.deep.equal([["Put"], ["Update"]]);
    expect(stand.own(EAST)[0]).to.not.have.any.keys("hold", "heldIn");
  });

  it("are taken for up to 50 lines in one transaction, far below DynamoDB's 100 actions and 400 KB an item", async () => {
    const stand = new StockStand();
    const lines = Array.from({ length: MAX_LINES + 1 }, (_, index) => {
      const productId = `${index}`.padStart(64, "p");
      stand.product(productId, { counted: true, name: "ü".repeat(200) });
      stand.share(EAST, 99, { productId });
      return { productId, quantity: 99 };
    });
    expect(await stand.place(EAST, "too long", 1, lines)).to.include({ status: 422 });
    expect(stand.own(EAST)).to.deep.equal([]);
    expect((await stand.place(EAST, "longest", 1, lines.slice(0, MAX_LINES))).status).to.equal(201);
    const actions = stand.sent.get(EAST)!.at(-1)!.input["TransactItems"] as unknown[];
    // The order's item and the count of its customer's day; with the card's item there is one action more.
    expect(actions).to.have.length(MAX_LINES + 2);
    expect(Buffer.byteLength(JSON.stringify(stand.own(EAST)[0]))).to.be.lessThan(60_000);
    expect(Buffer.byteLength(JSON.stringify(actions))).to.be.lessThan(100_000);
  });

  it("are refused with 409 and what is left once no Region has enough, and nothing is stored", async () => {
    const stand = new StockStand();
    stand.product("lantern", {});
    stand.share(EAST, 2);
    stand.share(WEST, 1);
    const answer = await stand.place(EAST, "one", 4, [{ ...COUNTED, quantity: 4 }, UNCOUNTED]);
    expect(answer).to.include({ status: 409, type: "/problems/sold-out" });
    expect(answer.lines).to.deep.equal([{ productId: "kettle", quantity: 4, left: 3 }]);
    expect(answer.detail).to.equal("Too few are left: 3 of kettle. Lower the quantity, or remove the line.");
    expect(stand.own(EAST)).to.deep.equal([]);
    expect(stand.shareIn(EAST)!.available).to.equal(2);
  });

  it("leave the customer's count of the day alone when they are refused, and when an order is repeated", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    stand.share(WEST, 2);
    expect((await stand.place(EAST, "sold-out", 9)).status).to.equal(409);
    expect((await stand.place(EAST, "on-their-way", 2)).status).to.equal(503);
    expect(stand.counts(EAST)).to.deep.equal([]);
    for (const status of [201, 201]) expect((await stand.place(EAST, "one")).status).to.equal(status);
    expect(stand.counts(EAST)).to.deep.equal([1]);
  });

  it("are sold once when two orders want the last one", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    const answers = await Promise.all(["one", "two"].map((key) => stand.place(EAST, key)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
  });

  it("answer a retry of an accepted order with the order, although they are sold", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    const first = await stand.place(EAST, "one");
    expect(await stand.place(EAST, "one")).to.include({ status: 201, orderId: first.orderId });
    await stand.settle();
    expect(await stand.place(WEST, "one"), "in the other Region").to.include({ status: 201, orderId: first.orderId });
    expect(stand.own(WEST)).to.deep.equal([]);
  });

  it("go back once when the order is cancelled, in the transaction that notes it", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    await stand.place(EAST, "one");
    await stand.become(EAST, "CANCELLED");
    await stand.settle({ times: 3 });
    expect(stand.shareIn(EAST)).to.include({ available: 1, sold: 0 });
    expect(stand.own(EAST)[0]!.hold!.returned).to.equal(true);
    expect((await stand.place(EAST, "two")).status).to.equal(201);
  });

  it("stay with an order that is delivered, and with one that waits for its payment", async () => {
    const stand = new StockStand();
    stand.share(EAST, 2);
    await stand.place(EAST, "one");
    await stand.place(EAST, "two");
    const [paid] = stand.own(EAST);
    for (const status of ["PAID", "SHIPPING", "SHIPPED", "DELIVERED"] as const) {
      await stand.become(EAST, status, paid!.orderId);
    }
    await stand.settle();
    expect(stand.shareIn(EAST)).to.include({ available: 0, sold: 2 });
  });

  it("go back in the Region that took them when the Region that took the order over cancels it", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    await stand.place(EAST, "one");
    await stand.settle({ down: [EAST] });
    await stand.takeOver(WEST, stand.orders(WEST)[0]!.orderId);
    expect(stand.own(WEST)[0]).to.include({ heldIn: EAST }).and.not.have.property("hold");
    await stand.become(WEST, "CANCELLED");
    await stand.settle({ down: [EAST] });
    expect(stand.shareIn(EAST)!.available, "frozen while its Region is away").to.equal(0);
    await stand.settle({ times: 2 });
    expect(stand.shareIn(EAST)!.available).to.equal(1);
    expect(stand.shareIn(WEST)?.available ?? 0).to.equal(0);
  });

  it("go back from the second hold of an order that both Regions accepted", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    stand.share(WEST, 1);
    await stand.place(EAST, "one");
    await stand.place(WEST, "one");
    await stand.settle();
    expect(stand.own(WEST)[0]!.status).to.equal("SUPERSEDED");
    expect(stand.shareIn(WEST)!.available, "undecided: either hold may be needed").to.equal(0);
    for (const status of ["PAID", "SHIPPING"] as const) await stand.become(EAST, status);
    await stand.settle({ times: 2 });
    expect(stand.shareIn(WEST)!.available).to.equal(1);
    expect(stand.shareIn(EAST)!.available).to.equal(0);
  });

  it("keep a Region's own hold when it takes over the order that it has placed too", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    stand.share(WEST, 1);
    await stand.place(EAST, "one");
    await stand.place(WEST, "one");
    await stand.settle();
    await stand.takeOver(WEST, stand.own(EAST)[0]!.orderId);
    expect(stand.own(WEST)[0]).to.deep.include({ heldIn: EAST, hold: { units: [COUNTED] } });
    await stand.become(WEST, "CANCELLED");
    await stand.settle({ times: 2 });
    expect([stand.shareIn(EAST)!.available, stand.shareIn(WEST)!.available]).to.deep.equal([1, 1]);
  });
});
