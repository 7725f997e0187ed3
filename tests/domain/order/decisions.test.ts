import { expect } from "chai";
import fc from "fast-check";
import {
  afterAuthorize,
  afterCapture,
  afterShip,
  afterTrack,
  afterVoid,
  effectiveItem,
  isDecided,
  nextStep,
  outranks,
  type Standing,
  type StepKnowledge,
} from "../../../domain/order";
import { itemOf, standing, standings } from "../../kit/orderArbitraries";

const east = (given: Partial<Standing> = {}) => itemOf({ region: "us-east-1", ...given });
const west = (given: Partial<Standing> = {}) => itemOf({ region: "us-west-2", ...given });
const worker = { region: "us-east-1", epoch: 1 };
const stepOf = (orders: Standing[], cancelWished = false, known: StepKnowledge = {}) =>
  nextStep({ orders, cancelWished }, worker, known);
const act = (action: string) => ({ kind: "act", action });

describe("effectiveItem (rule 1)", () => {
  const sameRegion = (first: Standing, second: Standing) => JSON.stringify(first) === JSON.stringify(second);

  it("ranks exactly one of two Regions' items first", () => {
    fc.assert(
      fc.property(standing(fc.constant("us-east-1")), standing(fc.constant("us-west-2")), (first, second) => {
        expect(outranks(first, second)).to.equal(!outranks(second, first));
      }),
    );
  });

  it("ranks items transitively", () => {
    const anywhere = standing(fc.constantFrom("a", "b", "c"));
    fc.assert(
      fc.property(anywhere, anywhere, anywhere, (first, second, third) => {
        fc.pre(!sameRegion(first, second) && !sameRegion(second, third) && !sameRegion(first, third));
        if (outranks(first, second) && outranks(second, third)) expect(outranks(first, third)).to.equal(true);
      }),
    );
  });

  it("does not depend on the order of the items", () => {
    fc.assert(
      fc.property(standings, (items) => {
        expect(effectiveItem([...items].reverse())).to.equal(effectiveItem(items));
      }),
    );
  });

  it("returns a superseded item only if all are, and a decided one if there is any", () => {
    fc.assert(
      fc.property(standings, (items) => {
        const effective = effectiveItem(items)!;
        const current = items.filter(({ status }) => status !== "SUPERSEDED");
        expect(effective.status === "SUPERSEDED").to.equal(current.length === 0);
        if (current.length > 0)
          expect(isDecided(effective.status)).to.equal(current.some(({ status }) => isDecided(status)));
      }),
    );
  });

  const ties: [string, Standing, Standing][] = [
    ["a current item before a superseded one of a higher epoch", east(), west({ status: "SUPERSEDED", epoch: 9 })],
    ["a decided item before an undecided one of a higher epoch", west({ status: "CANCELLED" }), east({ epoch: 2 })],
    ["the later takeover", west({ epoch: 2 }), east()],
    ["the earlier order", west({ createdAt: "2025-12-31T23:59:59.000Z" }), east()],
    ["the first Region by name, where all else is the same", east(), west()],
  ];
  for (const [what, first, second] of ties) {
    it(`prefers ${what}`, () => {
      expect(effectiveItem([second, first])).to.equal(first);
    });
  }
});

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

describe("outcomes of provider calls", () => {
  const patience = { waitedSeconds: 5, limitSeconds: 10 };
  const write = (status: string) => ({ kind: "write", status });
  const known = (what: StepKnowledge) => ({ kind: "known", known: what });

  it("write PAID, void or wait with a limit after an authorization", () => {
    expect(afterAuthorize({ status: "authorized" }, patience)).to.deep.equal(write("PAID"));
    expect(afterAuthorize({ status: "captured" }, patience)).to.deep.equal(write("PAID"));
    for (const status of ["declined", "voided", "refunded"] as const) {
      expect(afterAuthorize({ status }, patience)).to.deep.equal(known({ unpaid: true }));
    }
    for (const status of ["pending", "none"] as const) {
      expect(afterAuthorize({ status }, patience)).to.deep.equal({ kind: "wait" });
      const late = { waitedSeconds: 10, limitSeconds: 10 };
      expect(afterAuthorize({ status }, late)).to.deep.equal(known({ unpaid: true }));
    }
  });

  it("follow the first of capture and void", () => {
    expect(afterCapture({ status: "captured" })).to.deep.equal(known({ captured: true }));
    expect(afterCapture({ status: "voided" })).to.deep.equal(write("CANCELLED"));
    expect(afterCapture({ status: "refunded" })).to.deep.equal(write("CANCELLED"));
    expect(afterVoid({ status: "voided" })).to.deep.equal(write("CANCELLED"));
    expect(afterVoid({ status: "captured" })).to.deep.equal(known({ captured: true }));
  });

  it("write SHIPPING or refund after a shipment", () => {
    expect(afterShip({ status: "accepted" })).to.deep.equal(write("SHIPPING"));
    expect(afterShip({ status: "impossible" })).to.deep.equal(known({ captured: true, impossible: true }));
  });

  it("write each status of a parcel in turn, missed ones included", () => {
    expect(afterTrack("accepted", "SHIPPING")).to.deep.equal({ kind: "wait" });
    expect(afterTrack("in-transit", "SHIPPING")).to.deep.equal(write("SHIPPED"));
    expect(afterTrack("delivered", "SHIPPING")).to.deep.equal(write("SHIPPED"));
    expect(afterTrack("in-transit", "SHIPPED")).to.deep.equal({ kind: "wait" });
    expect(afterTrack("delivered", "SHIPPED")).to.deep.equal(write("DELIVERED"));
  });
});
