import { expect } from "chai";
import { physicalName } from "../../../components/inlineFunction/physicalName";

describe("physicalName", () => {
  it("joins the parts if Lambda allows the result", () => {
    expect(physicalName("stayopen", "dev", "submit")).to.equal("stayopen-dev-submit");
  });

  it("replaces what does not fit by a hash, within 64 characters", () => {
    const long = physicalName("stayopen", "x".repeat(80));
    expect(long)
      .to.match(/^stayopen-x+-[0-9a-f]{8}$/)
      .and.have.length(64);
    expect(long).not.to.equal(physicalName("stayopen", "x".repeat(81)));
  });

  it("distinguishes names that differ only in characters that Lambda refuses", () => {
    expect(physicalName("a.b"))
      .to.match(/^a-b-[0-9a-f]{8}$/)
      .and.not.equal(physicalName("a/b"));
  });
});
