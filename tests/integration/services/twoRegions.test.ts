import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { moveHome } from "../../../components/searchService/handlers/moveHome";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { contentOf, MOVE_GAP } from "../../../domain/catalogue/change";
import type { Product } from "../../../domain/catalogue/product";
import type { SearchAnswer } from "../../../domain/catalogue/search/searchResult";
import type { OrderView } from "../../../domain/order";
import type { OrderTimeline, TimelineEntry } from "../../../local/console/orders/timeline";
import { resourcesOfType } from "../../../local/deployment/deployment";
import { newPerson, type Person } from "../../../local/person";
import { tokenOf } from "../../../local/providers/testCards";
import type { Store } from "../../../local/store";
import { edgeHeaders, ownApi } from "../../kit/ownApi";
import { product } from "../../kit/searchFakes";
import { shareStore } from "./sharedStore";

const EAST = "us-east-1";
const WEST = "us-west-2";

/** Pages, media, catalogue and invoices of two Regions. Each API is called at its own Region's address. */
describe("site, catalogue and invoices in two Regions", function () {
  this.timeout(300_000);
  let store: Store;
  let merchandiser: Person;

  before(async () => {
    ({ store } = await shareStore());
    const config = await fetch(`${store.url}/config.json`);
    expect(config.status, await config.clone().text()).to.equal(200);
    const { auth } = (await config.json()) as { auth: CognitoSettings };
    merchandiser = await newPerson(store, auth, "merchandisers");
  });

  const own = (region: string, service: "orders" | "catalogue") => ownApi(store, region, service);
  const put = (region: string, content: object, version?: number) =>
    merchandiser.call(
      "PUT",
      "/api/catalogue/products/lantern",
      content,
      { ...edgeHeaders(store), ...(version !== undefined && { "if-match": `"${version}"` }) },
      own(region, "catalogue"),
    );
  const found = async (region: string, q: string) => {
    const answer = await fetch(`${own(region, "catalogue")}/api/catalogue/search?q=${q}`, {
      headers: edgeHeaders(store),
    });
    return ((await answer.json()) as SearchAnswer).products?.map(({ productId }) => productId);
  };
  const shown = async (region: string) => {
    const answer = await fetch(`${own(region, "catalogue")}/api/catalogue/products/lantern`, {
      headers: edgeHeaders(store),
    });
    return answer.ok ? ((await answer.json()) as Product) : undefined;
  };
  const eventually = async (check: () => Promise<unknown>) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await check();
      } catch (error) {
        if (attempt === 200) throw error;
        await sleep(250);
      }
    }
  };
  /** Calls `act` with the Region's bucket of pages and media. */
  const inBucket = async (region: string, act: (client: S3Client, Bucket: string) => Promise<unknown>) => {
    const { endpoint, deployment } = store.regions[region]!;
    const { credentials } = deployment;
    const bucket = resourcesOfType(deployment, "aws:s3/bucket:Bucket").find(({ name }) => name === "site-assets")!;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await act(client, bucket.id).finally(() => client.destroy());
  };
  const lantern = contentOf(product("lantern", { name: "Copper Lantern" }));

  it("makes a change from either Region searchable in both", async () => {
    const created = await put(EAST, lantern);
    expect(created.status, await created.clone().text()).to.equal(201);
    expect(await created.json()).to.include({ homeRegion: EAST, version: 1 });
    await eventually(async () => expect(await found(WEST, "lantern")).to.deep.equal(["lantern"]));

    const changed = await put(WEST, { ...lantern, name: "Copper Beacon" }, 1);
    expect(changed.status, await changed.clone().text()).to.equal(200);
    expect(await changed.json()).to.include({ homeRegion: EAST, version: 2, name: "Copper Beacon" });
    await eventually(async () => {
      for (const region of [EAST, WEST]) expect(await found(region, "beacon"), region).to.deep.equal(["lantern"]);
    });
  });

  it("delivers media of either Region, and deletes them in both", async () => {
    const Key = "media/lantern.svg";
    const picture = { Key, Body: "<svg/>", ContentType: "image/svg+xml" };
    const status = async () => (await fetch(`${store.url}/${Key}`)).status;
    expect(await status()).to.equal(404);
    await inBucket(WEST, (client, Bucket) => client.send(new PutObjectCommand({ Bucket, ...picture })));
    await eventually(async () => expect(await status()).to.equal(200));
    await inBucket(EAST, (client, Bucket) => client.send(new DeleteObjectCommand({ Bucket, Key })));
    expect(await status()).to.equal(404);
    await inBucket(EAST, (client, Bucket) =>
      client.send(new PutObjectCommand({ Bucket, ...picture, Key: "media/lamp.svg" })),
    );
    // Both buckets must have the object before a Region dies.
    const arrived = { Key: "media/lamp.svg" };
    await eventually(() =>
      inBucket(WEST, (client, Bucket) => client.send(new HeadObjectCommand({ Bucket, ...arrived }))),
    );
  });

  it("refuses requests past CloudFront in both Regions", async () => {
    for (const region of [EAST, WEST]) {
      const ask = async (headers: Record<string, string>) =>
        (await fetch(`${own(region, "catalogue")}/api/catalogue/health`, { headers })).status;
      expect(await ask({})).to.equal(401);
      expect(await ask({ "x-stayopen-edge": "guessed" })).to.equal(403);
      expect(await ask(edgeHeaders(store))).to.equal(200);
      const order = async (headers: Record<string, string>) =>
        (await merchandiser.call("GET", "/api/orders", undefined, headers, own(region, "orders"))).status;
      expect(await order({})).to.equal(401);
      expect(await order({ "x-stayopen-edge": "guessed" })).to.equal(403);
      expect(await order(edgeHeaders(store))).to.equal(200);
    }
  });

  const timelineOf = async (orderId: string) => {
    const answer = await fetch(`${store.consoleUrl}/orders/${orderId}`);
    expect(answer.status, await answer.clone().text()).to.equal(200);
    return (await answer.json()) as OrderTimeline;
  };
  /** Kind, Region and title of each entry, of requests without their resource. */
  const kindsOf = (entries: readonly TimelineEntry[]) =>
    entries
      .flatMap((entry) => [entry, ...(entry.parts ?? [])])
      .map(({ kind, region = "outside", title }) => {
        const name = kind === "request" ? title.split(" ").slice(0, 2).join(" ") : title;
        return `${kind} ${region} ${name}`;
      });

  it("returns an invoice of the peer Region while that Region is up, and never copies it", async () => {
    const order = {
      lines: [{ productId: "lantern", quantity: 1 }],
      expectedTotal: lantern.price,
      shipping: { name: "Ann Example", street: "Main Street 1", city: "Town", postalCode: "12345", country: "US" },
      contact: { email: "ann@example.com" },
      payment: { kind: "token", token: tokenOf("tok_visa", merchandiser.customerId) },
    };
    const placed = await merchandiser.call(
      "POST",
      "/api/orders",
      order,
      { ...edgeHeaders(store), "idempotency-key": "lantern-1" },
      own(EAST, "orders"),
    );
    expect(placed.status, await placed.clone().text()).to.equal(201);
    const { orderId } = (await placed.json()) as { orderId: string };
    const ask = (region: string, path = "") =>
      merchandiser.call("GET", `/api/orders/${orderId}${path}`, undefined, edgeHeaders(store), own(region, "orders"));
    await eventually(async () => {
      expect(((await (await ask(WEST)).json()) as OrderView).status).to.equal("DELIVERED");
      expect((await ask(EAST, "/invoice")).status).to.equal(200);
    });
    const answer = await ask(WEST, "/invoice");
    expect(answer.status, await answer.clone().text()).to.equal(200);
    const { url } = (await answer.json()) as { url: string };
    expect(url.startsWith(store.regions[EAST]!.endpoint)).to.equal(true);
    const invoice = await fetch(url);
    expect(await invoice.text()).to.contain(orderId);

    const { orderId: shownId, entries } = await timelineOf(orderId);
    expect(shownId).to.equal(orderId);
    expect(kindsOf(entries)).to.include.members([
      `call ${EAST} orders-submit`,
      `request ${EAST} DynamoDB TransactWriteItems`,
      `state ${EAST} Authorize`,
      `call ${EAST} orders-authorize`,
      "provider outside payment provider: authorize",
      "provider outside shipping provider: ship",
      `status ${EAST} PAID`,
      `status ${EAST} DELIVERED`,
      `replication ${WEST} order item arrived`,
    ]);
    expect(entries.filter(({ isOpen }) => isOpen)).to.deep.equal([]);

    await store.chaos.kill(EAST);
    const afterDeath = await timelineOf(orderId);
    expect(kindsOf(afterDeath.entries)).to.include.members(kindsOf(entries));
    expect(afterDeath.missing.join(" ")).to.match(/^us-east-1 does not answer: /);
    const unreachable = await ask(WEST, "/invoice");
    expect(unreachable.status).to.equal(503);
    expect(await unreachable.json()).to.include({ title: "Invoice not reachable", region: EAST });
  });

  it("delivers pages and media from the peer's bucket while a Region is dead, and 404 for missing files", async () => {
    await eventually(async () => {
      for (const path of ["/", "/orders", "/media/lamp.svg"]) {
        expect((await fetch(`${store.url}${path}`)).status, path).to.equal(200);
      }
    });
    for (const path of ["/media/lantern.svg", "/assets/none.js"]) {
      expect((await fetch(`${store.url}${path}`)).status, path).to.equal(404);
    }
  });

  it("refuses a change with 503 while the home Region is dead, until an operator moves the home", async () => {
    const refused = await put(WEST, { ...lantern, name: "Copper Lamp" }, 2);
    expect(refused.status).to.equal(503);
    expect(await refused.json()).to.include({ title: "Home Region unavailable", homeRegion: EAST });

    const { endpoint, deployment } = store.regions[WEST]!;
    const { region, credentials, outputs } = deployment;
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
    const table = String(outputs["productsTable"]);
    // Other suites have products in this store too.
    const { Items: products = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    const atHome = products.filter(({ homeRegion }) => homeRegion === EAST);
    expect(atHome.map(({ productId }) => productId)).to.include("lantern");
    const moved = await moveHome({ client, table, from: EAST, to: WEST });
    client.destroy();
    expect(moved).to.deep.equal({ moved: atHome.length, left: 0 });

    const changed = await put(WEST, { ...lantern, name: "Copper Lamp" }, 2 + MOVE_GAP);
    expect(changed.status, await changed.clone().text()).to.equal(200);
    expect(await changed.json()).to.include({ homeRegion: WEST, version: 3 + MOVE_GAP });
    await eventually(async () => expect(await found(WEST, "lamp")).to.deep.equal(["lantern"]));
  });

  it("forwards changes to the new home after the old one returns", async () => {
    await store.chaos.return(EAST);
    await eventually(async () => expect(await shown(EAST)).to.include({ homeRegion: WEST, name: "Copper Lamp" }));
    await eventually(async () => {
      const changed = await put(EAST, { ...lantern, name: "Copper Sconce" }, 3 + MOVE_GAP);
      expect(changed.status, await changed.clone().text()).to.equal(200);
    });
    await eventually(async () => {
      for (const region of [EAST, WEST]) expect(await found(region, "sconce"), region).to.deep.equal(["lantern"]);
    });
  });
});
