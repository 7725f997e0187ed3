import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { writePrivateFile } from "../../../cli/customers/writePrivateFile";
import { temporaryFolder } from "../../kit/temporaryFolder";

describe("writePrivateFile", () => {
  it("closes a file to others that they could read before", () => {
    const file = join(temporaryFolder("private-file"), "export.json");
    writeFileSync(file, "earlier and longer", { mode: 0o644 });
    for (const text of ["{}", "[]"]) {
      writePrivateFile(file, text);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(readFileSync(file, "utf8")).to.equal(text);
    }
  });
});
