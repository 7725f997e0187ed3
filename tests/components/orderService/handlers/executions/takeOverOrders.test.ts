import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import {
  Settled,
  type TakeOverDeps,
  takeOverOrders,
} from "../../../../../components/orderService/handlers/executions/takeOverOrders";
import { type OpenOrder, OrderStore } from "../../../../../components/orderService/handlers/orderStore";
import { holds, type OrderItem, openIn, type Partition, type Write } from "../../../../../domain/order";
import { itemOf } from "../../../../kit/orderArbitraries";

const EAST = "us-east-1";
const WEST = "us-west-2";

/** A Region's replica with many orders and the index of open orders. */
class Replica extends OrderStore {
  readonly rows = new Map<string, OrderItem>();
  reads = 0;
  atOnce = 0;
  mostAtOnce = 0;
  meanwhile?: (write: Write<OrderItem>) => void;

  constructor(region: string, items: OrderItem[]) {
    const client = new DynamoDBClient({ region, credentials: { accessKeyId: "x", secretAccessKey: "x" } });
    super(DynamoDBDocumentClient.from(client), { orders: "orders", cards: "cards", stock: "stock" }, region);
    for (const item of items) this.put(item);
  }

  put(item: OrderItem): void {
    this.rows.set(`${item.orderId} ${item.region}`, item);
  }

  override async open(key: string, { after, limit = 100 }: { after?: Record<string, unknown>; limit?: number } = {}) {
    const all = [...this.rows.values()].filter((item) => item.openIn === key);
    const from = Number(after?.["from"] ?? 0);
    const orders: OpenOrder[] = all
      .slice(from, from + Math.min(limit, 2))
      .map(({ orderId, region, sweepAt = "" }) => ({ orderId, region, sweepAt }));
    const next = from + orders.length;
    return { orders, next: next < all.length ? { from: next } : undefined };
  }

  override async partition(orderId: string): Promise<Partition> {
    this.reads += 1;
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce -= 1;
    return { orders: [...this.rows.values()].filter((item) => item.orderId === orderId), cancelWished: false };
  }

  override async write(write: Write<OrderItem>): Promise<boolean> {
    this.meanwhile?.(write);
    const { item } = write;
    if (!holds(write.condition, this.rows.get(`${item.orderId} ${this.region}`))) return false;
    this.put(item);
    return true;
  }
}

const orderOf = (number: number, changes: Partial<OrderItem> = {}) => {
  const orderId = `ord${number}`;
  return itemOf({
    orderId,
    region: EAST,
    openIn: openIn(EAST, orderId),
    sweepAt: "2026-11-22T13:00:00.000Z",
    ...changes,
  });
};
const many = (count: number) => Array.from({ length: count }, (_, number) => orderOf(number));

function run(store: Replica, changes: Partial<TakeOverDeps> = {}) {
  const troubles: string[] = [];
  const done = takeOverOrders({
    store,
    from: EAST,
    concurrency: 4,
    timeLeftMs: () => 60_000,
    settled: new Settled(),
    onTrouble: (orderId) => troubles.push(orderId),
    ...changes,
  });
  return done.then((counts) => ({ counts, troubles }));
}

