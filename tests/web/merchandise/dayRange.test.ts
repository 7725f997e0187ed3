import { expect } from "chai";
import { toRange } from "../../../web/src/merchandise/dayRange";

describe("toRange", () => {
  const { TZ: before } = process.env;
  beforeEach(() => {
    process.env["TZ"] = "Europe/Berlin";
  });
  afterEach(() => {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  });

  it("has the first and the last moment of the merchandiser's day", () => {
    expect(toRange("2026-11-30")).to.deep.equal({
      from: "2026-11-29T23:00:00.000Z",
      until: "2026-11-30T22:59:59.999Z",
    });
  });

  it("has 23 hours on the day on which the clock goes forward", () => {
    expect(toRange("2026-03-29")).to.deep.equal({
      from: "2026-03-28T23:00:00.000Z",
      until: "2026-03-29T21:59:59.999Z",
    });
  });
});
