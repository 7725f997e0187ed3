import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readDataFile } from "../../../local/deployment/dataFile";
import { temporaryFolder } from "../../kit/temporaryFolder";

describe("readDataFile", () => {
  const file = join(temporaryFolder("data-file"), "deployed.json");

  it("reads JSON", () => {
    writeFileSync(file, '{"seed":"1"}');
    expect(readDataFile(file)).to.deep.equal({ seed: "1" });
  });

  for (const text of ["", '{"seed":', "null", "7"]) {
    it(`says how to go on with the damaged text ${JSON.stringify(text)}`, () => {
      writeFileSync(file, text);
      expect(() => readDataFile(file)).to.throw(`The file ${file} is damaged: start with --fresh.`);
    });
  }
});
