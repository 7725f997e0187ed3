import { expect } from "chai";
import { decideRules } from "../../../../domain/catalogue/search/decideRules";
import { NO_RULES, type SearchRules, type StoredRules } from "../../../../domain/catalogue/search/searchRules";

const rules = (some: Partial<SearchRules>): SearchRules => ({ ...NO_RULES, ...some });
const context = { region: "us-east-1", now: "2026-11-30T00:00:00.000Z" };

describe("decideRules", () => {
  const asked = rules({ hidden: ["a"] });
  const stored = (version: number, hidden: string[]): StoredRules => ({
    ...rules({ hidden }),
    productId: "#search-rules",
    version,
    homeRegion: "us-east-1",
    updatedAt: context.now,
  });

  it("creates rules with this Region as their home", () => {
    const decision = decideRules(asked, undefined, 0, context);
    expect(decision).to.deep.equal({ kind: "write", rules: stored(1, ["a"]), replaces: undefined });
  });

  it("replaces the version that the caller read, and no other", () => {
    expect(decideRules(asked, stored(3, []), 3, context)).to.deep.include({ kind: "write", replaces: 3 });
    expect(decideRules(asked, stored(3, []), 2, context)).to.deep.equal({ kind: "conflict", currentVersion: 3 });
    expect(decideRules(asked, undefined, 2, context)).to.deep.equal({ kind: "conflict", currentVersion: 0 });
  });

  it("recognizes a repeated request", () => {
    expect(decideRules(asked, stored(4, ["a"]), 3, context)).to.deep.include({ kind: "unchanged" });
  });

  it("leaves the rules of another Region to that Region", () => {
    const elsewhere = { ...stored(3, []), homeRegion: "us-west-2" };
    expect(decideRules(asked, elsewhere, 3, context)).to.deep.equal({ kind: "elsewhere", homeRegion: "us-west-2" });
  });
});
