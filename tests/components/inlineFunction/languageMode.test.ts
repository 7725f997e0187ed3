import { expect } from "chai";
import { projectIn, runProject } from "../../kit/bundles";

// With `strict` in tsconfig.json, esbuild adds "use strict" to JavaScript without it.
const program = `
import { bundle } from "REPOSITORY/components/inlineFunction/bundle/bundle";
import { modeOfLate } from "./imported";
const made = bundle((() => () => modeOfLate()) as never, { name: "late" });
void (made as unknown as { promise(): Promise<{ file: string }> })
  .promise()
  .then(async ({ file }) => console.log(await (require(require("node:path").resolve(file)) as { handler(): unknown }).handler()));
`;
const imported = 'export const modeOfLate = async () => ((await import("./late.js")) as { mode(): string }).mode();';
const modeOf = (file: string) =>
  runProject(projectIn("late", { "index.ts": program, "imported.ts": imported, "late.js": file }));

describe("a JavaScript file that an imported file loads in the function only", function () {
  this.timeout(120_000);

  it("stays sloppy", () => {
    expect(modeOf("exports.mode = function () { undeclared = typeof this; return undeclared; };")).to.deep.equal([
      "object",
    ]);
  });

  it("may contain syntax of sloppy mode only", () => {
    expect(modeOf('exports.mode = () => { with ({ inside: "with" }) return inside; };')).to.deep.equal(["with"]);
  });

  it("stays strict with the directive", () => {
    expect(modeOf('"use strict"; exports.mode = () => (function () { return typeof this; })();')).to.deep.equal([
      "undefined",
    ]);
  });
});
