import { type OrderStand, startOrderStand } from "./orderStand";

let started: Promise<OrderStand> | undefined;

// At the root, so that the stand serves all tests of the run and stops after the last.
after(async function () {
  this.timeout(300_000);
  await (await started)?.stop();
});

/** Returns the stand that all suites of a test run share. The first suite starts it. */
export function useOrderStand(): { readonly stand: OrderStand } {
  let stand: OrderStand | undefined;
  before(async function () {
    this.timeout(300_000);
    started ??= startOrderStand();
    stand = await started;
  });
  return {
    get stand() {
      if (!stand) throw new Error("Use the stand in tests and hooks only.");
      return stand;
    },
  };
}
