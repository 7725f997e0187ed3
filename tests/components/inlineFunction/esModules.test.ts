import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { LOADER, projectIn } from "../../kit/bundles";

const root = path.resolve(__dirname, "../../..");

/** Two functions; the file has loaded `bundle` and `fs`. */
const functions = `
const twice = (n) => 2 * n;
const made = ["double", "again"].map((name) => bundle(() => async (n) => twice(n), { name }));
void Promise.all(made.map((each) => each.promise())).then(async (bundles) => {
  // As in Lambda, where no package.json is beside the file.
  const load = (text, module) => (new Function("module", "exports", text)(module, module.exports), module.exports);
  for (const { file } of bundles) console.log(await load(await fs.readFile(file, "utf8"), { exports: {} }).handler(4));
});
`;

/** Runs an ES-module program, as `"type": "module"` makes one. */
function runModule(files: Record<string, string>) {
  const project = projectIn("modules", files);
  fs.writeFileSync(path.join(project, "package.json"), '{ "type": "module" }');
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", LOADER, "index.js"], {
    cwd: project,
    encoding: "utf8",
  });
  return { status, lines: stdout.trim().split("\n"), stderr };
}

const BUNDLE = path.join(root, "components/inlineFunction/bundle/bundle.ts");

describe("an ES-module program", function () {
  this.timeout(120_000);

  it("is refused once, with a sentence that says what to do", () => {
    const { status, stderr } = runModule({
      "index.js": `
import { createRequire } from "node:module";
const { bundle } = createRequire(import.meta.url)("${BUNDLE}");
const fs = process.getBuiltinModule("node:fs/promises");
${functions}`,
    });
    expect(status).to.equal(1);
    expect(stderr.match(/InlineFunction "/g)).to.have.length.of.at.least(1);
    expect(stderr).not.to.contain('"again"');
    expect(stderr).to.contain(
      'InlineFunction "double": its callback is in an ES module (index.js:7), whose variables cannot be read; move it into a CommonJS file, such as a `.cts` or `.cjs` file that the module imports.',
    );
  });

  it("may not pass functions to a callback of a CommonJS file", () => {
    const { stderr } = runModule({
      "index.js": `
import "@pulumi/pulumi";
import { start } from "./functions.cjs";
start((n) => 2 * n);`,
      "functions.cjs": `
const { bundle } = require("${BUNDLE}");
exports.start = (twice) => void bundle(() => async (n) => twice(n), { name: "double" }).promise();`,
    });
    expect(stderr).to.contain(
      'InlineFunction "double": it captures a function of an ES module (index.js:4), whose variables cannot be read; move that into a CommonJS file, such as a `.cts` or `.cjs` file that the module imports.',
    );
  });

  it("may import its functions from a CommonJS file", () => {
    const { lines, stderr } = runModule({
      "index.js": 'import "./functions.cjs";',
      "functions.cjs": `const { bundle } = require("${BUNDLE}");\nconst fs = require("node:fs/promises");\n${functions}`,
    });
    expect(lines, stderr).to.deep.equal(["8", "8"]);
  });
});
