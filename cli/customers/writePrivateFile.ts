import { closeSync, fchmodSync, openSync, writeFileSync } from "node:fs";

/** Writes a file that only its owner can read, also if there is one that others can read. */
export function writePrivateFile(file: string, text: string): void {
  const opened = openSync(file, "w", 0o600);
  try {
    // The mode of `open` is that of a new file only.
    fchmodSync(opened, 0o600);
    writeFileSync(opened, text);
  } finally {
    closeSync(opened);
  }
}
