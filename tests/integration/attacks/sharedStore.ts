import { type Store, startStore } from "../../../local/store";
import { Shopper } from "../../kit/drill/shopper";
import { temporaryFolder } from "../../kit/temporaryFolder";

/** A store with two Regions that all attacks of a test run share, with a customer of each Region. */
export interface AttackedStore {
  store: Store;
  dataDir: string;
  /** Regions, the primary first. */
  east: string;
  west: string;
  shopper: Shopper;
}

let started: Promise<AttackedStore> | undefined;

// At the root, so that the store serves all tests of the run and stops after the last.
after(async function () {
  this.timeout(300_000);
  await (await started)?.store.stop();
});

/** Returns the store. The first suite starts it. */
export function useAttackedStore(): { readonly attacked: AttackedStore } {
  let attacked: AttackedStore | undefined;
  before(async function () {
    this.timeout(300_000);
    started ??= start();
    attacked = await started;
  });
  return {
    get attacked() {
      if (!attacked) throw new Error("Use the store in tests and hooks only.");
      return attacked;
    },
  };
}

async function start(): Promise<AttackedStore> {
  const dataDir = temporaryFolder("stayopen-attacks");
  const pace = { pendingMs: 1_500, shipmentStepMs: 500 };
  // No test here measures how soon a lost Region is detected: fewer rounds take less processor time while the store waits.
  const failoverTimings = {
    roundSeconds: 3,
    staleAfterSeconds: 9,
    failuresInARow: 2,
    probeTimeoutMs: 1_000,
    awayAfterSeconds: 10,
  };
  const config = { "stayopen:failoverTimings": JSON.stringify(failoverTimings) };
  const store = await startStore({ dataDir, regions: 2, fast: true, port: 0, fresh: true, pace, config });
  try {
    const [east = "", west = ""] = Object.keys(store.regions);
    return { store, dataDir, east, west, shopper: await Shopper.of(store, east) };
  } catch (error) {
    await store.stop();
    throw error;
  }
}
