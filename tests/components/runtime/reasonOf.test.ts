import { expect } from "chai";
import { reasonOf } from "../../../components/runtime/reasonOf";

describe("reasonOf", () => {
  it("is one line of limited length", () => {
    expect(reasonOf(new TypeError("bug"))).to.equal("TypeError: bug");
    expect(reasonOf("closed")).to.equal("closed");
    expect(reasonOf(new Error("x".repeat(1_000)))).to.have.length(500);
  });
});
