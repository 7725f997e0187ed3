import { expect } from "chai";
import fc from "fast-check";
import { effectiveItem, isDecided, outranks, type Standing } from "../../../domain/order";
import { itemOf, standing, standings } from "../../kit/orderArbitraries";

const east = (given: Partial<Standing> = {}) => itemOf({ region: "us-east-1", ...given });
const west = (given: Partial<Standing> = {}) => itemOf({ region: "us-west-2", ...given });

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
    [
      "a final item before an open one of a higher epoch",
      west({ status: "DELIVERED" }),
      east({ status: "SHIPPING", epoch: 2 }),
    ],
    ["the later takeover of two final items", west({ status: "DELIVERED", epoch: 2 }), east({ status: "DELIVERED" })],
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
