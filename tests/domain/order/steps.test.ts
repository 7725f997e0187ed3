import { expect } from "chai";
import fc from "fast-check";
import { effectiveItem, nextStep, type Standing, type StepKnowledge } from "../../../domain/order";
import { itemOf, standings } from "../../kit/orderArbitraries";

const east = (given: Partial<Standing> = {}) => itemOf({ region: "us-east-1", ...given });
const west = (given: Partial<Standing> = {}) => itemOf({ region: "us-west-2", ...given });
const worker = { region: "us-east-1", epoch: 1 };
const stepOf = (orders: Standing[], cancelWished = false, known: StepKnowledge = {}) =>
  nextStep({ orders, cancelWished }, worker, known);
const act = (action: string) => ({ kind: "act", action });

describe("nextStep (rule 4)", () => {
  it("ends if the order is final, superseded, taken over or missing", () => {
    expect(stepOf([])).to.deep.equal({ kind: "end", reason: "taken over" });
    expect(stepOf([west()])).to.deep.equal({ kind: "end", reason: "taken over" });
    expect(stepOf([east({ epoch: 2 })])).to.deep.equal({ kind: "end", reason: "taken over" });
    expect(stepOf([east({ status: "SUPERSEDED" })])).to.deep.equal({ kind: "end", reason: "superseded" });
    expect(stepOf([east({ status: "CANCELLED" })])).to.deep.equal({ kind: "end", reason: "final" });
    expect(stepOf([east({ status: "DELIVERED" })])).to.deep.equal({ kind: "end", reason: "final" });
  });

  it("supersedes the own item if the peer Region's outranks it", () => {
    expect(stepOf([east(), west({ epoch: 2 })])).to.deep.equal({ kind: "supersede" });
    expect(stepOf([east({ status: "PAID" }), west({ status: "SHIPPING" })])).to.deep.equal({ kind: "supersede" });
  });

  it("continues at the step of the status", () => {
    expect(stepOf([east()])).to.deep.equal(act("authorize"));
    expect(stepOf([east({ status: "PAID" })])).to.deep.equal(act("capture"));
    expect(stepOf([east({ status: "SHIPPING" })])).to.deep.equal(act("track"));
    expect(stepOf([east({ status: "SHIPPED" })])).to.deep.equal(act("track"));
  });

  it("voids a cancelled or unpaid order until the payment is captured", () => {
    expect(stepOf([east()], true)).to.deep.equal(act("void"));
    expect(stepOf([east({ status: "PAID" })], true)).to.deep.equal(act("void"));
    expect(stepOf([east()], false, { unpaid: true })).to.deep.equal(act("void"));
    expect(stepOf([east({ status: "PAID" })], true, { captured: true })).to.deep.equal(act("ship"));
    expect(stepOf([east({ status: "SHIPPING" })], true)).to.deep.equal(act("track"));
  });

  it("ships a captured order, and refunds it if it can't be shipped", () => {
    expect(stepOf([east()], false, { captured: true })).to.deep.equal(act("ship"));
    expect(stepOf([east({ status: "PAID" })], false, { captured: true, impossible: true })).to.deep.equal(
      act("refund"),
    );
  });

  it("never acts for an item that is outranked, final, or of another epoch", () => {
    fc.assert(
      fc.property(standings, fc.boolean(), fc.integer({ min: 1, max: 3 }), (orders, cancelWished, epoch) => {
        const step = nextStep({ orders, cancelWished }, { region: "us-east-1", epoch });
        const own = orders.find(({ region }) => region === "us-east-1");
        if (step.kind !== "act") return;
        expect(own?.epoch).to.equal(epoch);
        expect(effectiveItem(orders)).to.equal(own);
        expect(["DELIVERED", "CANCELLED", "SUPERSEDED"]).to.not.include(own?.status);
      }),
    );
  });
});
