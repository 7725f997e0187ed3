import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { folderSettings } from "../../local/localSettings";
import { temporaryFolder } from "../kit/temporaryFolder";

describe("folderSettings", () => {
  it("asks for --fresh when an earlier version wrote the data folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stayopen-settings-"));
    try {
      // The providers' port had another name.
      writeFileSync(join(folder, "settings.json"), JSON.stringify({ ports: { emulator: 1, search: 2, outside: 3 } }));
      const failure = await folderSettings(folder, 1).catch((error: Error) => error.message);
      expect(failure).to.equal(`The data in ${folder} were written by an earlier version: start with --fresh.`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("asks for --fresh when the file is damaged, as by a full disk", async () => {
    const folder = temporaryFolder("settings");
    for (const text of ["", "{", "null"]) {
      writeFileSync(join(folder, "settings.json"), text);
      const failure = await folderSettings(folder, 1).catch((error: Error) => error.message);
      expect(failure, text).to.equal(`The file ${join(folder, "settings.json")} is damaged: start with --fresh.`);
    }
  });
});
