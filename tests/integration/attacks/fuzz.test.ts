import { expect } from "chai";
import { fuzz } from "../../kit/fuzz/fuzz";
import { useAttackedStore } from "./sharedStore";

/** Replay a fault with `npm run fuzz -- --requests 3000 --seed 20260101 --only NUMBER`. */
const SEED = 20_260_101;

describe("generated and mutated requests", function () {
  this.timeout(900_000);
  const here = useAttackedStore();

  it("are never answered with 5xx, internals or against the documents, and store nothing unless accepted", async () => {
    const { store, shopper } = here.attacked;
    const { faults, accepted, statuses } = await fuzz({ store, shopper, requests: 3_000, seed: SEED });
    // One of each kind.
    const kinds = new Map(faults.map((fault) => [fault.split("\n")[0]?.replace(/^#\d+: /, ""), fault]));
    expect([...kinds.values()].join("\n"), `${faults.length} faults; ${JSON.stringify(statuses)}`).to.equal("");
    expect(accepted).to.include.members(["getOrder", "listOrders", "placeOrder", "searchProducts"]);
    expect(accepted).to.include.members(["getProduct", "putProduct", "suggestProducts"]);
  });
});
