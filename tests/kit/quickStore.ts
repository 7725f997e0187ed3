import { join } from "node:path";
import { QUICK } from "../../cli/leastPrivilege/drive";
import { shareStore } from "./sharedStore";
import { temporaryFolder } from "./temporaryFolder";

/** File of the quick store's access log. */
export const quickAccessLog = join(temporaryFolder("stayopen-quick-access"), "access.jsonl");

/** A store of two Regions with quick orders, quick failover and no products. */
export const useQuickStore = shareStore("stayopen-quick", {
  ...QUICK,
  accessLog: quickAccessLog,
  regions: 2,
  fast: true,
  sampleCatalogue: false,
});
