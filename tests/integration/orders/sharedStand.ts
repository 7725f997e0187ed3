import { type OrderStand, startOrderStand } from "./orderStand";

let started: Promise<OrderStand> | undefined;

// At the root, so that the stand serves all tests of the run and stops after the last.
after(async function () {
  this.timeout(30_000);
  await (await started)?.stop();
});

/** The one stand of the test run, started by the first suite that needs it. */
export function useOrderStand(): { readonly stand: OrderStand } {
  let stand: OrderStand | undefined;
  before(async function () {
    this.timeout(120_000);
    started ??= startOrderStand();
    stand = await started;
  });
  return {
    get stand() {
      if (!stand) throw new Error("The stand is there in tests and hooks only.");
      return stand;
    },
  };
}
