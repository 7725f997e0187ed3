/**
 * `npm run grants`: which of their rights the store's roles use, and what they were refused. With `-- --data FOLDER`
 * the run's files, the access log among them, stay in that folder.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readAccessLog } from "../local/aws/network/accessLog";
import { startStore } from "../local/store";
import { compare } from "./leastPrivilege/compare";
import { drive, QUICK } from "./leastPrivilege/drive";
import { EXPLANATIONS } from "./leastPrivilege/explanations";
import { grantedOf, neededByMappings, neededByServices, otherRoles } from "./leastPrivilege/granted";
import { printed } from "./leastPrivilege/table";

/** @returns whether nothing needs to be looked at. */
async function main(): Promise<boolean> {
  const { values: options } = parseArgs({ options: { data: { type: "string" } } });
  const dataDir = options.data ?? mkdtempSync(join(tmpdir(), "stayopen-grants-"));
  mkdirSync(dataDir, { recursive: true });
  const accessLog = join(dataDir, "access.jsonl");
  rmSync(accessLog, { force: true });
  const started = performance.now();
  const say = (what: string) =>
    console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  try {
    const store = await startStore({ ...QUICK, dataDir, fresh: true, port: 0, accessLog, onProgress: say });
    try {
      await drive(store, say);
    } finally {
      await store.stop();
    }
    const comparison = compare({
      granted: grantedOf(store.deployment),
      decisions: readAccessLog(accessLog),
      needs: [...neededByMappings(store.deployment), ...neededByServices(store.deployment)],
      explanations: EXPLANATIONS,
    });
    console.log(printed(comparison));
    const unknown = otherRoles(store.deployment);
    if (unknown.length > 0) console.log(`Not looked at, since nobody knows who holds them: ${unknown.join(", ")}.`);
    return comparison.clean && unknown.length === 0;
  } finally {
    if (options.data === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

main().then(
  (clean) => process.exit(clean ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
