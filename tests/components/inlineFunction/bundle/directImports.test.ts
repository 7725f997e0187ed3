import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import * as esbuild from "esbuild";
import { DirectImports } from "../../../../components/inlineFunction/bundle/directImports";

const ROOT = path.resolve(__dirname, "../../../..");
const LAMBDA = path.join(ROOT, "node_modules/@aws-sdk/client-lambda/dist-es");
const INDEX = "@aws-sdk/client-lambda";

/** Runs a test with direct imports that ask a running esbuild for packages. */
async function withImports(test: (imports: DirectImports) => Promise<void>): Promise<void> {
  const imports = new DirectImports();
  const testing: esbuild.Plugin = { name: "test", setup: (build) => build.onStart(() => test(imports)) };
  const stdin = { contents: "", resolveDir: ROOT };
  await esbuild.build({ stdin, write: false, logLevel: "silent", plugins: [imports.plugin, testing] });
}

const from = (file: string, names: string) => `import { ${names} } from ${JSON.stringify(path.join(LAMBDA, file))};`;

describe("direct imports of the AWS SDK", () => {
  it("import names from the files that define them, and keep the number of lines", () =>
    withImports(async (imports) => {
      const code = `import { InvokeCommand, LambdaClient as Client } from "${INDEX}";\nnew Client();\n`;
      expect(await imports.in(code, ROOT)).to.equal(
        `${from("commands/InvokeCommand.js", "InvokeCommand")} ${from("LambdaClient.js", "LambdaClient as Client")}\nnew Client();\n`,
      );
      const lines = `import {\n  InvokeCommand,\n  type LambdaClient,\n} from "${INDEX}";\n\nlet a: LambdaClient;\n`;
      expect(await imports.in(lines, ROOT)).to.equal(
        `${from("commands/InvokeCommand.js", "InvokeCommand")}\n\n\n\n\nlet a: LambdaClient;\n`,
      );
    }));

  it("leave names that a package does not define, types, text that looks like an import, and other packages", () =>
    withImports(async (imports) => {
      const mixed = `import { InvokeCommand, NoSuchName } from "${INDEX}";\n`;
      expect(await imports.in(mixed, ROOT)).to.equal(
        `import { NoSuchName } from "${INDEX}"; ${from("commands/InvokeCommand.js", "InvokeCommand")}\n`,
      );
      for (const code of [
        `import type { LambdaClient } from "${INDEX}";\n`,
        `import * as lambda from "${INDEX}";\n`,
        `const text = \`\nimport { InvokeCommand } from "${INDEX}";\n\`;\n`,
        'import { expect } from "chai";\n',
        'import { InvokeCommand } from "./InvokeCommand";\n',
        // Replaced by `awsSdk.ts`.
        'import { defaultProvider } from "@aws-sdk/credential-provider-node";\n',
      ])
        expect(await imports.in(code, ROOT)).to.equal(code);
    }));

  it("give a closure a namespace with the names that it uses", () =>
    withImports(async (imports) => {
      const [specifier, use] = [`inline:${ROOT}|${INDEX}`, "exports.handler = () => new $import1.LambdaClient({});\n"];
      const text = `import * as $import1 from "${specifier}";\n`;
      expect(await imports.inClosure(text + use)).to.equal(
        `import * as $import1 from "direct:${specifier}|LambdaClient";\n${use}`,
      );
      for (const other of ["f($import1);\n", "new $import1.NoSuchName();\n"])
        expect(await imports.inClosure(text + use + other)).to.equal(text + use + other);
    }));

  it("find most of what the SDK's modules import of each other's packages", () =>
    withImports(async (imports) => {
      const fromPackage = /^import \{.*\} from ["'](?:@aws-sdk|@smithy)\//gm;
      let [all, left] = [0, 0];
      for (const folder of ["@smithy/core", "@aws-sdk/core", "@aws-sdk/client-dynamodb", "@aws-sdk/lib-dynamodb"]) {
        const modules = path.join(ROOT, "node_modules", folder, "dist-es");
        for (const name of readdirSync(modules, { recursive: true, encoding: "utf8" })) {
          if (!name.endsWith(".js")) continue;
          const code = readFileSync(path.join(modules, name), "utf8");
          all += code.match(fromPackage)?.length ?? 0;
          left += (await imports.in(code, path.dirname(path.join(modules, name)))).match(fromPackage)?.length ?? 0;
        }
      }
      expect(
        left / all,
        "The SDK's modules are written in another way: adapt components/inlineFunction/bundle/directImports.ts, or remove it.",
      ).to.be.below(0.25);
    }));
});
