import { expect } from "chai";
import { analyzeText } from "../../../../components/inlineFunction/bundle/analysis";

describe("analyzeText", () => {
  const freeIn = (code: string) => analyzeText(code).references.map(({ name, path }) => [name, ...path].join("."));

  it("finds the names that a function does not declare, with the properties that are read from them", () => {
    expect(freeIn("(a) => a + b.c.d + e['f'] + g[h]")).to.have.members(["b.c.d", "e.f", "g", "h"]);
    expect(freeIn("function f(x = outer) { const y = x; return f(y); }")).to.deep.equal(["outer"]);
  });

  it("ends a path at parentheses and computed keys, as the serializer does", () => {
    expect(freeIn("() => (a.b).c")).to.deep.equal(["a.b"]);
    expect(freeIn("() => a[key].c")).to.have.members(["a", "key"]);
  });

  it("marks assignments, and names that are keys as well", () => {
    const [count, x] = analyzeText("() => { count++; return { x }; }").references;
    expect(count).to.include({ name: "count", assigned: true, shorthand: false });
    expect(x).to.include({ name: "x", assigned: false, shorthand: true });
  });

  it("finds positions in the function's own text", () => {
    const code = "() => first + second";
    for (const { name, at } of analyzeText(code).references) expect(code.slice(at, at + name.length)).to.equal(name);
  });

  it("lists the modules that a function loads, without a specifier if it is computed", () => {
    const { loads } = analyzeText('async () => [require("a"), await import("b"), await import(name)]');
    expect(loads.map(({ by, specifier }) => [by, specifier])).to.deep.equal([
      ["require", "a"],
      ["import", "b"],
      ["import", undefined],
    ]);
  });
});
