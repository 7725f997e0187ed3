import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Compile caches: Node's, which npm and the TypeScript compiler switch on, and ts-node's. */
const CACHES = /^(node-compile-cache|v8-compile-cache-\d+)$/;

const made = new Set<string>();

/** Creates a folder that is removed when the tests of this process have ended. */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${purpose}-`));
  made.add(folder);
  return folder;
}

/** Removes what `temporaryFolder` created. */
export function removeTemporaryFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  made.clear();
}

/** Entries of the temporary folder other than caches and what `temporaryFolder` created. */
export const strayEntries = (): string[] =>
  readdirSync(tmpdir()).filter((name) => !made.has(join(tmpdir(), name)) && !CACHES.test(name));
