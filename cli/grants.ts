/**
 * `npm run grants`: compares the grants of the store's roles with the requests that they make. The files of the last run, the
 * access log among them, are in `.stayopen/grants`, or in the folder of `-- --data FOLDER`.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readAccessLog } from "../local/aws/network/accessLog";
import { startStore } from "../local/store";
import { compare } from "./leastPrivilege/compare";
import { drive, QUICK } from "./leastPrivilege/drive";
import { EXPLANATIONS } from "./leastPrivilege/explanations";
import { grantedOf, neededByLambda, neededByServices, otherRoles } from "./leastPrivilege/granted";
import { formatComparison } from "./leastPrivilege/table";

const DATA_FOLDER = resolve(__dirname, "..", ".stayopen", "grants");

/** @returns true when every grant is used or explained, and no refusal is unexplained. */
async function main(): Promise<boolean> {
  const { data: dataDir } = parseArgs({ options: { data: { type: "string", default: DATA_FOLDER } } }).values;
  mkdirSync(dataDir, { recursive: true });
  const accessLog = join(dataDir, "access.jsonl");
  rmSync(accessLog, { force: true });
  const started = performance.now();
  const say = (what: string) =>
    console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  const store = await startStore({ ...QUICK, dataDir, fresh: true, port: 0, accessLog, onProgress: say });
  try {
    await drive(store, say);
  } finally {
    await store.stop();
  }
  const comparison = compare({
    granted: grantedOf(store.deployment),
    decisions: readAccessLog(accessLog),
    needs: [...neededByLambda(store.deployment), ...neededByServices(store.deployment)],
    explanations: EXPLANATIONS,
  });
  console.log(formatComparison(comparison));
  const unknown = otherRoles(store.deployment);
  if (unknown.length > 0)
    console.log(`Not compared, because no function or service has these roles: ${unknown.join(", ")}.`);
  return comparison.clean && unknown.length === 0;
}

main().then(
  (clean) => process.exit(clean ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
