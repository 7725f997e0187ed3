import { expect } from "chai";
import fc from "fast-check";
import {
  advance,
  effectiveItem,
  holds,
  isOpen,
  MAX_RESTARTS,
  mayBecome,
  ORDER_STATUSES,
  type OrderItem,
  onForeignRecord,
  openKeys,
  PARKED_SWEEP_AT,
  placeCard,
  placeOrder,
  release,
  sweep,
  takeOver,
} from "../../../domain/order";
import { itemOf, standings } from "../../kit/orderArbitraries";

const moment = { at: "2026-03-01T12:00:00.000Z", deadlines: { settlingSeconds: 60, travellingSeconds: 3_600 } };

describe("Placing an order (rule 2)", () => {
  const { kind: _kind, schema: _schema, ...order } = itemOf();

  it("writes the first item of the Region only, open, at epoch 1, with the deadline of its status", () => {
    const write = placeOrder({ ...order, payment: { kind: "card" } }, moment.at, moment.deadlines);
    expect(write.condition).to.deep.equal({ absent: true });
    expect(write.item).to.include({ epoch: 1, version: 1, status: "PLACED", createdAt: moment.at });
    expect(write.item.sweepAt).to.equal("2026-03-01T12:01:00.000Z");
    expect(openKeys("us-east-1")).to.include(write.item.openIn);
    expect(write.item.history).to.deep.equal([{ status: "PLACED", at: moment.at, region: "us-east-1", epoch: 1 }]);
  });

  it("lets a card that nobody authorizes be forgotten after a day", () => {
    const card = placeCard("id", "us-east-1", "jwe", moment.at);
    expect(card.expiresAt).to.equal(Date.parse("2026-03-02T12:00:00.000Z") / 1_000);
  });
});

describe("The next status of an own item (rule 8)", () => {
  it("is written only from the item as it was read, under its epoch", () => {
    const own = itemOf();
    const { condition, item } = advance(own, "PAID", moment);
    expect(holds(condition, own)).to.equal(true);
    expect(item).to.include({ status: "PAID", epoch: own.epoch, version: own.version + 1 });
    expect(holds(condition, undefined)).to.equal(false);
    expect(holds(condition, item)).to.equal(false);
    expect(holds(condition, { ...own, epoch: own.epoch + 1 })).to.equal(false);
    expect(holds(condition, { ...own, status: "CANCELLED" })).to.equal(false);
  });

  it("deletes the card at PAID and at every end, and leaves the open orders at the end", () => {
    for (const from of ORDER_STATUSES) {
      for (const to of ORDER_STATUSES.filter((next) => mayBecome(from, next))) {
        const { item, deleteCard } = advance(itemOf({ status: from }), to, moment);
        expect(deleteCard, to).to.equal(to === "PAID" || !isOpen(to));
        expect(item.openIn !== undefined, to).to.equal(isOpen(to));
        expect(item.sweepAt !== undefined, to).to.equal(isOpen(to));
      }
    }
  });

  it("has a far deadline while the parcel travels", () => {
    expect(advance(itemOf({ status: "PAID" }), "SHIPPING", moment).item.sweepAt).to.equal("2026-03-01T13:00:00.000Z");
  });

  it("keeps what a later release has added to the item", () => {
    const own = Object.assign(itemOf(), { gift: true });
    expect(advance(own, "PAID", moment).item).to.include({ gift: true });
  });

  it("is refused where the table of statuses has no such transition", () => {
    expect(() => advance(itemOf({ status: "DELIVERED" }), "CANCELLED", moment)).to.throw(
      /DELIVERED can't become CANCELLED/,
    );
  });
});

describe("The other Region's record (rule 9)", () => {
  it("makes the own item step back exactly if it is outranked, a finished one included", () => {
    fc.assert(
      fc.property(standings, (some) => {
        const orders = some.map((standing) => itemOf(standing));
        const own = orders.find(({ region }) => region === "us-east-1");
        const write = onForeignRecord({ orders, cancelWished: false }, "us-east-1", moment);
        const outranked = own !== undefined && own.status !== "SUPERSEDED" && effectiveItem(orders) !== own;
        expect(write !== undefined).to.equal(outranked);
        if (write) expect(write.item).to.include({ status: "SUPERSEDED", region: "us-east-1", epoch: own?.epoch });
      }),
    );
  });
});

