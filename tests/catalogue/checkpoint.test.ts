import { utimesSync } from "node:fs";
import { expect } from "chai";
import { Checkpoint } from "../../catalogue/checkpoint";
import type { ImportCounts } from "../../catalogue/importer";
import { importFolder, jsonLine } from "../kit/importFakes";

describe("Checkpoint", () => {
  const folder = importFolder();

  it("stores the progress of a file until the file changes", () => {
    const path = folder.write("a.jsonl", jsonLine("a"));
    const counts: ImportCounts = { rows: 5, created: 4, changed: 0, unchanged: 0, bad: 1 };
    new Checkpoint(path, "products", folder.pathOf("checkpoints")).save(counts);
    expect(new Checkpoint(path, "products", folder.pathOf("checkpoints")).read()).to.deep.equal(counts);
    expect(new Checkpoint(path, "other", folder.pathOf("checkpoints")).read()).to.equal(undefined);
    utimesSync(path, 1, 1);
    expect(new Checkpoint(path, "products", folder.pathOf("checkpoints")).read()).to.equal(undefined);
  });
});
