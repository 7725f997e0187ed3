import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { findCustomerRegions } from "../../cli/customers/places";

const root = join(__dirname, "..", "..");
const personalData = { orders: "orders", cards: "cards", stock: "stock", invoices: "invoices", storeName: "Shop" };

describe("npm run customer", function () {
  this.timeout(300_000);

  const mistakes: [string, string[], RegExp][] = [
    ["no customer", ["erase"], /^The customer's id is missing\. Example: npm run customer -- erase /],
    ["an unknown command", ["forget", "ID"], /^"forget" is no command\. Use export, erase, finish or merchandiser\.$/],
    ["a data folder without a store", ["finish", "--data", "/nowhere"], /^No store runs with the data in \/nowhere/],
  ];
  for (const [what, args, sentence] of mistakes) {
    it(`reports ${what} in one sentence`, () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ["-r", "./local/loadTypeScript.js", "cli/customer.ts", ...args],
        { cwd: root, encoding: "utf8", timeout: 50_000 },
      );
      expect(status).to.equal(1);
      expect(stderr.trim()).to.match(sentence);
      expect(stderr).not.to.match(/^\s+at /m);
    });
  }
});

describe("findCustomerRegions", () => {
  const deployment = (region: string, outputs: Record<string, unknown>) => ({
    stack: `prod-${region}`,
    region,
    endpoint: "http://127.0.0.1:1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    resources: [],
    outputs,
    notEmulated: [],
  });

  it("finds each Region of the local run with its own tables, bucket and accounts", () => {
    const deployments = ["us-east-1", "us-west-2"].map((region) =>
      deployment(region, { personalData: { ...personalData, invoices: `invoices-${region}` } }),
    );
    const found = findCustomerRegions({}, { deployments });
    expect(found.map(({ region, data }) => [region, data.invoices])).to.deep.equal([
      ["us-east-1", "invoices-us-east-1"],
      ["us-west-2", "invoices-us-west-2"],
    ]);
  });

  it("names a stack of an earlier release, which does not say where its data are", () => {
    const deployments = [deployment("us-east-1", {})];
    expect(() => findCustomerRegions({}, { deployments })).to.throw(
      "Stack prod-us-east-1 has no output personalData. Deploy this release first.",
    );
  });
});
