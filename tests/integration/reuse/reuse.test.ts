import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { tokenOf } from "../../../local/providers/testCards";
import { closeServer, listen } from "../../../local/servers/listen";
import { type Store, startStore } from "../../../local/store";
import { launchBrowser } from "../../browser/browser";
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
    /** Pages of the shop's own site, and of another one. */
    const sites: Server[] = [];
    const origins: string[] = [];
    before(async () => {
      for (const name of ["shop's pages", "other pages"]) {
        const server = createServer((_request, response) =>
          response.writeHead(200, { "content-type": "text/html" }).end("<title>Pages</title>"),
        );
        sites.push(server);
        origins.push(await listen(server, 0, name, { hasPages: true }));
      }
      shop = await open(join(folder, "search"), { "shop:pages": origins[0]! });
    });
    after(async () => {
      await shop?.close();
      for (const server of sites) await closeServer(server);
    });

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

    it("answers the preflight requests and the calls of the shop's pages in a browser, and of no other origin", async () => {
      const [own = "", other = ""] = origins;
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage();
        const call = async (origin: string, path: string, init: object) => {
          await page.goto(origin);
          return await page.evaluate<string | [number, string]>(
            `fetch(${JSON.stringify(shop.api + path)}, ${JSON.stringify(init)}).then(
              async (answer) => [answer.status, await answer.text()], (error) => error.name)`,
          );
        };
        // Method and headers make the browser ask first (OPTIONS).
        const change = {
          method: "PUT",
          headers: {
            authorization: `Bearer ${await shop.issuer.token("mia", { groups: ["merchandisers"] })}`,
            "content-type": "application/json",
          },
          body: JSON.stringify({
            ...{ name: "Jug", brand: "Acme", category: "Kitchen", description: "", availability: "in-stock" },
            ...{ price: { amount: 990, currency: "USD" }, attributes: {} },
          }),
        };
        const path = "/api/catalogue/products/jug";
        expect((await call(own, path, change))[0]).to.equal(201);
        expect(await call(own, path, {})).to.deep.include(200);
        // A refusal is readable too, so that the page can show its reason.
        const authorization = `Bearer ${await shop.issuer.token("ann")}`;
        const [status, text] = await call(own, path, { ...change, headers: { ...change.headers, authorization } });
        expect([status, JSON.parse(String(text)).title]).to.deep.equal([403, "Not a merchandiser"]);
        const drop = { method: "DELETE", headers: change.headers };
        expect(await call(other, path, drop)).to.equal("TypeError");
        expect(await call(other, path, {})).to.equal("TypeError");
        expect((await call(own, path, {}))[0], "after the other origin's attempt").to.equal(200);
      } finally {
        await browser.close();
      }
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

async function open(program: string, config: Record<string, string> = {}): Promise<Shop> {
  const dataDir = join(program, "run");
  const issuer = await startIssuer();
  let store: Store;
  try {
    store = await startStore({
      dataDir,
      program,
      port: 0,
      sampleCatalogue: false,
      config: { "shop:issuer": issuer.issuer, "shop:protectData": "false", ...config },
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
