import { expect } from "chai";
import { type SinonFakeTimers, useFakeTimers } from "sinon";
import { createProgressLine } from "../../catalogue/progressLine";

describe("createProgressLine", () => {
  let clock: SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => clock.restore());

  function stream(isTTY: boolean) {
    const written: string[] = [];
    return { written, line: createProgressLine({ isTTY, write: (text: string) => written.push(text) } as never) };
  }

  it("overwrites itself in a terminal, at most ten times a second", () => {
    const { written, line } = stream(true);
    line("too early");
    clock.tick(100);
    line("10 products");
    expect(written).to.deep.equal(["\r\x1b[K10 products"]);
  });

  it("is a line every five seconds in a log", () => {
    const { written, line } = stream(false);
    clock.tick(4_999);
    line("too early");
    clock.tick(1);
    line("10 products");
    line("too soon again");
    expect(written).to.deep.equal(["10 products\n"]);
  });

  it("prints lines that stay", () => {
    const { written, line } = stream(true);
    line.print("2: price is missing");
    expect(written.join("")).to.equal("\r\x1b[K2: price is missing\n");
  });
});
