import { expect } from "chai";
import fc from "fast-check";
import { DELIVERY_ID_PATTERN, findRepeatedDelivery } from "../../../domain/stock/deliveries";
import { type DeliveryItem, deliveryIdOf, deliveryKey } from "../../../domain/stock/share";

const EAST = "us-east-1";
const WEST = "us-west-2";
const delivery = (region: string, more: Partial<DeliveryItem> = {}): DeliveryItem => ({
  ...{ kind: "delivery", schema: 1, ...deliveryKey("kettle", region, "D-1"), region },
  ...{ units: 5, at: "2026-01-01T00:00:00.000Z", ...more },
});

describe("findRepeatedDelivery", () => {
  it("withdraws the own delivery if a Region before it by name has the id too", () => {
    const own = delivery(WEST);
    expect(findRepeatedDelivery([own, delivery(EAST)], WEST)).to.deep.equal({ own, keptIn: EAST });
    expect(findRepeatedDelivery([delivery(EAST), own], WEST)).to.deep.equal({ own, keptIn: EAST });
  });

  it("keeps the first one by name, and one that is alone", () => {
    expect(findRepeatedDelivery([delivery(WEST), delivery(EAST)], EAST)).to.equal(undefined);
    expect(findRepeatedDelivery([delivery(WEST)], WEST)).to.equal(undefined);
    expect(findRepeatedDelivery([delivery(EAST)], WEST)).to.equal(undefined);
  });

  it("withdraws once", () => {
    const withdrawn = delivery(WEST, { withdrawnFor: EAST });
    expect(findRepeatedDelivery([withdrawn, delivery(EAST)], WEST)).to.equal(undefined);
  });
});

describe("DELIVERY_ID_PATTERN", () => {
  it("admits ids only that a key can be split at", () => {
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(DELIVERY_ID_PATTERN)), (id) => {
        expect(deliveryIdOf(deliveryKey("kettle", EAST, id))).to.equal(id);
      }),
    );
  });
});
