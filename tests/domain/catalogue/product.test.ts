import { expect } from "chai";
import { isLive } from "../../../domain/catalogue/product";
import { product } from "../../kit/searchFakes";

describe("isLive", () => {
  it("is false for a tombstone only", () => {
    expect(isLive(product("p-1", { availability: "discontinued" }))).to.equal(true);
    expect(isLive(product("p-1", { deletedAt: "2026-11-01T00:00:00.000Z" }))).to.equal(false);
  });
});
