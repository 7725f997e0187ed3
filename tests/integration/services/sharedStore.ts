import { join } from "node:path";
import { QUICK } from "../../../cli/leastPrivilege/drive";
import { type Store, startStore } from "../../../local/store";
import { temporaryFolder } from "../../kit/temporaryFolder";

/** A store of two Regions for tests that need none of their own. No test waits for DNS failover, so timings and the edge's limits are the normal ones. */
export interface SharedStore {
  store: Store;
  /** File of the store's access log. */
  accessLog: string;
}

let started: Promise<SharedStore> | undefined;

// At the root, so that the store serves all tests of the run and stops after the last.
after(async function () {
  this.timeout(300_000);
  await (await started)?.store.stop();
});

/** Returns the store. The first suite starts it. Each leaves both Regions up, but for the last, `twoRegionsCustomers`. */
export function shareStore(): Promise<SharedStore> {
  started ??= start();
  return started;
}

async function start(): Promise<SharedStore> {
  const dataDir = temporaryFolder("stayopen-services");
  const accessLog = join(dataDir, "access.jsonl");
  const store = await startStore({ ...QUICK, dataDir, accessLog, regions: 2, port: 0, sampleCatalogue: false });
  return { store, accessLog };
}
