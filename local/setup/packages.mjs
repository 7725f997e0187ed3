import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/**
 * Installs the npm packages of the lock file, if they are missing or belong to another lock file.
 *
 * @param {string} projectRoot
 * @param {(line: string) => void} progress
 */
export async function setUpPackages(projectRoot, progress) {
  const lockFile = join(projectRoot, "package-lock.json");
  const installed = join(projectRoot, "node_modules", ".package-lock.json");
  const marker = join(projectRoot, "node_modules", ".stayopen-lock");
  const wanted = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  if (existsSync(installed)) {
    if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
    // The user ran `npm install` after the lock file had changed.
    if (statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs) {
      writeFileSync(marker, wanted);
      return;
    }
  }
  progress("installing the npm packages, about half a minute …");
  try {
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: projectRoot });
  } catch (error) {
    if (error.isOffline)
      throw new Error(
        "the npm packages are missing and the npm registry cannot be reached: check the network and start again.",
      );
    throw new Error(`npm ci failed (${error.lastLine}); run it by hand to see more.`);
  }
  writeFileSync(marker, wanted);
}
