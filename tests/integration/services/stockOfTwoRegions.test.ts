import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { StockStore } from "../../../components/orderService/handlers/stock/stockStore";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { effectiveItem, isCancelled, isDecided, type OrderItem } from "../../../domain/order";
import { type Share, unitsUnderWay } from "../../../domain/stock";
import { orderTables } from "../../../local/console/orders/orders";
import { newPerson, type Person } from "../../../local/person";
import { tokenOf } from "../../../local/providers/testCards";
import type { Store } from "../../../local/store";
import { eventually } from "../../kit/drill/shopper";
import { edgeHeaders, ownApi } from "../../kit/ownApi";
import { useQuickStore } from "../../kit/quickStore";
import { product } from "../../kit/searchFakes";

const EAST = "us-east-1";
const WEST = "us-west-2";
const AT = "2026-01-01T00:00:00.000Z";

/** Counted units in two Regions. Each API is called at its own Region's address. */
describe("counted stock in two Regions", function () {
  this.timeout(600_000);
  let store: Store;
  let buyer: Person;

  before(async () => {
    ({ store } = await useQuickStore());
    const config = await fetch(`${store.url}/config.json`);
    const { auth } = (await config.json()) as { auth: CognitoSettings };
    buyer = await newPerson(store, auth, "merchandisers");
  });

  const tablesIn = (region: string) => {
    const { endpoint, deployment } = store.regions[region]!;
    const client = new DynamoDBClient({ region, endpoint, credentials: deployment.credentials });
    return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  };
  const stockIn = (region: string) =>
    new StockStore(tablesIn(region), String(store.regions[region]!.deployment.outputs["stockTable"]), region);

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

  const orderOf = (productId: string, token: string) => ({
    lines: [{ productId, quantity: 1 }],
    expectedTotal: product(productId).price,
    shipping: { name: "Ann Example", street: "Main Street 1", city: "Town", postalCode: "12345", country: "US" },
    contact: { email: "ann@example.com" },
    payment: { kind: "token", token },
  });

  /** All items of orders for a product, as a Region knows them. */
  async function ordersIn(region: string, productId: string): Promise<OrderItem[]> {
    const [TableName] = orderTables(store.deployment);
    const items: OrderItem[] = [];
    const pages = paginateScan({ client: tablesIn(region) }, { TableName, ConsistentRead: true });
    for await (const { Items = [] } of pages) items.push(...(Items as OrderItem[]));
    return items.filter(({ kind, lines }) => kind === "order" && lines[0]?.productId === productId);
  }

  const buy = (region: string, productId: string, key: string) =>
    buyer.call(
      "POST",
      "/api/orders",
      orderOf(productId, tokenOf("tok_visa", buyer.customerId)),
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

  it("sells 100 units to 500 customers, each once, through a lag of 5 s, a cut link and a killed Region", async function () {
    this.timeout(900_000);
    const units: Record<string, number> = { [EAST]: 70, [WEST]: 30 };
    await makeProduct("rush");
    for (const region of [EAST, WEST]) await stockIn(region).deliver("rush", units[region]!, `D-3-${region}`, AT);
    await eventually("both Regions know both shares", async () => {
      const known = await Promise.all([EAST, WEST].map((region) => stockIn(region).shares("rush")));
      return known.every((shares) => shares.length === 2);
    });
    await store.chaos.lag(5_000);
    const headers = edgeHeaders(store);
    const apis: Record<string, string> = {
      [EAST]: ownApi(store, EAST, "orders"),
      [WEST]: ownApi(store, WEST, "orders"),
    };
    const accepted = new Set<string>();
    const unexpected: string[] = [];

    /** A customer asks with one key until the order is accepted or sold out, in the other Region if one does not answer. */
    async function shop(key: string, first: string, token: string, patience: number): Promise<void> {
      let region = first;
      for (let attempt = 0; attempt < patience; attempt++) {
        const answer = await buyer
          .call(
            "POST",
            "/api/orders",
            orderOf("rush", token),
            { ...headers, "idempotency-key": key },
            apis[region]!,
            10_000,
          )
          .catch(() => undefined);
        if (answer?.status === 201) {
          accepted.add(((await answer.json()) as { orderId: string }).orderId);
          return;
        }
        const body = (await answer?.text().catch(() => "")) ?? "";
        if (answer?.status === 409 && body.includes("/problems/sold-out")) return;
        if (answer !== undefined && answer.status < 500) {
          unexpected.push(`${answer.status}: ${body}`);
          return;
        }
        if (!body.includes("/problems/stock-moving")) region = region === EAST ? WEST : EAST;
        await sleep(500 + 1_000 * Math.random());
      }
    }

    let done = 0;
    const waiting = Array.from({ length: 500 }, (_, index) => index);
    const visitors = Array.from({ length: 16 }, async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        const token = tokenOf(index % 5 === 0 ? "tok_chargeDeclined" : "tok_visa", buyer.customerId);
        await shop(`rush-${index}`, index % 10 < 6 ? WEST : EAST, token, 5);
        done += 1;
      }
    });
    await eventually("half of the units are asked for", async () => accepted.size >= 40 || done >= 60, 240_000);
    await store.chaos.cut();
    await sleep(3_000);
    await store.chaos.kill(EAST);
    await sleep(5_000);
    await store.chaos.heal();
    await store.chaos.return(EAST);
    await Promise.all(visitors);
    expect(unexpected).to.deep.equal([]);

    const orders = () => Promise.all([EAST, WEST].map((region) => ordersIn(region, "rush")));
    const settled = () =>
      eventually(
        "every order is decided, its units have come back if it is cancelled, and no unit is on its way",
        async () => {
          const [inEast, inWest] = (await orders()) as [OrderItem[], OrderItem[]];
          const shares = await Promise.all([EAST, WEST].map((region) => stockIn(region).shares("rush")));
          const isQuiet = [...byOrder(inEast)].every(([orderId, items]) => {
            const effective = effectiveItem(items)!;
            const holds = items.filter(({ hold }) => hold && !hold.returned).length;
            const there = effectiveItem(inWest.filter((item) => item.orderId === orderId));
            const isSame = there?.status === effective.status && there.region === effective.region;
            return isSame && isDecided(effective.status) && holds === (isCancelled(effective.status) ? 0 : 1);
          });
          const [east, west] = shares[0]!.sort(byRegion);
          const isStill = JSON.stringify(shares[0]) === JSON.stringify(shares[1]!.sort(byRegion));
          const moving = unitsUnderWay(east!, west!) + unitsUnderWay(west!, east!);
          return isQuiet && isStill && moving === 0 && inWest.length === inEast.length && { east: east!, west: west! };
        },
        400_000,
      );
    let shares = await settled();
    expect(shares.east.available + shares.east.sold + shares.west.available + shares.west.sold).to.equal(100);

    // Units that cancelled orders have given back are sold again, wherever they are.
    await store.chaos.lag({ min: 200, max: 900 });
    for (let round = 0; shares.east.available + shares.west.available > 0; round++) {
      if (round === 10) throw new Error(`Units stay unsold: ${JSON.stringify(shares)}.`);
      const left = shares.east.available + shares.west.available;
      const visa = tokenOf("tok_visa", buyer.customerId);
      await Promise.all(Array.from({ length: left }, (_, index) => shop(`again-${round}-${index}`, WEST, visa, 40)));
      shares = await settled();
    }
    expect([shares.east.sold + shares.west.sold, shares.east.available, shares.west.available]).to.deep.equal([
      100, 0, 0,
    ]);
    const [inEast] = (await orders()) as [OrderItem[], OrderItem[]];
    const all = byOrder(inEast);
    const statuses = [...all.values()].map((items) => effectiveItem(items)!.status);
    expect(statuses.filter((status) => !isCancelled(status))).to.have.length(100);
    expect(statuses.filter((status) => isCancelled(status))).to.have.length.greaterThan(0);
    expect([...accepted].filter((orderId) => !all.has(orderId))).to.deep.equal([]);
  });
});

const byRegion = (one: Share, other: Share) => one.region.localeCompare(other.region);

function byOrder(items: readonly OrderItem[]): Map<string, OrderItem[]> {
  return Map.groupBy(items, ({ orderId }) => orderId);
}
