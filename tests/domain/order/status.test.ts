import { expect } from "chai";
import { isDecided, isFinal, isOpen, mayBecome, ORDER_STATUSES, statusesBefore } from "../../../domain/order/status";

describe("order statuses", () => {
  it("lead from PLACED to DELIVERED or CANCELLED only", () => {
    const after = Object.fromEntries(
      ORDER_STATUSES.map((from) => [from, ORDER_STATUSES.filter((to) => to !== "SUPERSEDED" && mayBecome(from, to))]),
    );
    expect(after).to.deep.equal({
      PLACED: ["PAID", "SHIPPING", "CANCELLED"],
      PAID: ["SHIPPING", "CANCELLED"],
      SHIPPING: ["SHIPPED"],
      SHIPPED: ["DELIVERED"],
      DELIVERED: [],
      CANCELLED: [],
      SUPERSEDED: [],
    });
  });

  it("can each be superseded, once", () => {
    expect(statusesBefore("SUPERSEDED")).to.deep.equal(ORDER_STATUSES.filter((status) => status !== "SUPERSEDED"));
  });

  it("are final exactly if only SUPERSEDED can follow", () => {
    for (const status of ORDER_STATUSES) {
      const ends = ORDER_STATUSES.every((to) => to === "SUPERSEDED" || !mayBecome(status, to));
      expect(isFinal(status)).to.equal(ends);
      expect(isOpen(status)).to.equal(!ends);
    }
  });

  it("never become undecided after a decision", () => {
    for (const from of ORDER_STATUSES.filter(isDecided)) {
      for (const to of ORDER_STATUSES.filter((next) => next !== "SUPERSEDED" && mayBecome(from, next))) {
        expect(isDecided(to), `${from} → ${to}`).to.equal(true);
      }
    }
  });
});
