import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { findStore } from "../../cli/regions/connection";

const root = join(__dirname, "..", "..");

describe("npm run region", function () {
  this.timeout(300_000);

  /** Runs the command with a store that does not answer. */
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["-r", "./local/loadTypeScript.js", "cli/region.ts", ...args], {
      cwd: root,
      encoding: "utf8",
      timeout: 50_000,
      env: { ...process.env, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    });
  const somewhere = ["--table", "regions", "--regions", "us-east-1,us-west-2"];

  const mistakes: [string, string[], RegExp][] = [
    ["no Region", ["drain", ...somewhere], /^The Region is missing\. Example: npm run region -- drain us-east-1$/],
    ["a Region that is not there", ["drain", "eu-west-1", ...somewhere], /^"eu-west-1" is no Region of this store\./],
    ["an unknown command", ["close", ...somewhere], /^"close" is no command\./],
    ["a table without Regions", ["status", "--table", "regions"], /^The Regions of regions are unknown\./],
    ["no product table", ["move-home", "us-east-1", "us-west-2", ...somewhere], /^The product table is unknown\./],
    ["no table of stock", ["stock", "kettle-1", ...somewhere], /^The table of stock is unknown\./],
    [
      "units that are no number",
      ["add-stock", "kettle-1", "many", ...somewhere],
      /^UNITS is "many"; it must be a whole number/,
    ],
    ["no delivery", ["add-stock", "kettle-1", "4", ...somewhere], /^The delivery's id is missing\./],
    ["an unknown option", ["status", "--fast"], /Unknown option '--fast'/],
  ];
  for (const [what, args, sentence] of mistakes) {
    it(`reports ${what} in one sentence`, () => {
      const { status, stderr } = run(...args);
      expect(status).to.equal(1);
      expect(stderr.trim()).to.match(sentence);
      expect(stderr).to.not.match(/^\s+at /m);
    });
  }

  it("prints its usage", () => {
    const { status, stdout } = run("--help");
    expect(status).to.equal(0);
    for (const command of ["status", "drain REGION", "undrain REGION", "move-home FROM TO", "claim-stock LOST INTO"]) {
      expect(stdout).to.contain(command);
    }
  });
});

describe("findStore", () => {
  it("finds a store by names, without Pulumi", () => {
    const environment = { STAYOPEN_REGIONS_TABLE: "regions", STAYOPEN_REGIONS: "us-east-1,us-west-2" };
    const { table, regions } = findStore({}, environment, { deployments: [] });
    expect(table).to.equal("regions");
    expect(regions).to.deep.equal([{ region: "us-east-1" }, { region: "us-west-2" }]);
  });

  it("finds the local run with both Regions", () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const deployments = ["us-east-1", "us-west-2"].map((region, index) => ({
      stack: region,
      region,
      endpoint: `http://127.0.0.1:${4566 + index}`,
      credentials,
      outputs: { regionsTable: "regions", productsTable: "products" },
      resources: [],
      notEmulated: [],
    }));
    const { table, productsTable, regions } = findStore({}, {}, { deployments });
    expect([table, productsTable]).to.deep.equal(["regions", "products"]);
    expect(regions[1]).to.deep.equal({ region: "us-west-2", endpoint: "http://127.0.0.1:4567", credentials });
  });

  it("requires a name without a local run", () => {
    expect(() => findStore({}, {}, { deployments: [] })).to.throw(/^No store was found\./);
  });

  it("reads the given data folder", () => {
    expect(() => findStore({ data: "nowhere" }, {})).to.throw(/^No store runs with the data in nowhere: start it with/);
  });
});
