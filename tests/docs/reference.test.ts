import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { REFERENCE, renderReference } from "../../cli/reference";
import { createCompilerHost, parsedPackages } from "../kit/compilerHost";

describe("The API reference", function () {
  this.timeout(180_000);
  let pages: Map<string, string>;

  before(() => {
    pages = renderReference((options) => createCompilerHost(options, { parsed: parsedPackages, readsDocs: true }));
  });

  it("has a page for each component, as its doc comments are now (`npm run docs` writes them)", () => {
    expect(readdirSync(REFERENCE).sort()).to.deep.equal([...pages.keys()].sort());
    const outdated = [...pages].filter(([file, text]) => readFileSync(join(REFERENCE, file), "utf8") !== text);
    expect(outdated.map(([file]) => file)).to.deep.equal([]);
  });

  it("states cost, an example, arguments and outputs of each", () => {
    const components = [...pages].filter(([file]) => file !== "README.md");
    expect(components.length).to.be.greaterThan(10);
    const lacking = components.flatMap(([file, text]) =>
      ["## Cost", "## Example", "## Arguments", "## Outputs"]
        .filter((part) => !text.includes(`\n${part}\n\n`))
        .map((part) => `${file}: ${part}`),
    );
    expect(lacking).to.deep.equal([]);
  });

  it("describes every argument and output of the component itself", () => {
    const empty = [...pages].flatMap(([file, text]) =>
      text
        .replace(/^### [\s\S]*?^(?=## )/gm, "")
        .split("\n")
        .filter((line) => /^\| `\w+` \| `.*?` \| +\|/.test(line))
        .map((line) => `${file}: ${line}`),
    );
    expect(empty).to.deep.equal([]);
  });
});
