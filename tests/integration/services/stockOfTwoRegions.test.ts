import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { QUICK } from "../../../cli/leastPrivilege/drive";
import { newPerson, type Person } from "../../../cli/leastPrivilege/person";
import { StockStore } from "../../../components/orderService/handlers/stockStore";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { tokenOf } from "../../../local/providers/testCards";
import { type Store, startStore } from "../../../local/store";
import { edgeHeaders, ownApi } from "../../kit/ownApi";
import { product } from "../../kit/searchFakes";
import { temporaryFolder } from "../../kit/temporaryFolder";

const EAST = "us-east-1";
const WEST = "us-west-2";
const AT = "2026-01-01T00:00:00.000Z";

/** Counted units in two Regions. Each API is called at its own Region's address. */
describe("counted stock in two Regions", function () {
  this.timeout(240_000);
  let store: Store;
  let buyer: Person;

  before(async () => {
    const dataDir = temporaryFolder("stayopen-stock");
    store = await startStore({ ...QUICK, dataDir, regions: 2, port: 0, sampleCatalogue: false });
    const config = await fetch(`${store.url}/config.json`);
    const { auth } = (await config.json()) as { auth: CognitoSettings };
    buyer = await newPerson(store, auth, "merchandisers");
  });

  after(async () => {
    await store?.stop();
  });

  const stockIn = (region: string) => {
    const { endpoint, deployment } = store.regions[region]!;
    const client = new DynamoDBClient({ region, endpoint, credentials: deployment.credentials });
    const options = { marshallOptions: { removeUndefinedValues: true } };
    const table = String(deployment.outputs["stockTable"]);
    return new StockStore(DynamoDBDocumentClient.from(client, options), table, region);
  };

  /** Makes a counted product, and waits until both Regions sell it. */
  async function makeProduct(productId: string): Promise<void> {
    const { productId: _id, version: _v, homeRegion: _h, updatedAt: _u, ...content } = product(productId);
    const path = `/api/catalogue/products/${productId}`;
    const put = { ...content, counted: true };
    const made = await buyer.call("PUT", path, put, edgeHeaders(store), ownApi(store, EAST, "catalogue"));
    expect(made.status, await made.clone().text()).to.equal(201);
    for (const region of [EAST, WEST]) {
      const shown = () => fetch(`${ownApi(store, region, "catalogue")}${path}`, { headers: edgeHeaders(store) });
      for (let attempt = 0; !(await shown()).ok; attempt++) {
        if (attempt === 100) throw new Error(`${productId} does not arrive in ${region}.`);
        await sleep(100);
      }
    }
  }

  const buy = (region: string, productId: string, key: string) =>
    buyer.call(
      "POST",
      "/api/orders",
      {
        lines: [{ productId, quantity: 1 }],
        expectedTotal: product(productId).price,
        shipping: { name: "Ann Example", street: "Main Street 1", city: "Town", postalCode: "12345", country: "US" },
        contact: { email: "ann@example.com" },
        payment: { kind: "token", token: tokenOf("tok_visa", buyer.customerId) },
      },
      { ...edgeHeaders(store), "idempotency-key": key },
      ownApi(store, region, "orders"),
    );

  /** Repeats an order as long as its units are on their way. */
  async function buyPatiently(region: string, productId: string, key: string): Promise<number> {
    for (let attempt = 0; attempt < 40; attempt++) {
      const { status } = await buy(region, productId, key);
      if (status !== 503) return status;
      await sleep(500);
    }
    return 503;
  }

  it("sells the last unit once when both Regions are asked within 5 ms", async () => {
    await makeProduct("last");
    await stockIn(EAST).deliver("last", 1, "D-1", AT);
    const statuses = await Promise.all([buyPatiently(EAST, "last", "last-1"), buyPatiently(WEST, "last", "last-2")]);
    expect(statuses.sort()).to.deep.equal([201, 409]);
  });

  it("moves units to the Region where they are asked for", async () => {
    await makeProduct("moved");
    await stockIn(EAST).deliver("moved", 10, "D-2", AT);
    // Until the share has arrived, the order would be sold out there.
    for (let attempt = 0; (await stockIn(WEST).shares("moved")).length === 0; attempt++) {
      if (attempt === 100) throw new Error(`The share of moved does not arrive in ${WEST}.`);
      await sleep(100);
    }
    expect(await buyPatiently(WEST, "moved", "moved-1")).to.equal(201);
    const shares = await stockIn(WEST).shares("moved");
    expect(shares.find(({ region }) => region === WEST)).to.include({ sold: 1 });
  });
});
