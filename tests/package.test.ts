import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { preProcessFile } from "typescript";

const root = join(__dirname, "..");

/** Folders that the package is made of. */
const SHIPPED = ["components", "domain", "workflows"];
/** Types alone: what is imported of it leaves no trace in the compiled files. */
const TYPES_OF: Record<string, string> = { "aws-lambda": "@types/aws-lambda" };

describe("The package", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };

  it("depends on all that its files import, so that it works where it is installed", () => {
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
          if (!((TYPES_OF[name] ?? name) in dependencies)) missing.add(`${join(folder, file)} imports ${name}`);
        }
      }
    }
    expect(imports).to.be.above(100);
    expect([...missing]).to.deep.equal([]);
  });
});
