import { expect } from "chai";
import { shareOf } from "../../../bench/search/share";

describe("shareOf", () => {
  it("divides the time of a search into the engine's and the rest", () => {
    const samples = [
      { ms: 12, tookMs: 9 },
      { ms: 10, tookMs: 8 },
      { ms: 20, tookMs: 10 },
      { ms: 11, tookMs: 7 },
    ];
    expect(shareOf(samples, { closure: 6, engine: 30 })).to.deep.equal({
      p50Ms: 11,
      p95Ms: 20,
      tookMs: 8.5,
      besidesMs: 4.75,
      closureCpuMs: 1.5,
      engineCpuMs: 7.5,
    });
  });
});
