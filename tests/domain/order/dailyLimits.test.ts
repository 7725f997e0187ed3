import { expect } from "chai";
import { mayText, rateKey, secondsToNextDay } from "../../../domain/order/dailyLimits";

describe("rateKey", () => {
  it("counts for each limit, customer, Region and UTC day", () => {
    const at = "2026-03-01T23:59:59.999Z";
    expect(rateKey("orders", "ann", "us-east-1", at)).to.deep.equal({
      orderId: "rate#orders#ann",
      region: "rate#us-east-1#2026-03-01",
    });
  });
});

describe("secondsToNextDay", () => {
  it("rounds up, so that a retry comes after the limits begin again", () => {
    expect(secondsToNextDay("2026-03-01T23:59:58.001Z")).to.equal(2);
    expect(secondsToNextDay("2026-02-28T00:00:00.000Z")).to.equal(86_400);
  });
});

describe("mayText", () => {
  it("allows the numbers of the store's prefixes", () => {
    expect(mayText("+4915112345678", ["+1", "+49"])).to.equal(true);
    expect(mayText("+4415112345678", ["+1", "+49"])).to.equal(false);
    expect(mayText("+4915112345678", [])).to.equal(false);
  });

  it("refuses premium numbers of an allowed country", () => {
    expect(mayText("+19005550100", ["+1"])).to.equal(false);
    expect(mayText("+19765550100", ["+1"])).to.equal(false);
  });
});
