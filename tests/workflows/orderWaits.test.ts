import { expect } from "chai";
import { MOST_POLLS, ORDER_WAITS, type Polling } from "../../workflows/orderWaits";

describe("ORDER_WAITS", () => {
  /** Seconds of the first polls together. */
  const secondsOf = ({ firstSeconds, factor, maxSeconds }: Polling, polls: number) => {
    const waits = Array.from({ length: polls }, (_, index) => Math.min(maxSeconds, firstSeconds * factor ** index));
    return waits.reduce((sum, wait) => sum + wait, 0);
  };

  it("let a parcel travel for about four weeks, within the events that an execution may have", () => {
    const { delivery } = ORDER_WAITS;
    expect(delivery.maxPolls).to.be.at.most(MOST_POLLS);
    expect(secondsOf(delivery, delivery.maxPolls) / 86_400).to.be.within(25, 31);
  });

  it("end within the longest life of an execution", () => {
    const { payment, delivery, executionLimitSeconds } = ORDER_WAITS;
    const longest = payment.limitSeconds + secondsOf(delivery, delivery.maxPolls);
    expect(longest).to.be.below(executionLimitSeconds);
  });

  it("try a refund for longer than another step", () => {
    const { retries, refundRetries } = ORDER_WAITS;
    expect(secondsOf(refundRetries, refundRetries.attempts)).to.be.above(secondsOf(retries, retries.attempts));
  });
});
