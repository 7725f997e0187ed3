import { expect } from "chai";
import { lineOf, lineStartsOf, Positions } from "../../../../components/inlineFunction/bundle/positions";

describe("lineOf", () => {
  it("finds the line of each offset", () => {
    const text = "a\n\nbcd\n";
    const starts = lineStartsOf(text);
    expect(starts).to.deep.equal([0, 2, 3, 7]);
    expect([...text].map((_, offset) => lineOf(starts, offset))).to.deep.equal([0, 0, 1, 2, 2, 2, 2]);
    expect(lineOf(starts, 100)).to.equal(3);
  });
});

describe("Positions", () => {
  const positions = new Positions();
  const total = (price: number) => {
    const doubled = price * 2;
    return doubled;
  };
  const lineHere = () => Number(/positions\.test\.ts:(\d+)/.exec(new Error().stack ?? "")?.[1]);
  const last = lineHere();

  it("finds a live function, and a name inside it, in its source file", () => {
    const file = "tests/components/inlineFunction/bundle/positions.test.ts";
    const start = positions.at(total)!;
    expect(start).to.include({ file });
    expect(positions.ofName(total, "doubled")).to.deep.include({ file, line: start.line + 1 });
    expect(start.line).to.equal(last - 4);
  });

  it("finds the function itself for a name that it does not contain, and nothing for native code", () => {
    expect(positions.ofName(total, "price2")).to.deep.equal(positions.at(total));
    expect(positions.at(Math.max)).to.equal(undefined);
  });
});
