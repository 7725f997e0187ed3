import { expect } from "chai";
import { FAILOVER_TIMINGS } from "../../../domain/region";

describe("FAILOVER_TIMINGS", () => {
  const { roundSeconds, staleAfterSeconds, probeTimeoutMs, awayAfterSeconds, rebuildAfterSeconds } = FAILOVER_TIMINGS;

  it("let a heartbeat miss some rounds before it is stale", () => {
    expect(staleAfterSeconds).to.be.above(3 * roundSeconds);
  });

  it("end a probe within its round", () => {
    expect(probeTimeoutMs).to.be.below(roundSeconds * 1_000);
  });

  it("treat a Region as away only after its peer may have taken it for lost", () => {
    expect(awayAfterSeconds).to.be.above(staleAfterSeconds);
  });

  it("rebuild the index before a stream's records of 24 hours expire", () => {
    expect(rebuildAfterSeconds)
      .to.be.above(awayAfterSeconds)
      .and.below(24 * 3_600);
  });
});
