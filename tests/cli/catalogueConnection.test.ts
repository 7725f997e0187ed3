import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { findCatalogue } from "../../cli/catalogueConnection";
import { temporaryFolder } from "../kit/temporaryFolder";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Data folder of a running store, a stack for each Region. */
function runningStore(...deployments: { stack: string; region: string; outputs: object }[]): string {
  const data = temporaryFolder("stayopen-catalogue");
  const all = deployments.map((deployment) => ({ ...deployment, endpoint: `http://${deployment.stack}`, credentials }));
  writeFileSync(join(data, "local-run.json"), JSON.stringify({ deployments: all }));
  return data;
}

describe("findCatalogue", () => {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  beforeEach(() => {
    delete process.env["AWS_REGION"];
    delete process.env["AWS_DEFAULT_REGION"];
  });
  after(() => {
    if (AWS_REGION !== undefined) process.env["AWS_REGION"] = AWS_REGION;
    if (AWS_DEFAULT_REGION !== undefined) process.env["AWS_DEFAULT_REGION"] = AWS_DEFAULT_REGION;
  });
  const outputs = { productsTable: "products", catalogueRebuild: "arn:rebuild", stockTable: "stock" };
  const east = { stack: "prod-east", region: "us-east-1", outputs };
  const west = { stack: "prod-west", region: "us-west-2", outputs: { productsTable: "products" } };

  it("uses the table that is named, even while a store runs", () => {
    const flags = {
      table: "own",
      region: "eu-west-1",
      stock: "units",
      "state-machine": "arn:own",
      endpoint: "http://x",
    };
    expect(findCatalogue({ ...flags, data: runningStore(east) })).to.deep.equal({
      table: "own",
      stateMachineArn: "arn:own",
      stockTable: "units",
      region: "eu-west-1",
      endpoint: "http://x",
      description: "table own in eu-west-1",
    });
  });

  it("takes the Region of a named table from the environment", () => {
    process.env["AWS_DEFAULT_REGION"] = "eu-central-1";
    expect(findCatalogue({ table: "own" }).region).to.equal("eu-central-1");
    process.env["AWS_REGION"] = "eu-north-1";
    expect(findCatalogue({ table: "own" }).region).to.equal("eu-north-1");
  });

  it("finds the local run's first stack, or the one that is named", () => {
    const data = runningStore(east, west);
    expect(findCatalogue({ data })).to.deep.equal({
      table: "products",
      stateMachineArn: "arn:rebuild",
      stockTable: "stock",
      region: "us-east-1",
      endpoint: "http://prod-east",
      credentials,
      description: "the local run's stack prod-east",
    });
    const { stockTable, region, endpoint } = findCatalogue({ data, stack: "prod-west" });
    expect([stockTable, region, endpoint]).to.deep.equal([undefined, "us-west-2", "http://prod-west"]);
  });

  const mistakes: [string, Parameters<typeof findCatalogue>[0], RegExp][] = [
    ["a table without a Region", { table: "own" }, /^The Region is unknown\. Give --region REGION/],
    ["an emulator without a table", { endpoint: "http://x" }, /^--endpoint needs a table\./],
    ["a store without a product table", { data: runningStore({ ...east, outputs: {} }) }, /no output productsTable/],
    ["no running store", { data: "/nowhere" }, /^No store runs with the data in \/nowhere/],
  ];
  for (const [what, flags, sentence] of mistakes) {
    it(`refuses ${what}`, () => {
      expect(() => findCatalogue(flags)).to.throw(sentence);
    });
  }
});
