import { expect } from "chai";
import { emptyShare } from "../../../domain/stock/share";
import { toStockView } from "../../../domain/stock/view";

const EAST = "us-east-1";
const WEST = "us-west-2";

describe("toStockView", () => {
  it("sums the Regions up, with units on their way", () => {
    const east = {
      ...emptyShare("kettle", EAST),
      ...{ available: 5, sold: 2, delivered: 10, [`sentTo_${WEST}`]: 3 },
    };
    const west = { ...emptyShare("kettle", WEST), ...{ available: 1, sold: 1, delivered: 2 } };
    expect(toStockView("kettle", [east, west], EAST, true)).to.deep.equal({
      ...{ productId: "kettle", counted: true, seenFrom: EAST, left: 5 + 1 + 3, promised: 3, delivered: 12 },
      shares: [
        { region: EAST, available: 5, promised: 2, delivered: 10 },
        { region: WEST, available: 1, promised: 1, delivered: 2 },
      ],
    });
  });

  it("has nothing left of a product without shares", () => {
    expect(toStockView("kettle", [], EAST, true)).to.include({ left: 0, promised: 0, delivered: 0 });
  });
});
