import { expect } from "chai";
import { orderKeysOf, reasonOf } from "../../../../../components/orderService/handlers/erasure/regionData";

describe("orderKeysOf", () => {
  it("reads all pages, each from the end of the one before, with the customer that the index asks for", async () => {
    const ends: unknown[] = [];
    const pages = [["a"], [], ["b", "c"]].map((ids) =>
      ids.map((orderId) => ({ orderId, region: "r", createdAt: "1" })),
    );
    const orders = {
      ofCustomer: async (_customerId: string, _limit: number, end?: Record<string, unknown>) => {
        ends.push(end);
        const keys = pages[ends.length - 1]!;
        return {
          keys,
          next: ends.length < 3 ? { orderId: `end-${ends.length}`, region: "r", createdAt: "1" } : undefined,
        };
      },
    };
    expect(await orderKeysOf({ orders }, "ann")).to.deep.equal(
      ["a", "b", "c"].map((orderId) => ({ orderId, region: "r" })),
    );
    expect(ends.map((end) => end && Object.values(end as object))).to.deep.equal([
      undefined,
      ["end-1", "r", "1", "ann"],
      ["end-2", "r", "1", "ann"],
    ]);
  });
});

describe("reasonOf", () => {
  it("is the name of an SDK error, and the sentence of the store's own", () => {
    expect(reasonOf(Object.assign(new Error("socket hang up"), { name: "TimeoutError" }))).to.equal("TimeoutError");
    expect(reasonOf(new Error("Order A is open."))).to.equal("Order A is open.");
    expect(reasonOf("no error")).to.equal("no error");
  });
});
