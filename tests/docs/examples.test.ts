import "../../disablePromiseTraces";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as ts from "typescript";
import { createCompilerHost, parsedPackages } from "../kit/compilerHost";

const root = resolve(__dirname, "../..");
/** Inside the project, so that the examples find its packages. */
const folder = join(root, ".stayopen", "examples", String(process.pid));

/** Files with the names that examples use, besides their own. */
const PRELUDES = ["components/index.ts", "tests/kit/examplePrelude.ts", "tests/kit/domainExamplePrelude.ts"];

/** Code of an `@example`, and where it stands. */
interface Example {
  source: string;
  /** Line of its first statement, from 1. */
  line: number;
  code: string;
  file: string;
}

/** Finds the examples of a file. A line of the code is a line of the source. */
function examplesIn(source: string): Example[] {
  const lines = readFileSync(join(root, source), "utf8").split("\n");
  return lines.flatMap((text, index) => {
    if (!/^\s*(\/\*)?\*+ @example\s*$/.test(text)) return [];
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((line) => /^\s*\*\/|^\s*\* @/.test(line));
    const code = rest.slice(0, end).map((line) => line.replace(/^\s*\* ?/, ""));
    const file = join(folder, `${source.replace(/\W/g, "-")}-${index + 2}.ts`);
    return [{ source, line: index + 2, code: code.join("\n"), file }];
  });
}

/**
 * True for code that is compiled in an asynchronous function and not run: it would call AWS, or is a rule of the domain
 * applied to values that only have a type here.
 */
const isInFunction = ({ source, code }: Example) =>
  !source.startsWith("components/") || /^\s*(await|return)\b|= await /m.test(code);

/** Imports what the example uses and does not declare, in the line before it. */
function toModule(example: Example, exportsOf: (file: string) => Set<string>): string {
  const parsed = ts.createSourceFile("example.ts", example.code, ts.ScriptTarget.Latest, true);
  const declared = new Set<string>();
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) {
      if (ts.isIdentifier(node.name)) declared.add(node.name.text);
    }
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  const imports = new Map<string, string[]>();
  for (const name of [...used].filter((each) => !declared.has(each))) {
    const origin = [example.source, ...PRELUDES].find((file) => exportsOf(file).has(name));
    if (origin) imports.set(origin, [...(imports.get(origin) ?? []), name]);
  }
  const head = [...imports].map(([file, names]) => {
    const path = relative(folder, join(root, file))
      .replace(/\.ts$/, "")
      .replace(/\/index$/, "");
    return `import { ${names.join(", ")} } from "${path}";`;
  });
  const body = isInFunction(example)
    ? `export async function example() {\n${example.code}\n}`
    : `export {};\n${example.code}`;
  return `${head.join(" ")} ${body}\n`;
}

describe("Examples in doc comments", function () {
  this.timeout(180_000);
  const sources = ["components", "domain", "workflows", "policies", "pipeline", "cli"]
    .flatMap((each) => ts.sys.readDirectory(join(root, each), [".ts"]))
    .map((file) => relative(root, file))
    .sort();
  const examples = sources.flatMap(examplesIn);
  let wrong: string[] = [];

  before(() => {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const parsed = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
    const options = { ...parsed.options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false };
    const host = createCompilerHost(options, { parsed: parsedPackages });
    const known = [...PRELUDES, ...new Set(examples.map(({ source }) => source))];
    const before = ts.createProgram(
      known.map((file) => join(root, file)),
      options,
      host,
    );
    const checker = before.getTypeChecker();
    const exportsOf = (file: string) => {
      const module = checker.getSymbolAtLocation(before.getSourceFile(join(root, file))!);
      return new Set(module ? checker.getExportsOfModule(module).map(({ name }) => name) : []);
    };
    mkdirSync(folder, { recursive: true });
    for (const example of examples) writeFileSync(example.file, toModule(example, exportsOf));
    const program = ts.createProgram(
      examples.map(({ file }) => file),
      options,
      host,
      before,
    );
    wrong = examples.flatMap((example) => {
      const file = program.getSourceFile(example.file)!;
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
        const { line } = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
        const at = `${example.source}:${example.line + line - 1}`;
        return `${at} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
      });
    });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are found in every component", () => {
    expect(examples.length).to.be.at.least(50);
  });

  it("compile", () => {
    expect(wrong).to.deep.equal([]);
  });

  it("run", async () => {
    await mockProvider();
    const failed: string[] = [];
    await pulumi.runtime.runInPulumiStack(async () => {
      for (const { file, source, line } of examples.filter((each) => !isInFunction(each))) {
        try {
          require(file);
        } catch (error) {
          failed.push(`${source}:${line} ${error}`);
        }
      }
      return {};
    });
    await pulumi.runtime.disconnect();
    pulumi.runtime.setAllConfig({});
    expect(failed).to.deep.equal([]);
  });
});

/** Answers each resource with the outputs that the components read. */
async function mockProvider(): Promise<void> {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const der = publicKey.export({ format: "der", type: "spki" }).toString("base64");
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const arn = `arn:aws:test:us-east-1:123456789012:${name}`;
        const id = type.endsWith(":UserPool") ? "us-east-1_AbCdEfGhI" : `${name}-id`;
        const api = { apiEndpoint: `https://${name}.example`, executionArn: arn, invokeArn: arn };
        const domain = { domainNameConfiguration: { targetDomainName: "d", hostedZoneId: "Z" } };
        const record = { resourceRecordName: "r", resourceRecordType: "CNAME", resourceRecordValue: "v" };
        const named = { name: inputs.name ?? name, bucket: inputs.bucket ?? name };
        return { id, state: { arn, ...api, ...domain, domainValidationOptions: [record], ...inputs, ...named } };
      },
      call: ({ token }) =>
        token.includes("getPublicKey")
          ? { publicKey: der }
          : { accountId: "123456789012", partition: "aws", name: "us-east-1" },
    },
    "stayopen",
    "dev",
    false,
  );
  pulumi.runtime.setAllConfig({ "stayopen:checkKey": "k".repeat(40), "stayopen:paymentKey": "key" });
}
