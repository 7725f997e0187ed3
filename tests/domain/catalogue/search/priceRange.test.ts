import { expect } from "chai";
import fc from "fast-check";
import { formatPriceRange, parsePriceRange, priceBounds } from "../../../../domain/catalogue/search/priceRange";

describe("a price range", () => {
  it("parses what was formatted", () => {
    const bound = fc.option(fc.integer({ min: 0, max: 100_000_000 }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, (from, to) => {
        fc.pre(from !== undefined || to !== undefined);
        const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
        expect(parsePriceRange(formatPriceRange(range))).to.deep.equal(range);
      }),
    );
  });

  it("returns undefined for any other text", () => {
    for (const text of ["", "-", "10", "a-b", "1-2-3", "-1-2", "1.5-2"])
      expect(parsePriceRange(text), text).to.equal(undefined);
  });

  it("leaves no gap between the facet's ranges", () => {
    const bounds = priceBounds();
    expect(bounds[0]?.from).to.equal(0);
    expect(bounds.at(-1)?.to).to.equal(undefined);
    bounds.slice(1).forEach(({ from }, before) => {
      expect(from).to.equal(bounds[before]?.to);
    });
  });
});
