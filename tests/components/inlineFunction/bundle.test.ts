import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { bundled } from "./running";
import { Counter, prices } from "./subjects/counter";

const currency = "EUR";
const table = { name: pulumi.output("orders") };
const double = (n: number) => 2 * n;

describe("bundle", function () {
  this.timeout(60_000);

  it("runs a callback with what it captured by value", async () => {
    const { handler } = await bundled(() => async () => [currency, table.name.get(), double(21)]);
    expect(await handler()).to.deep.equal(["EUR", "orders", 42]);
  });

  it("runs the factory once, so that its state lives as long as the module", async () => {
    const { handler } = await bundled(() => {
      let calls = 0;
      return async () => ++calls;
    });
    expect([await handler(), await handler(), await handler()]).to.deep.equal([1, 2, 3]);
  });

  it("imports captured modules that load no Pulumi", async () => {
    const { handler } = await bundled(() => {
      const counter = new Counter();
      return async () => [counter.next(), prices.get("tea"), createHash("sha256").update("x").digest("hex").length];
    });
    expect(await handler()).to.deep.equal([1, 450, 64]);
    expect(await handler()).to.deep.equal([2, 450, 64]);
  });

  it("bundles the AWS SDK from its ES modules", async () => {
    const { handler, bundle } = await bundled(() => {
      const store = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "eu-central-1" }));
      return async () => store.config.region();
    });
    expect(await handler()).to.equal("eu-central-1");
    expect(fs.statSync(bundle.file).size).to.equal(bundle.bytes).and.to.be.below(700_000);
  });
});
