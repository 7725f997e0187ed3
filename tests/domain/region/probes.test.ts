import { expect } from "chai";
import { verdictOf } from "../../../domain/region";

describe("verdictOf", () => {
  it("counts missing responses, time-outs and server errors as failures", () => {
    for (const outcome of ["no answer", 408, 500, 502, 503, 504, 599] as const) {
      expect(verdictOf(outcome), String(outcome)).to.equal("fails");
    }
  });

  it("treats throttled, forbidden and unknown requests as inconclusive", () => {
    for (const status of [401, 403, 404, 410, 421, 429, 499]) {
      expect(verdictOf(status), String(status)).to.equal("nothing");
    }
  });

  it("considers only 200 healthy, because other responses come from something else", () => {
    expect(verdictOf(200)).to.equal("works");
    for (const status of [101, 201, 204, 301, 302, 399, 0, 700]) {
      expect(verdictOf(status), String(status)).to.equal("nothing");
    }
  });

  it("has a verdict for every status", () => {
    for (let status = 100; status < 600; status++) expect(verdictOf(status)).to.be.oneOf(["works", "fails", "nothing"]);
  });
});
