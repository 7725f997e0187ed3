import { expect } from "chai";
import type { AnyFunction } from "../../../../components/inlineFunction/bundle/closures";
import { findUnboundThis } from "../../../../components/inlineFunction/bundle/unboundThis";

const till = {
  currency: "EUR",
  total(n: number) {
    return `${n} ${this.currency}`;
  },
  plain: (n: number) => n,
};

describe("findUnboundThis", () => {
  const find = (factory: unknown) => findUnboundThis(factory as AnyFunction);

  it("finds the method that a factory returns, with its expression and parameters", () => {
    const factory = () => till.total;
    const found = find(factory)!;
    expect(found).to.include({ written: "till.total", isFactory: false, parameters: 1 });
    expect(factory.toString().slice(found.at.offset)).to.match(/^till\.total/);
  });

  it("finds it in each branch, and behind variables", () => {
    expect(find((isTotal: boolean) => (isTotal ? till.total : till.plain))?.written).to.contain("till.total");
    expect(
      find(() => {
        const handler = till.total;
        return handler;
      })?.written,
    ).to.equal("handler");
  });

  it("finds the factory's own `this`, unless it is an arrow function", () => {
    expect(
      find(function (this: { x: number }) {
        return () => this.x;
      }),
    ).to.include({ isFactory: true, written: "" });
  });

  it("finds nothing in what keeps its object, or is called with it", () => {
    for (const factory of [
      () => till.plain,
      () => till.total.bind(till),
      () => (n: number) => till.total(n),
      () => Math.max,
    ])
      expect(find(factory), factory.toString()).to.equal(undefined);
  });
});
