import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ImportCounts } from "./importer";

interface Saved {
  /** Fingerprint of the file; a changed file is imported from the beginning. */
  size: number;
  modifiedMs: number;
  counts: ImportCounts;
}

/** Progress of the import of a file into a table, stored so that the next import continues there. */
export class Checkpoint {
  private readonly path: string;

  /** @param directory folder of the checkpoints, one for each pair of import file and table. */
  constructor(
    private readonly file: string,
    table: string,
    directory = join(".stayopen", "imports"),
  ) {
    const name = createHash("sha256")
      .update(`${resolve(file)}\n${table}`)
      .digest("hex")
      .slice(0, 16);
    this.path = join(directory, `${name}.json`);
  }

  /** Reads the progress; `undefined` if none is stored or the file has changed since. */
  read(): ImportCounts | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    const saved: Saved = JSON.parse(text);
    const { size, modifiedMs } = this.fingerprint();
    return saved.size === size && saved.modifiedMs === modifiedMs ? saved.counts : undefined;
  }

  save(counts: ImportCounts): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const saved: Saved = { ...this.fingerprint(), counts };
    writeFileSync(`${this.path}.new`, JSON.stringify(saved));
    renameSync(`${this.path}.new`, this.path);
  }

  clear(): void {
    rmSync(this.path, { force: true });
  }

  private fingerprint() {
    const { size, mtimeMs } = statSync(this.file);
    return { size, modifiedMs: mtimeMs };
  }
}
