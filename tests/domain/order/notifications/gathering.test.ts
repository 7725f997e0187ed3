import { expect } from "chai";
import fc from "fast-check";
import {
  type CustomerStatus,
  ORDER_STATUSES,
  type OrderStatus,
  toGatheredChanges,
  toMail,
} from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 10, 0, 0) + seconds * 1_000).toISOString();
const history = (...changes: [OrderStatus, number][]) =>
  changes.map(([status, second]) => ({ status, at: at(second) }));

describe("toGatheredChanges", () => {
  const quick = history(["PLACED", 0], ["PAID", 2], ["SHIPPING", 5], ["SHIPPED", 3_600]);

  it("gathers quick changes in the last one's mail, oldest first", () => {
    expect(toGatheredChanges(quick, "PLACED", 20)).to.deep.equal([]);
    expect(toGatheredChanges(quick, "PAID", 20)).to.deep.equal([]);
    expect(toGatheredChanges(quick, "SHIPPING", 20)).to.deep.equal(["PLACED", "PAID", "SHIPPING"]);
    expect(toGatheredChanges(quick, "SHIPPED", 20)).to.deep.equal(["SHIPPED"]);
  });

  it("sends each change in its own mail without gathering", () => {
    expect(toGatheredChanges(quick, "PLACED", 0)).to.deep.equal(["PLACED"]);
    expect(toGatheredChanges(quick, "SHIPPING", 0)).to.deep.equal(["SHIPPING"]);
  });

  it("gathers in the last change before SUPERSEDED, which has no mail", () => {
    const superseded = history(["PLACED", 0], ["PAID", 1], ["SUPERSEDED", 2]);
    expect(toGatheredChanges(superseded, "PAID", 20)).to.deep.equal(["PLACED", "PAID"]);
  });

  it("sends a status once that a takeover repeats", () => {
    const takenOver = history(["PLACED", 0], ["PAID", 1], ["PAID", 10]);
    expect(toGatheredChanges(takenOver, "PAID", 20)).to.deep.equal(["PLACED", "PAID"]);
    const later = history(["PLACED", 0], ["PAID", 1], ["PAID", 300]);
    expect(toGatheredChanges(later, "PLACED", 20)).to.deep.equal([]);
    expect(toGatheredChanges(later, "PAID", 20), "both mails about PAID contain the first change").to.deep.equal([
      "PLACED",
      "PAID",
    ]);
  });

  it("omits no change, whatever the times and the delays of handling", () => {
    const someHistory = fc
      .array(fc.tuple(fc.constantFrom(...ORDER_STATUSES), fc.nat({ max: 60 })), { minLength: 1, maxLength: 8 })
      .map((entries) => {
        const pauses = entries.map(([, pause]) => pause);
        const secondOf = (index: number) => pauses.slice(0, index + 1).reduce((sum, pause) => sum + pause, 0);
        return history(...entries.map(([status], index): [OrderStatus, number] => [status, secondOf(index)]));
      });
    fc.assert(
      fc.property(someHistory, fc.nat({ max: 30 }), fc.infiniteStream(fc.nat({ max: 8 })), (all, seconds, sights) => {
        const sent = all.flatMap(({ status }, index) => {
          if (status === "SUPERSEDED") return [];
          // Each notification is handled some time after its change was written.
          const seen = all.slice(0, Math.max(index + 1, sights.next().value));
          return toGatheredChanges(seen, status, seconds);
        });
        const changed = all.map(({ status }) => status).filter((status) => status !== "SUPERSEDED");
        expect(new Set<CustomerStatus>(sent)).to.deep.equal(new Set(changed));
      }),
    );
  });

  it("lists changes that one mail contains, under the last one's subject", () => {
    const order = itemOf({ status: "SHIPPING", shipment: { trackingNumber: "T1" } });
    const mail = toMail(order, "SHIPPING", "Test store", ["PLACED", "PAID"]);
    expect(mail.subject).to.equal(toMail(order, "SHIPPING", "Test store").subject);
    for (const sentence of ["Thank you for your order.", "is confirmed", "Tracking number: T1"]) {
      expect(mail.text).to.contain(sentence);
    }
    expect(mail.text, "a past change is not promised").to.not.contain("as soon as your payment is confirmed");
    expect(toMail(order, "PLACED", "Test store").text).to.contain("as soon as your payment is confirmed");
  });
});
