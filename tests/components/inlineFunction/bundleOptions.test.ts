import { expect } from "chai";
import { InlineFunction } from "../../../components/inlineFunction";
import { CLI_LOADER, projectIn, runProject } from "../../kit/bundles";
import { expectRefusal } from "../../kit/refusals";

const files = {
  "index.ts": `
import { readFileSync } from "node:fs";
import { bundle } from "REPOSITORY/components/inlineFunction/bundle/bundle";
import { meta } from "./lib/meta";
import { native } from "./lib/native";
import { laid } from "./lib/laid";
import { rules } from "./lib/rules";
import { bytes } from "./lib/bytes";
// Pulumi's engine, which would report the errors of outputs, does not run.
process.on("unhandledRejection", () => undefined);
const write = async (name: string, factory: unknown, options: object) =>
  (await (bundle(factory as never, { name, ...options }) as unknown as { promise(): Promise<{ file: string }> }).promise()).file;
const call = (file: string) => require(file).handler();
const tried = async (name: string, factory: unknown, options: object = {}, use: (file: string) => unknown = call) =>
  console.log(JSON.stringify(await write(name, factory, options).then(use).catch((error: Error) => error.message)));
(async () => {
  await tried("meta", () => () => meta());
  await tried("native", () => () => native());
  await tried("laid", () => () => laid(), { external: ["laid-package"] }, (file) => {
    const text = readFileSync(file, "utf8");
    return [text.includes('require("laid-package")'), text.includes("laid content")];
  });
  await tried("again", () => () => laid());
  await tried("unknown", () => () => rules());
  await tried("rules", () => () => rules(), { loader: { ".sql": "text" } });
  await tried("bytes", () => () => bytes(), { loader: { ".wasm": "binary" } });
  await tried("plain", () => () => 1, {}, (file) => readFileSync(file, "utf8").includes("pathToFileURL"));
})();
`,
  "lib/meta.ts": 'export const meta = async () => (await import("meta-package")).value();',
  "lib/native.ts": 'export const native = async () => (await import("native-package")).default;',
  "lib/laid.ts": 'export const laid = async () => (await import("laid-package")).default;',
  "lib/rules.ts": 'export const rules = async () => (await import("./rules.sql")).default;',
  "lib/bytes.ts": 'export const bytes = async () => [...(await import("./code.wasm")).default];',
  "lib/rules.sql": "select 1",
  "lib/code.wasm": "\0asm",
  "lib/node_modules/meta-package/package.json": '{ "type": "module", "main": "index.js" }',
  "lib/node_modules/meta-package/index.js": `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
export const value = () => [typeof require("os").cpus, import.meta.url.startsWith("file:///"), typeof import.meta.dirname];
`,
  "lib/node_modules/native-package/index.js": 'module.exports = require("./addon.node");',
  "lib/node_modules/native-package/addon.node": "",
  "lib/node_modules/laid-package/index.js": 'module.exports = "laid content";',
};

describe("A bundle", function () {
  this.timeout(120_000);
  let printed: unknown[] = [];
  before(() => {
    printed = runProject(projectIn("options", files), { loader: CLI_LOADER }).map((line) => JSON.parse(line));
  });

  it("gives ES modules an import.meta, so that createRequire works", () => {
    expect(printed[0]).to.deep.equal(["function", true, "string"]);
  });

  it("refuses a native addon with its package, file and remedy", () => {
    expect(printed[1]).to.equal(
      'InlineFunction "native": the package native-package has a native addon (lib/node_modules/native-package/index.js:1), ' +
        "which cannot be bundled; put it into a layer, and name it in `external`.",
    );
  });

  it("leaves external packages to a layer, and only where they are named", () => {
    expect(printed[2]).to.deep.equal([true, false]);
    expect(printed[3]).to.equal("laid content");
  });

  it("bundles files as the loader says, and refuses others with file, line and remedy", () => {
    expect(printed[4]).to.equal(
      'InlineFunction "unknown": it imports lib/rules.sql (lib/rules.ts:1), and no loader says how to bundle it; ' +
        'give `loader: { ".sql": "binary" }`, or "text".',
    );
    expect(printed[5]).to.equal("select 1");
    expect(printed[6]).to.deep.equal([0, 97, 115, 109]);
  });

  it("contains none of this without a need", () => {
    expect(printed[7]).to.equal(false);
  });
});

describe("InlineFunction", () => {
  const callbackFactory = () => () => 1;
  for (const [what, args, message] of [
    [
      "a path as an external package",
      { external: ["./lib"] },
      /`external\[0\]` is "\.\/lib"; it must be a package's name/,
    ],
    [
      "a loader that writes a file",
      { loader: { ".wasm": "file" } },
      /`loader\["\.wasm"\]` is "file"; it must be "text", /,
    ],
    ["a loader without an ending", { loader: { wasm: "binary" } }, /`loader` has "wasm"; it must have endings such as/],
    ["six layers", { layers: Array(6).fill("arn") }, /`layers` has 6 layers; it must have at most 5/],
  ] as [string, object, RegExp][]) {
    it(`refuses ${what}`, () =>
      expectRefusal("InlineFunction", () => new InlineFunction("f", { callbackFactory, ...args }), message));
  }
});
