import { expect } from "chai";
import { projectIn, runProject } from "../../kit/bundles";

/** Files by the name of their function. With `strict` in tsconfig.json, esbuild adds "use strict" to JavaScript without it. */
const LATE = {
  sloppy: "exports.mode = function () { undeclared = typeof this; return undeclared; };",
  withInside: 'exports.mode = () => { with ({ inside: "with" }) return inside; };',
  strict: '"use strict"; exports.mode = () => (function () { return typeof this; })();',
};
const names = Object.keys(LATE) as (keyof typeof LATE)[];

const program = `
import { bundle } from "REPOSITORY/components/inlineFunction/bundle/bundle";
import { ${names} } from "./imported";
const factories = [${names.map((name) => `() => () => ${name}()`)}];
const made = factories.map((factory, index) => bundle(factory as never, { name: "late" + index }));
void (async () => {
  for (const each of made) {
    const { file } = await (each as unknown as { promise(): Promise<{ file: string }> }).promise();
    console.log(await (require(require("node:path").resolve(file)) as { handler(): unknown }).handler());
  }
})();
`;
const imported = names
  .map((name) => `export const ${name} = async () => ((await import("./${name}.js")) as { mode(): string }).mode();\n`)
  .join("");

describe("a JavaScript file that an imported file loads in the function only", function () {
  this.timeout(120_000);
  let modes: Record<string, string | undefined>;

  before(() => {
    const late = names.map((name) => [`${name}.js`, LATE[name]]);
    const printed = runProject(
      projectIn("late", { "index.ts": program, "imported.ts": imported, ...Object.fromEntries(late) }),
    );
    modes = Object.fromEntries(names.map((name, index) => [name, printed[index]]));
  });

  it("stays sloppy", () => {
    expect(modes["sloppy"]).to.equal("object");
  });

  it("may contain syntax of sloppy mode only", () => {
    expect(modes["withInside"]).to.equal("with");
  });

  it("stays strict with the directive", () => {
    expect(modes["strict"]).to.equal("undefined");
  });
});
