import { expect } from "chai";
import { findObjection } from "../../../../components/inlineFunction/bundle/values";

class Plain {
  public count = 1;
}
class Guarded {
  readonly #key = 1;
  public get key() {
    return this.#key;
  }
}
class Empty {}

describe("findObjection", () => {
  const to = (value: unknown, ...seen: unknown[]) => findObjection(value, new Set(seen), new Set())?.what;

  it("has none to values that are copied as they are", () => {
    for (const value of [1, "a", null, undefined, { a: [1] }, Object.create(null), /a/, () => 1, Promise.resolve(1)])
      expect(to(value), typeof value).to.equal(undefined);
  });

  it("names what loses its identity or content", () => {
    const cases: [unknown, RegExp][] = [
      [Symbol("token"), /^the symbol Symbol\(token\)/],
      [new Map(), /^a Map, which cannot be copied/],
      [new WeakSet(), /^a WeakSet/],
      [new Date(), /^a Date/],
      [Buffer.from("a"), /^a Buffer/],
      [new Float64Array(1), /^binary data/],
      [new Error("a"), /^an Error/],
      [Object(1), /^a boxed primitive/],
      [new Proxy({}, {}), /^a Proxy/],
      [[].map.bind([]), /^a bound function/],
      [new URL("https://example.com"), /^an instance of URL/],
    ];
    for (const [value, what] of cases) expect(to(value)).to.match(what);
  });

  it("objects to an instance of a class of the program only if more than its data was read", () => {
    const made = new Plain();
    expect(to(made)).to.equal(undefined);
    expect(to(made, Plain.prototype)).to.match(/^an instance of Plain, whose methods and private fields would be lost/);
  });

  it("objects to a class by what its copy would lose", () => {
    expect(to(Plain)).to.match(/initialized fields$/);
    expect(to(Guarded)).to.match(/initialized fields and private members$/);
    expect(to(class extends Empty {})).to.match(/what it inherits$/);
    expect(to(Empty)).to.equal(undefined);
  });
});
