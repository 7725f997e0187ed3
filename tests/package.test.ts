import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { preProcessFile } from "typescript";

const root = join(__dirname, "..");

/** Folders of the package. */
const SHIPPED = ["components", "domain", "workflows"];
/** Packages of which only types are imported, so that compiled files do not import them. */
const TYPES_OF: Record<string, string> = { "aws-lambda": "@types/aws-lambda" };

describe("The package", () => {
  const { dependencies, peerDependencies, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
    exports: Record<string, unknown>;
  };

  it("depends on all packages that its files import", () => {
    const missing = new Set<string>();
    let imports = 0;
    for (const folder of SHIPPED) {
      for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".ts")) continue;
        for (const { fileName } of preProcessFile(readFileSync(join(root, folder, file), "utf8")).importedFiles) {
          if (fileName.startsWith(".") || isBuiltin(fileName)) continue;
          imports++;
          const name = fileName
            .split("/")
            .slice(0, fileName.startsWith("@") ? 2 : 1)
            .join("/");
          if (!((TYPES_OF[name] ?? name) in { ...dependencies, ...peerDependencies }))
            missing.add(`${join(folder, file)} imports ${name}`);
        }
      }
    }
    expect(imports).to.be.above(100);
    expect([...missing]).to.deep.equal([]);
  });

  it("leaves Pulumi's packages to the project that installs it", () => {
    expect(Object.keys(dependencies).filter((name) => name.startsWith("@pulumi/"))).to.deep.equal([]);
    expect(dependencies).not.to.have.property("node");
  });

  it("has an entry for every folder of components", () => {
    const folders = readdirSync(join(root, "components"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, "components", entry.name, "index.ts")))
      .map(({ name }) => `./${name}`);
    expect(Object.keys(exports)).to.include.members(folders);
  });
});
