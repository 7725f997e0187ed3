import { deflateSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { zip } from "../../../local/engine/archive";
import { ENCODINGS } from "./encodings";
import { LeakSearch } from "./search";

const card = "4539713000791905";
const address = "Vexbarrow Lane 1742";

describe("LeakSearch", () => {
  const search = new LeakSearch([
    { name: "card", value: card },
    { name: "address", value: address },
  ]);
  const found = (bytes: Buffer) => search.find(bytes).map(({ needle, encoding }) => `${needle}: ${encoding}`);

  for (const encoding of Object.keys(ENCODINGS)) {
    it(`finds a value as ${encoding}`, () => {
      for (const form of ENCODINGS[encoding]!(card)) {
        expect(found(Buffer.from(`before ${form} after`)), form).to.include.oneOf([`card: ${encoding}`, "card: plain"]);
      }
    });
  }

  it("finds a value in base64 whatever comes before and after it, in both alphabets", () => {
    for (const alphabet of ["base64", "base64url"] as const) {
      for (let before = 0; before < 4; before++) {
        for (let after = 0; after < 4; after++) {
          const text = Buffer.from(`${"<?>".slice(0, before)}${address}${"~~~".slice(0, after)}`).toString(alphabet);
          expect(found(Buffer.from(`"${text}"`)), text).to.deep.equal(["address: base64"]);
        }
      }
    }
  });

  const containers: Record<string, (text: string) => Buffer> = {
    gzip: (text) => gzipSync(text),
    zlib: (text) => deflateSync(text),
    zip: (text) => zip(new Map([["a.txt", Buffer.from(`${text} ${"x".repeat(500)}`)]])),
    "base64 of gzip": (text) => Buffer.from(`abc:${gzipSync(text).toString("base64")}`),
    "gzip of base64 of gzip": (text) => gzipSync(JSON.stringify({ data: gzipSync(text).toString("base64") })),
    "the second of two gzip files": (text) => Buffer.concat([Buffer.from("noise"), gzipSync("1"), gzipSync(text)]),
  };
  for (const [container, pack] of Object.entries(containers)) {
    it(`finds a value in ${container}`, () => {
      expect(found(Buffer.concat([Buffer.from("noise "), pack(card)])).join()).to.match(/^card: (compressed )+plain/);
    });
  }

  it("finds nothing in other numbers and texts", () => {
    const others = [
      "4539713000791906",
      "453971300079190",
      "Vexbarrow",
      "x".repeat(10_000),
      gzipSync("other").toString("base64"),
    ];
    expect(found(Buffer.from(others.join("\n")))).to.deep.equal([]);
  });

  it("refuses values that are too short to be told from others", () => {
    expect(() => new LeakSearch([{ name: "code", value: "731" }])).to.throw('"731" is too short');
  });
});
