import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { Cache } from "../../../components/inlineFunction/bundle/cache";
import { compile, type Module } from "../../../components/inlineFunction/bundle/compile";
import { buildDirectory, CLI_LOADER, projectIn, runProject } from "../../kit/bundles";

const program = `
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "REPOSITORY/components/inlineFunction/bundle/bundle";
import { price } from "./domain/price";
const table = { name: pulumi.output("orders") };
const factories = [
  () => { const client = new DynamoDBClient({}); return async () => [table.name.get(), price(2), client.config.region()]; },
  () => async () => price(3),
];
const show = async (output: pulumi.Output<{ hash: string }>) => console.log((await (output as unknown as { promise(): Promise<{ hash: string }> }).promise()).hash);
void Promise.all(factories.map((f, i) => bundle(f as never, { name: "f" + i }))).then(async (all) => { for (const one of all) await show(one); });
`;

const projectNamed = (folder: string) =>
  projectIn(folder, { "index.ts": program, "domain/price.ts": "export const price = (n: number) => n * 450;\n" });

describe("determinism", function () {
  this.timeout(180_000);
  let first: string;
  let once: string[];

  before(() => {
    first = projectNamed("a");
    once = runProject(first);
  });

  it("produces the same bytes in another folder, time zone, language and loader, with and without a cache", () => {
    expect(once)
      .to.have.length(2)
      .and.to.satisfy((hashes: string[]) => hashes.every((h) => /^[0-9a-f]{16}$/.test(h)));
    expect(runProject(first), "from the cache").to.deep.equal(once);
    const elsewhere = projectNamed("some/where/else entirely");
    const env = { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8" };
    expect(runProject(elsewhere, { env, loader: CLI_LOADER }), "elsewhere").to.deep.equal(once);
  });

  it("does not reuse a bundle that was built with other options", async () => {
    const directory = buildDirectory();
    const module: Module = { text: "export const handler = async () => 1;", map: "{}" };
    const made = { hash: "0123456789abcdef", bytes: 1, inputs: [] };
    await new Cache(directory, directory, "one way").put(module, [], made);
    expect(await new Cache(directory, directory, "one way").get(module, [])).to.include({ hash: made.hash });
    expect(await new Cache(directory, directory, "another").get(module, [])).to.equal(undefined);
    expect(await new Cache(directory, directory).get(module, []), "with the current options").to.equal(undefined);
  });

  it("produces other bytes when an imported file changes, despite the cache", () => {
    fs.writeFileSync(path.join(first, "domain/price.ts"), "export const price = (n: number) => n * 451;\n");
    const after = runProject(first);
    expect(after).to.have.length(2);
    expect(after[0]).to.not.equal(once[0]);
    expect(after[1]).to.not.equal(once[1]);
  });

  it("produces the same bytes whichever other functions are built concurrently, in any order", async () => {
    const empty = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
    const importing = (line: string, use: string): Module => ({
      text: `${line}\nexports.handler = async () => ${use};\n`,
      map: empty,
    });
    const subjects = path.resolve(__dirname, "subjects/shapes.ts");
    const modules = [
      importing(`import { marshall } from "@aws-sdk/util-dynamodb";`, "marshall({ a: 1 })"),
      importing(`import { unmarshall } from "@aws-sdk/util-dynamodb";`, "unmarshall({})"),
      importing(`import { Square } from ${JSON.stringify(subjects)};`, "new Square(2)"),
      importing(`import * as all from ${JSON.stringify(subjects)};`, "Object.keys(all)"),
    ];
    const root = path.resolve(__dirname, "../../..");
    const codeOf = async (module: Module) => Buffer.from((await compile(module, root)).code).toString("utf8");
    const alone: string[] = [];
    for (const module of modules) alone.push(await codeOf(module));
    const inputs = (await Promise.all(modules.map((module) => compile(module, root)))).map(
      (made) => made.inputs.length,
    );
    expect(await Promise.all(modules.map(codeOf)), "together").to.deep.equal(alone);
    expect((await Promise.all([...modules].reverse().map(codeOf))).reverse(), "in reverse").to.deep.equal(alone);
    expect(await Promise.all(modules.slice(1, 3).map(codeOf)), "some of them").to.deep.equal(alone.slice(1, 3));
    expect(new Set(alone).size, "they are different functions").to.equal(alone.length);
    expect(Math.min(...inputs), "each with what it imports").to.be.greaterThan(1);
  });
});
