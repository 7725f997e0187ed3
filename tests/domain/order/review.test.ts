import { expect } from "chai";
import { afterReview, secondsSincePaid, toReviewedOrder } from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

const early = { waitedSeconds: 10, limitSeconds: 600 };
const late = { waitedSeconds: 600, limitSeconds: 600 };

describe("afterReview", () => {
  it("accepts and declines as the check says, also after the limit", () => {
    for (const patience of [early, late]) {
      expect(afterReview({ decision: "accept" }, patience, "decline")).to.deep.equal({ kind: "accepted" });
      expect(afterReview({ decision: "decline", reason: "No such house." }, patience, "accept")).to.deep.equal({
        kind: "declined",
        reason: "No such house.",
      });
    }
  });

  it("gives a decline without a reason a sentence for the customer", () => {
    for (const reason of [undefined, ""]) {
      expect(afterReview({ decision: "decline", reason }, early, "decline"))
        .to.have.property("reason")
        .that.matches(/^We cannot accept this order\.$/);
    }
  });

  it("waits while the check is undecided or gives no answer, and then decides as configured", () => {
    for (const answer of [{ decision: "review" } as const, undefined]) {
      expect(afterReview(answer, early, "accept")).to.deep.equal({ kind: "wait" });
      expect(afterReview(answer, late, "accept")).to.deep.equal({ kind: "accepted" });
      expect(afterReview(answer, late, "decline")).to.have.property("kind", "declined");
    }
  });
});

describe("secondsSincePaid", () => {
  const at = (minute: number) => `2026-01-01T10:0${minute}:00.000Z`;
  const entry = (status: "PLACED" | "PAID", minute: number, epoch: number) => ({
    ...{ status, at: at(minute), region: "us-east-1", epoch },
  });

  it("counts from the first authorization, which a takeover does not move", () => {
    const history = [entry("PLACED", 0, 1), entry("PAID", 1, 1), entry("PAID", 5, 2)];
    expect(secondsSincePaid({ history, updatedAt: at(5) }, Date.parse(at(6)))).to.equal(300);
  });
});

describe("toReviewedOrder", () => {
  it("contains no token of a card", () => {
    const order = toReviewedOrder(itemOf({ payment: { kind: "token", token: "tok_1", reference: "pay-1" } }));
    expect(order.payment).to.deep.equal({ kind: "token", card: undefined, reference: "pay-1" });
    expect(JSON.stringify(order)).to.not.contain("tok_1");
  });
});
