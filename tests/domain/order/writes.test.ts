import { expect } from "chai";
import fc from "fast-check";
import {
  advance,
  effectiveItem,
  holds,
  isOpen,
  MAX_RESTARTS,
  mayBecome,
  mayDecide,
  ORDER_STATUSES,
  type OrderItem,
  type OrderStatus,
  onForeignRecord,
  PARKED_SWEEP_AT,
  release,
  returnHold,
  sweep,
  takeOver,
} from "../../../domain/order";
import { itemOf, standing, standings } from "../../kit/orderArbitraries";

const moment = { at: "2026-03-01T12:00:00.000Z", deadlines: { settlingSeconds: 60, travellingSeconds: 3_600 } };

describe("advance (rule 8)", () => {
  it("replaces only the item that was read, under its epoch", () => {
    const own = itemOf();
    const { condition, item } = advance(own, "PAID", moment);
    expect(holds(condition, own)).to.equal(true);
    expect(item).to.include({ status: "PAID", epoch: own.epoch, version: own.version + 1 });
    expect(holds(condition, undefined)).to.equal(false);
    expect(holds(condition, item)).to.equal(false);
    expect(holds(condition, { ...own, epoch: own.epoch + 1 })).to.equal(false);
    expect(holds(condition, { ...own, status: "CANCELLED" })).to.equal(false);
  });

  it("deletes the card at PAID and at final statuses, which also leave the index of open orders", () => {
    for (const from of ORDER_STATUSES) {
      for (const to of ORDER_STATUSES.filter((next) => mayBecome(from, next))) {
        const { item, deleteCard } = advance(itemOf({ status: from }), to, moment);
        expect(deleteCard, to).to.equal(to === "PAID" || !isOpen(to));
        expect(item.openIn !== undefined, to).to.equal(isOpen(to));
        expect(item.sweepAt !== undefined, to).to.equal(isOpen(to));
      }
    }
  });

  it("sets a longer deadline while the parcel travels", () => {
    expect(advance(itemOf({ status: "PAID" }), "SHIPPING", moment).item.sweepAt).to.equal("2026-03-01T13:00:00.000Z");
  });

  it("keeps a deadline of the same kind until half of its time has passed, which spares writes of the index", () => {
    const placed = { ...itemOf(), sweepAt: "2026-03-01T12:00:31.000Z" };
    const deadlineOf = (own: OrderItem, status: OrderStatus) => advance(own, status, moment).item.sweepAt;
    expect(deadlineOf(placed, "PAID")).to.equal(placed.sweepAt);
    expect(deadlineOf({ ...placed, sweepAt: "2026-03-01T12:00:30.000Z" }, "PAID")).to.equal("2026-03-01T12:01:00.000Z");
    const shipping = { ...itemOf({ status: "SHIPPING" }), sweepAt: "2026-03-01T12:50:00.000Z" };
    expect(deadlineOf(shipping, "SHIPPED")).to.equal(shipping.sweepAt);
    expect(deadlineOf({ ...shipping, sweepAt: PARKED_SWEEP_AT }, "SHIPPED"), "a parked item").to.equal(
      "2026-03-01T13:00:00.000Z",
    );
  });

  it("keeps attributes of a later release", () => {
    const own = Object.assign(itemOf(), { gift: true });
    expect(advance(own, "PAID", moment).item).to.include({ gift: true });
  });

  it("refuses a transition that the status table does not contain", () => {
    expect(() => advance(itemOf({ status: "DELIVERED" }), "CANCELLED", moment)).to.throw(
      /DELIVERED can't become CANCELLED/,
    );
  });
});

