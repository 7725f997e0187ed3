import { expect } from "chai";
import { explainPattern, isLine, line, paragraphs, URL_TEXT } from "../../../domain/text";

describe("isLine", () => {
  it("is true for one line with a visible character", () => {
    expect(["Ada", "O’Brien", "a b"].filter((text) => !isLine(text))).to.deep.equal([]);
    expect(["", " ", "\u200B", "a\nb", "a\u202Eb", "\uFFFD"].filter(isLine)).to.deep.equal([]);
  });

  it("is the pattern, for each two characters of ASCII too", () => {
    const pattern = new RegExp(line(10).pattern, "u");
    const ascii = Array.from({ length: 129 }, (_, code) => (code === 128 ? "" : String.fromCharCode(code)));
    const pairs = ascii.flatMap((first) => ascii.map((second) => first + second));
    expect(pairs.filter((text) => isLine(text) !== pattern.test(text))).to.deep.equal([]);
  });
});

describe("paragraphs", () => {
  const pattern = new RegExp(paragraphs(10).pattern, "u");

  it("allow line breaks and tabs, and nothing at all", () => {
    expect(["", "a\r\nb\tc"].filter((text) => !pattern.test(text))).to.deep.equal([]);
    expect(["a\u0000", "a\u000Bb", "a\u2028b"].filter((text) => pattern.test(text))).to.deep.equal([]);
  });
});

describe("URL_TEXT", () => {
  const pattern = new RegExp(`^[${URL_TEXT}]*$`, "u");

  it("has no spaces, quotes, angle brackets or controls", () => {
    expect(pattern.test("/images/kitchen.svg?x=1&y=é")).to.equal(true);
    expect([" ", '"', "'", "<", ">", "\\", "\u0007", "\u202E"].filter((text) => pattern.test(text))).to.deep.equal([]);
  });
});

describe("explainPattern", () => {
  it("explains this file's patterns only", () => {
    expect(explainPattern(line(1).pattern)).to.match(/^must be one line/);
    expect(explainPattern(paragraphs(1).pattern)).to.match(/^must have no control/);
    expect(explainPattern("^a$")).to.equal(undefined);
  });
});
