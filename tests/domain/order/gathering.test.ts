import { expect } from "chai";
import fc from "fast-check";
import {
  type CustomerStatus,
  ORDER_STATUSES,
  type OrderStatus,
  toGatheredChanges,
  toMail,
} from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 10, 0, 0) + seconds * 1_000).toISOString();
const history = (...changes: [OrderStatus, number][]) =>
  changes.map(([status, second]) => ({ status, at: at(second) }));

describe("Changes that follow each other quickly", () => {
  const quick = history(["PLACED", 0], ["PAID", 2], ["SHIPPING", 5], ["SHIPPED", 3_600]);

  it("are told by the last of them, oldest first", () => {
    expect(toGatheredChanges(quick, "PLACED", 20)).to.deep.equal([]);
    expect(toGatheredChanges(quick, "PAID", 20)).to.deep.equal([]);
    expect(toGatheredChanges(quick, "SHIPPING", 20)).to.deep.equal(["PLACED", "PAID", "SHIPPING"]);
    expect(toGatheredChanges(quick, "SHIPPED", 20)).to.deep.equal(["SHIPPED"]);
  });

  it("are each told at once where nothing is gathered", () => {
    expect(toGatheredChanges(quick, "PLACED", 0)).to.deep.equal(["PLACED"]);
    expect(toGatheredChanges(quick, "SHIPPING", 0)).to.deep.equal(["SHIPPING"]);
  });

  it("are told by the last that is told at all: a superseded item tells nothing", () => {
    const superseded = history(["PLACED", 0], ["PAID", 1], ["SUPERSEDED", 2]);
    expect(toGatheredChanges(superseded, "PAID", 20)).to.deep.equal(["PLACED", "PAID"]);
  });

  it("are told once where a takeover has written the same status again", () => {
    const takenOver = history(["PLACED", 0], ["PAID", 1], ["PAID", 10]);
    expect(toGatheredChanges(takenOver, "PAID", 20)).to.deep.equal(["PLACED", "PAID"]);
    const later = history(["PLACED", 0], ["PAID", 1], ["PAID", 300]);
    expect(toGatheredChanges(later, "PLACED", 20)).to.deep.equal([]);
    expect(toGatheredChanges(later, "PAID", 20), "the mail of either PAID tells the first").to.deep.equal([
      "PLACED",
      "PAID",
    ]);
  });

  it("are all told, whatever the times and however early each notice is handled", () => {
    const someHistory = fc
      .array(fc.tuple(fc.constantFrom(...ORDER_STATUSES), fc.nat({ max: 60 })), { minLength: 1, maxLength: 8 })
      .map((entries) => {
        const pauses = entries.map(([, pause]) => pause);
        const secondOf = (index: number) => pauses.slice(0, index + 1).reduce((sum, pause) => sum + pause, 0);
        return history(...entries.map(([status], index): [OrderStatus, number] => [status, secondOf(index)]));
      });
    fc.assert(
      fc.property(someHistory, fc.nat({ max: 30 }), fc.infiniteStream(fc.nat({ max: 8 })), (all, seconds, sights) => {
        const told = all.flatMap(({ status }, index) => {
          if (status === "SUPERSEDED") return [];
          // Each notice is handled at some time after its change was written.
          const seen = all.slice(0, Math.max(index + 1, sights.next().value));
          return toGatheredChanges(seen, status, seconds);
        });
        const changed = all.map(({ status }) => status).filter((status) => status !== "SUPERSEDED");
        expect(new Set<CustomerStatus>(told)).to.deep.equal(new Set(changed));
      }),
    );
  });

  it("stand in one mail, under the subject of the last", () => {
    const order = itemOf({ status: "SHIPPING", shipment: { trackingNumber: "T1" } });
    const mail = toMail(order, "SHIPPING", "Test store", ["PLACED", "PAID"]);
    expect(mail.subject).to.equal(toMail(order, "SHIPPING", "Test store").subject);
    for (const said of ["Thank you for your order.", "is confirmed", "Tracking number: T1"]) {
      expect(mail.text).to.contain(said);
    }
    expect(mail.text, "what has happened is not promised").to.not.contain("as soon as your payment is confirmed");
    expect(toMail(order, "PLACED", "Test store").text).to.contain("as soon as your payment is confirmed");
  });
});
