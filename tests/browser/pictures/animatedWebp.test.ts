import { expect } from "chai";
import { animate, sizeOf } from "./animatedWebp";

/** One transparent pixel, lossless. */
const pixel = Buffer.from("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", "base64");
/** Head of a lossy picture of 3 × 2 pixels. */
const lossy = (() => {
  const data = Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a, 3, 0, 2, 0]);
  const head = Buffer.from("RIFF\0\0\0\0WEBPVP8 \0\0\0\0", "latin1");
  head.writeUInt32LE(data.length, 16);
  head.writeUInt32LE(12 + data.length, 4);
  return Buffer.concat([head, data]);
})();

describe("animate", () => {
  it("reads the size of lossless and lossy stills", () => {
    expect(sizeOf(pixel)).to.deep.equal({ width: 1, height: 1 });
    expect(sizeOf(lossy)).to.deep.equal({ width: 3, height: 2 });
    expect(() => sizeOf(Buffer.from("GIF89a, not WebP"))).to.throw("not WebP");
  });

  it("joins stills, each with its time, into one file of the length that its head says", () => {
    const file = animate([
      { webp: pixel, ms: 1_500 },
      { webp: pixel, ms: 700 },
    ]);
    expect(file.readUInt32LE(4)).to.equal(file.length - 8);
    const names = ["VP8X", "ANIM", "ANMF", "VP8L"].map((name) => file.indexOf(name));
    expect(names)
      .to.deep.equal(names.toSorted((a, b) => a - b))
      .and.not.to.include(-1);
    const [first, second] = [file.indexOf("ANMF"), file.lastIndexOf("ANMF")];
    expect([first, second].map((at) => file.readUIntLE(at + 8 + 12, 3))).to.deep.equal([1_500, 700]);
  });

  it("refuses stills of different sizes, and no stills", () => {
    expect(() =>
      animate([
        { webp: pixel, ms: 1 },
        { webp: lossy, ms: 1 },
      ]),
    ).to.throw("same size");
    expect(() => animate([])).to.throw("at least one frame");
  });
});
