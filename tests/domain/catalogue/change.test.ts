import { expect } from "chai";
import fc from "fast-check";
import { type ChangeContext, contentOf, decideDelete, decidePut } from "../../../domain/catalogue/change";
import { isLive, type Product } from "../../../domain/catalogue/product";
import { product } from "../../kit/searchFakes";

const here: ChangeContext = { region: "us-east-1", now: "2026-11-05T00:00:00.000Z" };

describe("a change of a product", () => {
  it("raises versions, keeps the home, and replaces only the version that was read", () => {
    const names = fc.constantFrom("Kettle", "Big Kettle", "Small Kettle");
    const step = fc.record({
      name: names,
      remove: fc.boolean(),
      expected: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 6 })),
      region: fc.constantFrom("us-east-1", "us-west-2"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let current: Product | undefined;
        for (const { name, remove, expected, region } of steps) {
          const context = { ...here, region };
          const decision = remove
            ? decideDelete(current, expected, context)
            : decidePut("a", contentOf(product("a", { name })), current, expected, context);
          if (decision.kind !== "write") continue;
          expect(decision.replaces).to.equal(current?.version);
          expect(decision.product.version).to.equal((current?.version ?? 0) + 1);
          expect(decision.product.homeRegion).to.equal(current?.homeRegion ?? region);
          expect(region).to.equal(decision.product.homeRegion);
          if (current && isLive(current)) expect(expected).to.equal(current.version);
          current = decision.product;
        }
      }),
    );
  });

  it("writes nothing for a repeated request", () => {
    const content = contentOf(product("a", { name: "Kettle" }));
    fc.assert(
      fc.property(fc.constantFrom(undefined, 0, "any" as const), (expected) => {
        const first = decidePut("a", content, undefined, expected, here);
        expect(first.kind).to.equal("write");
        const stored = first.kind === "write" ? first.product : undefined;
        expect(decidePut("a", content, stored, expected, here)).to.deep.equal({ kind: "unchanged", product: stored });
      }),
    );
  });
});