describe("A takeover (rule 10)", () => {
  const west = itemOf({ region: "us-west-2" });

  it("continues the other Region's order under a new epoch, with its content, its age and its card", () => {
    const write = takeOver({ orders: [west], cancelWished: false }, "us-east-1", moment)!;
    expect(write.condition).to.deep.equal({ absent: true });
    expect(write.copyCardOf).to.equal("us-west-2");
    expect(write.item).to.include({ region: "us-east-1", epoch: 2, status: "PLACED", createdAt: west.createdAt });
    expect(write.item.lines).to.deep.equal(west.lines);
    expect(write.item.openIn).to.match(/^us-east-1#/);
  });

  it("needs no card once the payment is authorized", () => {
    const paid = itemOf({ region: "us-west-2", status: "PAID" });
    expect(takeOver({ orders: [paid], cancelWished: false }, "us-east-1", moment)).to.not.have.property("copyCardOf");
  });

  it("happens to the unfinished item that speaks, if that is the other Region's, and makes the own one speak", () => {
    fc.assert(
      fc.property(standings, (some) => {
        const orders = some.map((standing) => itemOf(standing));
        const speaker = effectiveItem(orders)!;
        const write = takeOver({ orders, cancelWished: false }, "us-east-1", moment);
        expect(write !== undefined).to.equal(speaker.region !== "us-east-1" && isOpen(speaker.status));
        if (!write) return;
        const own = orders.find(({ region }) => region === "us-east-1");
        expect(holds(write.condition, own)).to.equal(true);
        expect(write.item.epoch).to.be.greaterThan(Math.max(...orders.map(({ epoch }) => epoch)));
        expect(effectiveItem([...orders.filter((item) => item !== own), write.item])).to.equal(write.item);
      }),
    );
  });

  it("is undone by nothing but a change of the own item in between", () => {
    const own = itemOf({ status: "SUPERSEDED" });
    const write = takeOver({ orders: [own, west], cancelWished: false }, "us-east-1", moment)!;
    expect(holds(write.condition, own)).to.equal(true);
    expect(holds(write.condition, { ...own, version: own.version + 1 })).to.equal(false);
    expect(write.item.version).to.equal(own.version + 1);
  });
});

describe("A sweep (rule 12)", () => {
  const sweepOf = (orders: ReturnType<typeof itemOf>[], running: boolean) =>
    sweep({ orders, cancelWished: false }, "us-east-1", running, moment);

  it("takes an order over from oneself when no execution runs", () => {
    const decision = sweepOf([itemOf({ status: "PAID" })], false);
    if (decision.kind !== "restart") throw new Error(decision.kind);
    expect(decision.write.item).to.include({ epoch: 2, status: "PAID", region: "us-east-1" });
    expect(decision.write.deleteCard).to.equal(false);
  });

  describe("after many restarts", () => {
    const entry = (more: Partial<OrderItem["history"][number]> = {}) =>
      ({ status: "PAID", at: moment.at, region: "us-east-1", epoch: 1, ...more }) as const;
    // `itemOf` adds the entry of its status.
    const stalled = (restarts: number, before: OrderItem["history"] = [entry({ status: "PLACED" })]) =>
      itemOf({ status: "PAID", history: [...before, ...Array.from({ length: restarts }, () => entry())] });

    it("parks the order in its status, and then leaves it alone", () => {
      expect(sweepOf([stalled(MAX_RESTARTS - 1)], false).kind).to.equal("restart");
      const own = stalled(MAX_RESTARTS);
      const decision = sweepOf([own], false);
      if (decision.kind !== "park") throw new Error(decision.kind);
      const { item } = decision.write;
      expect(item).to.deep.equal({ ...own, version: own.version + 1, sweepAt: PARKED_SWEEP_AT });
      expect(sweepOf([item], false)).to.deep.equal({ kind: "nothing" });
    });

    it("begins a new count with each status and each takeover", () => {
      const many = stalled(MAX_RESTARTS).history;
      expect(
        sweepOf(
          [
            stalled(
              0,
              many.map((each) => ({ ...each, status: "PLACED" })),
            ),
          ],
          false,
        ).kind,
      ).to.equal("restart");
      expect(
        sweepOf(
          [
            stalled(
              0,
              many.map((each) => ({ ...each, region: "us-west-2" })),
            ),
          ],
          false,
        ).kind,
      ).to.equal("restart");
    });

    it("parks a PLACED order as well, which has no status before", () => {
      const placed = itemOf({ history: Array.from({ length: MAX_RESTARTS }, () => entry({ status: "PLACED" })) });
      expect(sweepOf([placed], false).kind).to.equal("park");
    });

    it("restarts a parked order that is released or taken over, under the next epoch and with a deadline again", () => {
      const parked = { ...stalled(MAX_RESTARTS), sweepAt: PARKED_SWEEP_AT };
      const partition = { orders: [parked], cancelWished: false };
      for (const write of [release(partition, "us-east-1", moment), takeOver(partition, "us-west-2", moment)]) {
        expect(write?.item).to.include({ epoch: 2, status: "PAID" });
        expect(write?.item.sweepAt).to.not.equal(PARKED_SWEEP_AT);
      }
      const peer = itemOf({ status: "PAID", region: "us-west-2", epoch: 5 });
      expect(release({ orders: [parked, peer], cancelWished: false }, "us-east-1", moment)).to.equal(undefined);
      expect(release({ orders: [stalled(1)], cancelWished: false }, "us-east-1", moment)).to.equal(undefined);
    });
  });

  it("looks again later when one runs, without a new status or epoch", () => {
    const own = itemOf({ status: "PAID" });
    const decision = sweepOf([own], true);
    if (decision.kind !== "postpone") throw new Error(decision.kind);
    expect(decision.write.item).to.include({ epoch: 1, status: "PAID", sweepAt: "2026-03-01T12:01:00.000Z" });
    expect(decision.write.item.history).to.deep.equal(own.history);
  });

  it("steps back where the other Region's item speaks", () => {
    expect(sweepOf([itemOf(), itemOf({ region: "us-west-2", epoch: 2 })], false).kind).to.equal("supersede");
  });

  it("has nothing to do with what is finished, or not here", () => {
    expect(sweepOf([itemOf({ status: "DELIVERED" })], false).kind).to.equal("nothing");
    expect(sweepOf([itemOf({ region: "us-west-2" })], false).kind).to.equal("nothing");
  });
});
