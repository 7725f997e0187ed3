import { expect } from "chai";
import { normalizeTexts } from "../../../domain/text";

describe("normalizeTexts", () => {
  it("trims and composes texts at every depth, in place", () => {
    const body = { name: " Cafe\u0301 ", lines: [{ note: "\ta\n" }], tags: [" b "] };
    expect(normalizeTexts(body)).to.equal(body);
    expect(body).to.deep.equal({ name: "Café", lines: [{ note: "a" }], tags: ["b"] });
  });

  it("turns -0 into 0, and keeps other values and the names of members", () => {
    const body = { " key ": -0, on: false, none: null };
    normalizeTexts(body);
    expect(Object.is(body[" key "], 0)).to.equal(true);
    expect(body).to.deep.equal({ " key ": 0, on: false, none: null });
  });

  it("normalizes a text alone", () => {
    expect(normalizeTexts(" a ")).to.equal("a");
  });

  it("follows any depth without recursion", () => {
    const innermost = { text: " a " };
    let body: object = innermost;
    for (let depth = 0; depth < 50_000; depth++) body = { body };
    normalizeTexts(body);
    expect(innermost.text).to.equal("a");
  });
});
