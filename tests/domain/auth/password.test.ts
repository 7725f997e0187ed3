import { expect } from "chai";
import { missingIn } from "../../../domain/auth";

describe("missingIn", () => {
  it("accepts twelve characters with both cases and a digit", () => {
    expect(missingIn("Correct-Horse-9")).to.deep.equal([]);
    expect(missingIn("ünicode-Horse-9")).to.deep.equal([]);
  });

  it("lists every requirement that is not met", () => {
    expect(missingIn("")).to.deep.equal(["length", "lowercase", "uppercase", "digit"]);
    expect(missingIn("correct horse 9")).to.deep.equal(["uppercase"]);
  });
});
