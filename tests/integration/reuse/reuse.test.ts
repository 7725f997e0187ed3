import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { tokenOf } from "../../../local/providers/testCards";
import { type Store, startStore } from "../../../local/store";
import { type Issuer, startIssuer } from "./issuer";
import { npmProject } from "./projects";

/** A product that both shops sell. */
const kettle = {
  productId: "kettle",
  version: 1,
  name: "Steel kettle",
  brand: "Acme",
  category: "Kitchen",
  description: "Boils water.",
  price: { amount: 3_490, currency: "USD" },
  availability: "in-stock",
  attributes: {},
  homeRegion: "us-east-1",
  updatedAt: "2026-01-01T00:00:00Z",
};

describe("a project that installs the package", function () {
  this.timeout(600_000);
  let folder: string;

  before(async () => {
    folder = await npmProject();
  });

  describe("and deploys only a SearchService", () => {
    let shop: Shop;
    before(async () => {
      shop = await open(join(folder, "search"));
    });
    after(() => shop?.close());

    it("finds a product that was written to its table", async () => {
      await shop.sell();
      const found = await eventually(async () => {
        const response = await fetch(`${shop.api}/api/catalogue/search?q=ketle`);
        const { products } = (await response.json()) as { products?: { productId: string }[] };
        return products?.length ? products : undefined;
      });
      expect(found.map(({ productId }) => productId)).to.deep.equal(["kettle"]);
    });

    it("allows changes by the issuer's merchandisers only", async () => {
      const put = async (groups: string[]) => {
        const response = await fetch(`${shop.api}/api/catalogue/products/mug`, {
          method: "PUT",
          headers: {
            authorization: `Bearer ${await shop.issuer.token("mia", { groups })}`,
            "content-type": "application/json",
            "if-none-match": "*",
          },
          body: JSON.stringify({
            name: "Mug",
            brand: "Acme",
            category: "Kitchen",
            description: "Holds tea.",
            price: { amount: 990, currency: "USD" },
            availability: "in-stock",
            attributes: {},
          }),
        });
        return response.status;
      };
      expect(await put([])).to.equal(403);
      expect(await put(["merchandisers"])).to.equal(201);
    });
  });

  describe("and deploys only an OrderService with its own sign-in", () => {
    let shop: Shop;
    before(async () => {
      shop = await open(join(folder, "orders"));
    });
    after(() => shop?.close());

    const order = async (headers: Record<string, string>) =>
      await fetch(`${shop.api}/api/orders`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": randomUUID(), ...headers },
        body: JSON.stringify({
          lines: [{ productId: "kettle", quantity: 1 }],
          expectedTotal: kettle.price,
          shipping: { name: "A", street: "1 Main St", city: "Town", postalCode: "12345", country: "US" },
          contact: { email: "a@example.com" },
          payment: { kind: "token", token: tokenOf("tok_visa", "ann") },
        }),
      });

    it("delivers an order", async () => {
      await shop.sell();
      const authorization = `Bearer ${await shop.issuer.token("ann")}`;
      const placed = await order({ authorization });
      expect(placed.status, await placed.clone().text()).to.equal(201);
      const { orderId } = (await placed.json()) as { orderId: string };
      const status = await eventually(async () => {
        const response = await fetch(`${shop.api}/api/orders/${orderId}`, { headers: { authorization } });
        const view = (await response.json()) as { status?: string };
        return view.status === "DELIVERED" ? view.status : undefined;
      });
      expect(status).to.equal("DELIVERED");
    });

    it("refuses requests without sign-in", async () => {
      expect((await order({})).status).to.equal(401);
      expect((await order({ authorization: "Bearer nonsense" })).status).to.equal(403);
    });
  });

  describe("and deploys only inline functions", () => {
    let shop: Shop;
    before(async () => {
      shop = await open(join(folder, "inline-function"));
    });
    after(() => shop?.close());

    it("counts visits through the queue, and resets the count as the schedule does", async () => {
      const { endpoint, credentials, region, resources, outputs } = shop.deployment;
      const table = DynamoDBDocumentClient.from(new DynamoDBClient({ region, endpoint, credentials }));
      const TableName = resources.find(({ type }) => type === "aws:dynamodb/table:Table")!.id;
      const counted = async () => {
        const item = { TableName, Key: { counter: "visits" }, ConsistentRead: true };
        return (await table.send(new GetCommand(item))).Item?.["visits"] as number | undefined;
      };
      const page = async () => await (await fetch(`${shop.api}/`)).text();
      expect(await page()).to.contain("Visitors before you: 0.");
      expect(await eventually(counted)).to.equal(1);
      expect(await page()).to.contain("Visitors before you: 1.");
      await eventually(async () => (await counted()) === 2 || undefined);
      const lambda = new LambdaClient({ endpoint, credentials, region });
      const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: String(outputs["reset"]) }));
      expect(FunctionError).to.equal(undefined);
      expect(await counted()).to.equal(0);
    });
  });
});

interface Shop {
  deployment: Store["deployment"];
  issuer: Issuer;
  api: string;
  /** Writes the kettle to the shop's table. */
  sell(): Promise<void>;
  close(): Promise<void>;
}

async function open(program: string): Promise<Shop> {
  const dataDir = join(program, "run");
  const issuer = await startIssuer();
  let store: Store;
  try {
    store = await startStore({
      dataDir,
      program,
      port: 0,
      sampleCatalogue: false,
      config: { "shop:issuer": issuer.issuer, "shop:protectData": "false" },
      pace: { shipmentStepMs: 300 },
    });
    await issuer.joinRun(dataDir);
  } catch (error) {
    await issuer.stop();
    throw error;
  }
  const { endpoint, credentials, region, resources, outputs } = store.deployment;
  const apiId = resources.find(({ type }) => type === "aws:apigatewayv2/api:Api")!.id;
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({ region, endpoint, credentials }));
  return {
    issuer,
    deployment: store.deployment,
    api: `${endpoint}/_aws/execute-api/${apiId}/$default`,
    async sell() {
      await table.send(new PutCommand({ TableName: String(outputs["productsTable"]), Item: kettle }));
    },
    async close() {
      await store.stop();
      await issuer.stop();
    },
  };
}

/** Polls until `look` returns a value, for at most a minute. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(250);
  }
  throw new Error("It did not happen within a minute.");
}