describe("onForeignRecord (rule 9)", () => {
  it("supersedes the own item exactly if it is outranked, a final one included", () => {
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

describe("mayDecide", () => {
  const hold = { units: [{ productId: "kettle", quantity: 1 }] };
  const heldIn = fc.constantFrom("us-east-1", "us-west-2");

  it("is true of each change of the peer Region's item that changes a decision about the own one (rules 9 and 15)", () => {
    fc.assert(
      fc.property(
        fc.tuple(standing(fc.constant("us-east-1")), heldIn),
        fc.tuple(standing(fc.constant("us-west-2")), heldIn),
        fc.tuple(standing(fc.constant("us-west-2")), heldIn),
        ([own], [before, heldBefore], [after, heldAfter]) => {
          const changed = { ...itemOf(after), heldIn: heldAfter };
          const earlier = { ...itemOf(before), heldIn: heldBefore };
          if (mayDecide(earlier, changed)) return;
          const decided = (theirs: OrderItem) => {
            const partition = { orders: [{ ...itemOf(own), hold }, theirs], cancelWished: false };
            return [onForeignRecord(partition, "us-east-1", moment), returnHold(partition, "us-east-1")];
          };
          expect(decided(changed)).to.deep.equal(decided(earlier));
        },
      ),
      {
        // No status follows DELIVERED, but the ranking puts it first.
        examples: [
          [
            [{ region: "us-east-1", epoch: 2, status: "SHIPPED", createdAt: "2026-01-01T00:00:00.000Z" }, "us-east-1"],
            [
              { region: "us-west-2", epoch: 2, status: "DELIVERED", createdAt: "2026-01-01T00:01:00.000Z" },
              "us-east-1",
            ],
            [{ region: "us-west-2", epoch: 2, status: "SHIPPED", createdAt: "2026-01-01T00:01:00.000Z" }, "us-east-1"],
          ],
        ],
      },
    );
  });

  it("is true of three of the five changes of an undisturbed order", () => {
    const statuses = ["PLACED", "PAID", "SHIPPING", "SHIPPED", "DELIVERED"] as const;
    const items = statuses.map((status) => itemOf({ status, region: "us-west-2" }));
    const deciding = items.filter((item, index) => mayDecide(items[index - 1], item));
    expect(deciding.map(({ status }) => status)).to.deep.equal(["PLACED", "SHIPPING", "DELIVERED"]);
  });
});

describe("takeOver (rule 10)", () => {
  const west = itemOf({ region: "us-west-2" });

  it("continues the peer Region's order under a new epoch, with its content, creation time and card", () => {
    const write = takeOver({ orders: [west], cancelWished: false }, "us-east-1", moment)!;
    expect(write.condition).to.deep.equal({ absent: true });
    expect(write.copyCardOf).to.equal("us-west-2");
    expect(write.item).to.include({ region: "us-east-1", epoch: 2, status: "PLACED", createdAt: west.createdAt });
    expect(write.item.lines).to.deep.equal(west.lines);
    expect(write.item.openIn).to.match(/^us-east-1#/);
  });

  it("copies no card once the payment is authorized", () => {
    const paid = itemOf({ region: "us-west-2", status: "PAID" });
    expect(takeOver({ orders: [paid], cancelWished: false }, "us-east-1", moment)).to.not.have.property("copyCardOf");
  });

  it("replaces an open effective item of the peer Region, and makes the own item effective", () => {
    fc.assert(
      fc.property(standings, (some) => {
        const orders = some.map((standing) => itemOf(standing));
        const effective = effectiveItem(orders)!;
        const write = takeOver({ orders, cancelWished: false }, "us-east-1", moment);
        expect(write !== undefined).to.equal(effective.region !== "us-east-1" && isOpen(effective.status));
        if (!write) return;
        const own = orders.find(({ region }) => region === "us-east-1");
        expect(holds(write.condition, own)).to.equal(true);
        expect(write.item.epoch).to.be.greaterThan(Math.max(...orders.map(({ epoch }) => epoch)));
        expect(effectiveItem([...orders.filter((item) => item !== own), write.item])).to.equal(write.item);
      }),
    );
  });

  it("fails only if the own item was changed concurrently", () => {
    const own = itemOf({ status: "SUPERSEDED" });
    const write = takeOver({ orders: [own, west], cancelWished: false }, "us-east-1", moment)!;
    expect(holds(write.condition, own)).to.equal(true);
    expect(holds(write.condition, { ...own, version: own.version + 1 })).to.equal(false);
    expect(write.item.version).to.equal(own.version + 1);
  });
});

describe("sweep (rule 12)", () => {
  const sweepOf = (orders: ReturnType<typeof itemOf>[], running: boolean) =>
    sweep({ orders, cancelWished: false }, "us-east-1", running, moment);

  it("restarts an order without a running execution, under the next epoch", () => {
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

    it("parks the order in its status, and then ignores it", () => {
      expect(sweepOf([stalled(MAX_RESTARTS - 1)], false).kind).to.equal("restart");
      const own = stalled(MAX_RESTARTS);
      const decision = sweepOf([own], false);
      if (decision.kind !== "park") throw new Error(decision.kind);
      const { item } = decision.write;
      expect(item).to.deep.equal({ ...own, version: own.version + 1, sweepAt: PARKED_SWEEP_AT });
      expect(sweepOf([item], false)).to.deep.equal({ kind: "nothing" });
    });

    it("counts restarts from the last status or takeover", () => {
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

    it("parks a PLACED order too, which has no earlier status", () => {
      const placed = itemOf({ history: Array.from({ length: MAX_RESTARTS }, () => entry({ status: "PLACED" })) });
      expect(sweepOf([placed], false).kind).to.equal("park");
    });

    it("restarts a parked order that is released or taken over, under the next epoch with a new deadline", () => {
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

  it("postpones an order whose execution runs, without a new status or epoch", () => {
    const own = itemOf({ status: "PAID" });
    const decision = sweepOf([own], true);
    if (decision.kind !== "postpone") throw new Error(decision.kind);
    expect(decision.write.item).to.include({ epoch: 1, status: "PAID", sweepAt: "2026-03-01T12:01:00.000Z" });
    expect(decision.write.item.history).to.deep.equal(own.history);
  });

  it("supersedes the own item if the peer Region's is effective", () => {
    expect(sweepOf([itemOf(), itemOf({ region: "us-west-2", epoch: 2 })], false).kind).to.equal("supersede");
  });

  it("ignores an order that is final or has no item of this Region", () => {
    expect(sweepOf([itemOf({ status: "DELIVERED" })], false).kind).to.equal("nothing");
    expect(sweepOf([itemOf({ region: "us-west-2" })], false).kind).to.equal("nothing");
  });
});
