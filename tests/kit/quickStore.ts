import { QUICK } from "../../cli/leastPrivilege/drive";
import { shareStore } from "./sharedStore";

/** A store of two Regions with quick orders, quick failover and no products. */
export const useQuickStore = shareStore("stayopen-quick", { ...QUICK, regions: 2, fast: true, sampleCatalogue: false });
