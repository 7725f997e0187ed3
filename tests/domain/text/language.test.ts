import { expect } from "chai";
import { formatPercent } from "../../../domain/text/language";

describe("formatPercent", () => {
  it("keeps four digits, and uses a plain space", () => {
    expect(formatPercent(8.875, "en")).to.equal("8.875%");
    expect(formatPercent(8.875, "de")).to.equal("8,875 %");
    expect(formatPercent(19, "en")).to.equal("19%");
  });
});
