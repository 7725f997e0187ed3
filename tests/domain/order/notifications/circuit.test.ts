import { expect } from "chai";
import {
  afterPause,
  circuitKey,
  PROBE_SECONDS,
  pauseSeconds,
  retrySeconds,
} from "../../../../domain/order/notifications/circuit";

describe("the circuit of a notification channel", () => {
  it("doubles its pauses up to an hour", () => {
    expect([0, 1, 2, 5, 6, 40].map((pauses) => pauseSeconds(pauses, 0.5))).to.deep.equal([
      60, 120, 240, 1_920, 3_600, 3_600,
    ]);
  });

  it("doubles the time until a delivery is retried, from ten seconds after the first one", () => {
    expect([1, 2, 3].map((receives) => retrySeconds(receives, 0.5))).to.deep.equal([10, 20, 40]);
  });

  it("spreads both by a quarter to each side", () => {
    expect([0, 1].map((random) => pauseSeconds(0, random))).to.deep.equal([45, 75]);
    expect([0, 1].map((random) => pauseSeconds(40, random))).to.deep.equal([2_700, 4_500]);
  });

  it("brings messages back after the pause, and after the probe for most of them", () => {
    expect(afterPause(30, 0)).to.equal(30);
    expect(afterPause(30, 1)).to.equal(30 + PROBE_SECONDS);
    expect(afterPause(1_000, 1)).to.equal(1_500);
  });

  it("has an item for each channel and Region", () => {
    expect(circuitKey("mail", "us-east-1")).to.deep.equal({ orderId: "circuit#mail", region: "us-east-1" });
  });
});