describe("takeOverOrders", () => {
  it("writes an own item under the next epoch for every open order of the lost Region, in all shards", async () => {
    const store = new Replica(WEST, many(60));
    const { counts } = await run(store);
    expect(counts).to.deep.equal({ taken: 60, settled: 0, failed: 0, remaining: 0 });
    for (let number = 0; number < 60; number++) {
      const own = store.rows.get(`ord${number} ${WEST}`);
      expect(own).to.include({ epoch: 2, region: WEST, status: "PLACED", openIn: openIn(WEST, `ord${number}`) });
    }
  });

  it("works on no more orders at a time than `concurrency`", async () => {
    const store = new Replica(WEST, many(60));
    // A page has two orders here.
    await run(store, { concurrency: 1 });
    expect(store.mostAtOnce).to.equal(1);
    expect(store.reads).to.equal(60);
  });

  it("skips orders whose effective item is this Region's, and writes nothing twice", async () => {
    const store = new Replica(WEST, many(10));
    await run(store);
    const before = new Map(store.rows);
    const { counts } = await run(store);
    expect(counts).to.deep.equal({ taken: 0, settled: 10, failed: 0, remaining: 0 });
    expect(store.rows).to.deep.equal(before);
  });

  it("does not read an order again that an earlier run has settled, unless it was written since", async () => {
    const store = new Replica(WEST, many(10));
    const settled = new Settled();
    await run(store, { settled });
    store.put({ ...orderOf(3), epoch: 3, version: 9, sweepAt: "2026-11-22T14:00:00.000Z" });
    store.reads = 0;
    const { counts } = await run(store, { settled });
    expect(store.reads).to.equal(1);
    expect(counts.taken).to.equal(1);
    expect(store.rows.get(`ord3 ${WEST}`)?.epoch).to.equal(4);
  });

  it("reports the remaining orders when its time is up, and the next run continues", async () => {
    const store = new Replica(WEST, many(60));
    const settled = new Settled();
    let calls = 0;
    const { counts } = await run(store, { settled, concurrency: 1, timeLeftMs: () => (++calls > 60 ? 5_000 : 60_000) });
    expect(counts.remaining).to.be.greaterThan(0);
    expect(counts.taken).to.be.within(1, 59);
    const { counts: rest } = await run(store, { settled });
    expect(rest).to.deep.equal({ taken: 60 - counts.taken, settled: 0, failed: 0, remaining: 0 });
  });

  it("continues after an order that fails", async () => {
    const store = new Replica(WEST, many(20));
    const partition = store.partition.bind(store);
    store.partition = (orderId: string) =>
      orderId === "ord7" ? Promise.reject(new Error("no answer")) : partition(orderId);
    const { counts, troubles } = await run(store);
    expect(counts).to.deep.equal({ taken: 19, settled: 0, failed: 1, remaining: 0 });
    expect(troubles).to.deep.equal(["ord7"]);
  });

  it("reads again when the own item is written concurrently, and keeps that write", async () => {
    const store = new Replica(WEST, many(1));
    store.meanwhile = ({ item }) => {
      store.meanwhile = undefined;
      // Another run of the same takeover was first, and its workflow has continued.
      store.put({ ...item, status: "PAID", version: 2 });
    };
    const { counts } = await run(store);
    expect(counts).to.include({ taken: 0, settled: 1 });
    expect(store.rows.get(`ord0 ${WEST}`)).to.include({ status: "PAID", epoch: 2, version: 2 });
  });

  it("gives up an order that is changed concurrently in every attempt", async () => {
    const store = new Replica(WEST, many(1));
    let version = 0;
    // Each write leaves the lost Region's item effective.
    store.meanwhile = () => store.put({ ...orderOf(0), region: WEST, epoch: 0, version: ++version });
    const { counts, troubles } = await run(store);
    expect(counts).to.include({ taken: 0, failed: 1 });
    expect(troubles).to.deep.equal(["ord0"]);
  });

  it("takes over each order once in two concurrent runs", async () => {
    const store = new Replica(WEST, many(60));
    const runs = await Promise.all([run(store, { random: () => 0 }), run(store, { random: () => 0 })]);
    expect(runs.reduce((sum, { counts }) => sum + counts.taken, 0)).to.equal(60);
    for (const item of store.rows.values()) expect(item.epoch).to.be.at.most(2);
  });

  it("reads only the lost Region's open orders", async () => {
    const finished = Array.from({ length: 500 }, (_, number) =>
      orderOf(1_000 + number, { status: "DELIVERED", openIn: undefined }),
    );
    const store = new Replica(WEST, [...many(20), ...finished]);
    await run(store);
    expect(store.reads).to.equal(20);
  });
});

describe("Settled", () => {
  const order = { orderId: "ord1", region: EAST, sweepAt: "2026-11-22T13:00:00.000Z" };

  it("forgets an order after its lifetime", () => {
    let now = 0;
    const settled = new Settled(1_000, 10, () => now);
    settled.add(order);
    expect(settled.has(order)).to.equal(true);
    now = 1_001;
    expect(settled.has(order)).to.equal(false);
  });

  it("drops the oldest order above its limit", () => {
    const settled = new Settled(1_000, 2, () => 0);
    for (const orderId of ["a", "b", "c"]) settled.add({ ...order, orderId });
    expect(["a", "b", "c"].map((orderId) => settled.has({ ...order, orderId }))).to.deep.equal([false, true, true]);
  });
});
