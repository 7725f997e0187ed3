import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { importProducts } from "../../../catalogue/importer";
import { rebuildIndex } from "../../../catalogue/rebuild";
import { readRows } from "../../../catalogue/rows";
import { contentOf } from "../../../domain/catalogue/change";
import type { Product } from "../../../domain/catalogue/product";
import type { SearchAnswer } from "../../../domain/catalogue/search/searchResult";
import { type Store, startStore } from "../../../local/store";
import { product } from "../../kit/searchFakes";
import { temporaryFolder } from "../../kit/temporaryFolder";

/** The deployed service: its bundles under their own roles, behind its API, driven by its stream. */
describe("the search service, deployed alone", function () {
  this.timeout(300_000);
  let dataDir: string;
  let store: Store;
  let api: string;
  let table: DynamoDBDocumentClient;

  before(async () => {
    dataDir = temporaryFolder("stayopen-catalogue");
    const program = join(__dirname, "program");
    store = await startStore({ dataDir, program, port: 0, sampleCatalogue: false });
    const { endpoint, region, credentials, outputs } = store.deployment;
    const apiId = /^https:\/\/([^.]+)\./.exec(String(outputs["apiUrl"]))?.[1];
    api = `${endpoint}/_aws/execute-api/${apiId}/$default/api/catalogue`;
    table = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
  });

  after(async () => {
    table?.destroy();
    await store?.stop();
  });

  const get = async (path: string) => {
    const answer = await fetch(`${api}${path}`, { signal: AbortSignal.timeout(20_000) });
    return { status: answer.status, body: (await answer.json()) as SearchAnswer & Partial<Product> };
  };
  const found = async (q: string, size = 100) => {
    const { status, body } = await get(`/search?size=${size}&q=${encodeURIComponent(q)}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body.products.map(({ productId }) => productId).sort();
  };
  const total = async () => (await get("/search")).body.total?.count;
  const eventually = async (check: () => Promise<unknown>) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await check();
      } catch (error) {
        if (attempt === 100) throw error;
        await sleep(200);
      }
    }
  };
  const put = (productId: string, content: object, headers: Record<string, string> = {}) =>
    fetch(`${api}/products/${productId}`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: "Bearer merchandisers", ...headers },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(20_000),
    });
  const target = () => ({
    client: table,
    table: String(store.deployment.outputs["productsTable"]),
    region: store.deployment.region,
  });

  it("is healthy before its first product", async () => {
    expect(await get("/health")).to.deep.equal({ status: 200, body: { status: "ok", region: "us-east-1" } });
    expect(await found("anything")).to.deep.equal([]);
  });

  it("makes a merchandiser's product searchable, then changes and deletes it", async () => {
    const lantern = contentOf(product("lantern", { name: "Copper Lantern" }));
    const created = await put("lantern", lantern);
    expect(created.status, await created.clone().text()).to.equal(201);
    await eventually(async () => expect(await found("lantern")).to.deep.equal(["lantern"]));

    expect((await put("lantern", { ...lantern, name: "Copper Lamp" })).status).to.equal(428);
    expect((await put("lantern", { ...lantern, name: "Copper Beacon" }, { "if-match": '"1"' })).status).to.equal(200);
    await eventually(async () => expect(await found("beacon")).to.deep.equal(["lantern"]));
    expect((await get("/products/lantern")).body).to.include({ version: 2, name: "Copper Beacon" });

    const headers = { authorization: "Bearer merchandisers", "if-match": '"2"' };
    const deleted = await fetch(`${api}/products/lantern`, { method: "DELETE", headers });
    expect(deleted.status).to.equal(204);
    await eventually(async () => expect(await found("beacon")).to.deep.equal([]));
    expect((await get("/products/lantern")).status).to.equal(404);
  });

  it("refuses changes by other callers", async () => {
    const content = contentOf(product("lamp"));
    expect((await put("lamp", content, { authorization: "Bearer customers" })).status).to.equal(403);
    const withoutToken = await fetch(`${api}/products/lamp`, { method: "PUT", body: JSON.stringify(content) });
    expect(withoutToken.status).to.equal(401);
  });

  it("indexes the records around a poison record, which it keeps with the reason", async () => {
    const { table: TableName } = target();
    const write = (Item: Record<string, unknown>) => table.send(new PutCommand({ TableName, Item }));
    await write({ ...product("before", { name: "Pewter Jug" }) });
    await write({ ...product("poison"), price: "a lot" });
    await write({ ...product("after", { name: "Pewter Jug" }) });
    await eventually(async () => expect(await found("pewter")).to.deep.equal(["after", "before"]));

    const { endpoint, region, credentials, outputs } = store.deployment;
    const queue = new SQSClient({ endpoint, region, credentials });
    const { Messages = [] } = await queue.send(
      new ReceiveMessageCommand({
        QueueUrl: String(outputs["deadLetters"]),
        WaitTimeSeconds: 5,
        MaxNumberOfMessages: 10,
      }),
    );
    queue.destroy();
    expect(Messages).to.have.length(1);
    expect(JSON.parse(Messages[0]!.Body!)).to.deep.include({
      productId: "poison",
      version: 1,
      reason: "price must be object",
    });
  });

  it("imports and rebuilds during searches and changes", async () => {
    const file = join(__dirname, "..", "..", "..", "catalogue", "sample.jsonl");
    const { created } = await importProducts({ rows: readRows(file), target: target() });
    expect(created).to.be.greaterThan(150);
    await eventually(async () => expect(await total()).to.equal(created + 2));

    const { endpoint, region, credentials, outputs } = store.deployment;
    const workflows = new SFNClient({ endpoint, region, credentials });
    let done = false;
    const rebuild = rebuildIndex({
      client: workflows,
      stateMachineArn: String(outputs["catalogueRebuild"]),
      pollMs: 200,
    }).finally(() => {
      done = true;
    });
    let changes = 0;
    while (!done) {
      const answer = await put(`zinc-${changes}`, contentOf(product("zinc", { name: "Zinc Bucket" })));
      expect(answer.status).to.equal(201);
      changes++;
      expect(await total()).to.be.at.least(created);
      await sleep(500);
    }
    const progress = await rebuild;
    workflows.destroy();
    // The poison record of the previous test is still in the table.
    expect(progress).to.deep.include({ filled: true, skipped: 1, replaced: ["products-first"] });
    expect(changes).to.be.greaterThan(2);
    await eventually(async () => expect(await found("zinc")).to.have.length(Math.min(changes, 100)));
    expect(await total()).to.equal(created + 2 + changes);
  });
});
