import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import * as esbuild from "esbuild";
import { ESBUILD_OPTIONS } from "../../../../components/inlineFunction/bundle/compile";
import { edited, PACKAGE_EDITS, packageEdits } from "../../../../components/inlineFunction/bundle/packageEdits";

const ROOT = path.resolve(__dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(ROOT, "node_modules", file), "utf8");

describe("edits of packages", () => {
  it("apply to the installed versions", () => {
    for (const edit of PACKAGE_EDITS) {
      const { version } = JSON.parse(read(`${edit.package}/package.json`)) as { version: string };
      const code = read(`${edit.package}/${edit.file}`);
      expect(
        edited(code, edit) !== code,
        `The edits of ${edit.package}/${edit.file} no longer apply to version ${version}: adapt them in components/inlineFunction/bundle/packageEdits.ts, or remove them.`,
      ).to.equal(true);
    }
  });

  it("leave nothing of what they replace in use", () => {
    for (const edit of PACKAGE_EDITS) {
      const code = edited(read(`${edit.package}/${edit.file}`), edit);
      expect(code, edit.file).not.to.match(/\bHEAP_SIZE_LIMIT\b|\bdebug\.|\bassert\./);
    }
  });

  it("leave a file as it is if one of its texts is missing or occurs twice", () => {
    const changes = [
      ["one", "1"],
      ["two", "2"],
    ] as const;
    expect(edited("one two", { changes })).to.equal("1 2");
    expect(edited("one", { changes })).to.equal("one");
    expect(edited("one two two", { changes })).to.equal("one two two");
  });

  it("keep the logger's output, and its console until it logs", async () => {
    const output = await runBundled(`
      import { Logger } from "@aws-lambda-powertools/logger";
      const log = new Logger({ serviceName: "a" });
      const isOpen = process.moduleLoadList.includes("NativeModule console");
      log.info("first", { isOpen });
      log.createChild().error("second");
      log.console.trace("third");
      log.console = { info: (line) => process.stdout.write("own " + line) };
      log.info("fourth");
    `);
    const [first, third, fourth] = output.split("\n");
    expect(JSON.parse(first ?? "")).to.include({ message: "first", service: "a", isOpen: false });
    expect(third).to.equal("third");
    expect(fourth).to.match(/^own \{.*"message":"fourth"/);
  });

  it("keep the search client's log and its compression", async () => {
    const output = await runBundled(
      `
      import Serializer from "@opensearch-project/opensearch/lib/Serializer.js";
      import Transport from "@opensearch-project/opensearch/lib/Transport.js";
      const isOpen = () => process.moduleLoadList.includes("NativeModule zlib");
      const before = isOpen();
      const request = ({ body }) => {
        console.log(JSON.stringify({ before, body: body.toString("hex", 0, 2), after: isOpen() }));
        process.exit(0);
      };
      const connectionPool = { getConnection: () => ({ request }) };
      const serializer = new Serializer();
      const transport = new Transport({ emit: () => {}, connectionPool, serializer, maxRetries: 0, compression: "gzip" });
      transport.request({ method: "POST", path: "/", body: { a: 1 } });
    `,
      { DEBUG: "opensearch" },
    );
    expect(output).to.include('{"before":false,"body":"1f8b","after":true}');
    expect(output).to.match(/opensearch Serializing/);
  });
});

/** Runs the text as a bundle in its own process, and returns what it prints. */
async function runBundled(contents: string, env: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...ESBUILD_OPTIONS,
    stdin: { contents: contents, resolveDir: ROOT, loader: "js" },
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    sourcemap: false,
    outfile: "bundle.mjs",
    plugins: [packageEdits],
  });
  const [{ text } = { text: "" }] = outputFiles;
  const options = {
    input: text,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
    timeout: 60_000,
  } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module"], options);
  return stdout + stderr;
}
