import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import * as ts from "typescript";
import { buildDirectory, LOADER, load } from "../../kit/bundles";

const root = path.resolve(__dirname, "../../..");

const files = {
  // A component, which loads Pulumi and has a closure.
  "components/shop.ts": `
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "${root}/components/inlineFunction/bundle/bundle";
import { Till } from "../domain/till";
const currency = pulumi.output("EUR");
const twice = (n: number) => 2 * n;
export const shop = (directory: string) =>
  bundle((() => { const till = new Till(); return async (n: number) => [currency.get(), till.add(twice(n)), till.store()]; }) as never, { name: "shop", directory });
`,
  // A file without Pulumi that uses a large package, which can be tree-shaken.
  "domain/till.ts": `
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
export class Till {
  #sum = 0;
  add(n: number): number { return (this.#sum += n); }
  store(): string { return typeof new DynamoDBClient({ region: "eu-central-1" }).send; }
}
`,
};

const program = `
const { shop } = require("shop-components/dist/components/shop");
shop(process.argv[2]).promise().then((made) => console.log(JSON.stringify(made)));
`;

/** Creates a project with the package installed: compiled to CommonJS, with or without its maps and sources. */
function projectWith(withSources: boolean): string {
  const project = path.join(buildDirectory(), "project");
  const installed = path.join(project, "node_modules", "shop-components");
  fs.mkdirSync(installed, { recursive: true });
  for (const name of fs.readdirSync(path.join(root, "node_modules")))
    if (!name.startsWith("."))
      fs.symlinkSync(path.join(root, "node_modules", name), path.join(project, "node_modules", name));
  fs.writeFileSync(path.join(project, "index.js"), program);
  fs.copyFileSync(path.join(root, "tsconfig.json"), path.join(project, "tsconfig.json"));
  fs.writeFileSync(path.join(installed, "package.json"), '{ "name": "shop-components", "version": "1.0.0" }');
  for (const [name, text] of Object.entries(files)) {
    const options = {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: true,
      sourceMap: true,
    };
    const compiled = ts.transpileModule(text, { compilerOptions: options, fileName: path.basename(name) });
    const output = path.join(installed, "dist", name.replace(".ts", ".js"));
    fs.mkdirSync(path.dirname(output), { recursive: true });
    fs.writeFileSync(output, compiled.outputText);
    if (!withSources) continue;
    const map = JSON.parse(compiled.sourceMapText ?? "{}") as { sources: string[] };
    map.sources = [path.posix.join("../..", name)];
    fs.writeFileSync(`${output}.map`, JSON.stringify(map));
    fs.mkdirSync(path.dirname(path.join(installed, name)), { recursive: true });
    fs.writeFileSync(path.join(installed, name), text);
  }
  return project;
}

function bundleIn(project: string): { file: string; bytes: number } {
  const args = ["-r", LOADER, "index.js", path.join(project, "build")];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" })) as {
    file: string;
    bytes: number;
  };
}

describe("a component installed from npm", function () {
  this.timeout(120_000);

  for (const withSources of [true, false])
    it(`bundles from its compiled files ${withSources ? "and the sources beside them" : "alone"}`, async () => {
      const { file, bytes } = bundleIn(projectWith(withSources));
      const handler = load<number, unknown[]>(file);
      expect([await handler(2), await handler(3)]).to.deep.equal([
        ["EUR", 4, "function"],
        ["EUR", 10, "function"],
      ]);
      // With its sources it is as small as a function of the program, because unused commands are removed.
      if (withSources) expect(bytes).to.be.below(500_000);
    });
});
