import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { deferImports } from "../../../local/engine/deferredImports";
import { temporaryFolder } from "../../kit/temporaryFolder";

describe("deferImports", () => {
  const loaded: string[] = [];
  let folder: string;
  let requireHere: NodeJS.Require;

  before(() => {
    folder = temporaryFolder("deferred-imports");
    const packageFolder = join(folder, "node_modules", "heavy");
    mkdirSync(packageFolder, { recursive: true });
    writeFileSync(
      join(packageFolder, "index.js"),
      'globalThis.loadedForTest.push("heavy"); class Heavy { constructor(size) { this.size = size; } } exports.Heavy = Heavy;',
    );
    writeFileSync(
      join(folder, "main.js"),
      'exports.heavy = require("heavy"); exports.make = () => new exports.heavy.Heavy(3);',
    );
    requireHere = createRequire(join(folder, "main.js"));
    Object.assign(globalThis, { loadedForTest: loaded });
  });

  after(() => {
    delete (globalThis as { loadedForTest?: unknown }).loadedForTest;
  });

  it("loads a module when an export of it is first used", () => {
    const from = join(folder, "main.js");
    const imports = [
      { from, name: "heavy" },
      { from, name: "absent" },
      { from: join(folder, "absent.js"), name: "./nowhere" },
    ];
    const main: { heavy: object; make(): { size: number } } = deferImports(imports, () => requireHere("./main.js"));
    expect(loaded).to.deep.equal([]);
    expect((main.heavy as { __esModule?: unknown }).__esModule).to.equal(true);
    expect(loaded).to.deep.equal([]);

    expect(main.make().size).to.equal(3);
    expect(main.make().size).to.equal(3);
    expect(Object.keys(main.heavy)).to.deep.equal(["Heavy"]);
    expect("Heavy" in main.heavy).to.equal(true);
    expect(loaded).to.deep.equal(["heavy"]);
    // Later imports get the module itself.
    expect(main.make()).to.be.instanceOf(requireHere("heavy").Heavy);
    expect(requireHere("heavy")).to.not.equal(main.heavy);
  });

  it("leaves a module as it is that has been loaded before", () => {
    const heavy: unknown = requireHere("heavy");
    const imports = [{ from: join(folder, "main.js"), name: "heavy" }];
    expect(deferImports(imports, () => requireHere("heavy"))).to.equal(heavy);
    expect(requireHere("heavy")).to.equal(heavy);
  });
});
