import { expect } from "chai";
import { counterName, decideShortage, emptyShare, unitsLeft } from "../../../domain/stock";

const EAST = "us-east-1";
const WEST = "us-west-2";
const line = { productId: "kettle", quantity: 3 };
const share = (region: string, available: number) => ({ ...emptyShare("kettle", region), available });

describe("decideShortage", () => {
  it("counts units of all shares and those under way, in both directions", () => {
    const east = { ...share(EAST, 1), [counterName("sentTo", WEST)]: 5, [counterName("receivedFrom", WEST)]: 1 };
    const west = { ...share(WEST, 2), [counterName("receivedFrom", EAST)]: 4, [counterName("sentTo", EAST)]: 3 };
    expect(unitsLeft("kettle", [east, west], EAST)).to.equal(1 + 2 + 1 + 2);
    expect(unitsLeft("lantern", [east, west], EAST)).to.equal(0);
  });

  it("wishes for units that are left elsewhere", () => {
    expect(decideShortage([line], [share(EAST, 1), share(WEST, 2)], EAST)).to.deep.equal({
      kind: "elsewhere",
      wishes: [line],
    });
  });

  it("reports a line as sold out with what is left, and wishes for nothing then", () => {
    const other = { productId: "lantern", quantity: 1 };
    expect(decideShortage([line, other], [share(WEST, 3)], EAST)).to.deep.equal({
      kind: "sold-out",
      lines: [{ ...other, left: 0 }],
    });
  });
});
