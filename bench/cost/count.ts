import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type OrderItem, toInvoice } from "../../domain/order";
import { type OrderStand, startOrderStand } from "../../tests/integration/orders/orderStand";
import { emptyFolder } from "../folder";
import { type Metered, type MeterFiles, metered, placeIn } from "./meter";
import { peersPart } from "./peer";
import { type ProcessorSeconds, processorSeconds } from "./processes";

/** Totals of a number of orders, from placement to delivery. */
export interface Counted extends Metered {
  orders: number;
  /** From the first order placed to the last one delivered. */
  seconds: number;
  /** Processor time of this machine for the whole run. */
  processor: ProcessorSeconds;
  /** Requests to the payment and the shipping provider. */
  providerCalls: number;
  /** Stored bytes: the orders' items, their entries in the customers' index and the records of notifications, each with DynamoDB's overhead. */
  itemBytes: number;
  invoiceBytes: number;
  /** Work of the peer Region, which reads replicated changes from its stream. Its writes are counted as `replicated`. */
  peer: Metered & { orders: number };
}

/** Concurrent orders: begins with `first`, and increases up to `most` while responses stay fast. */
const SIDE_BY_SIDE = { first: 4, most: 48 };
/** A slower response shows that this machine is saturated. Time-outs of steps would count calls twice. */
const ACCEPTED_WITHIN_MS = 600;
/** Interval of the polls for DELIVERED after a parcel has arrived. */
const ASK_EVERY_MS = 300;
/** Exceeds the quarter of an hour after which a workflow checks a parcel whose webhook was lost. */
const DELIVERED_WITHIN_MS = 20 * 60_000;
/** Bytes that DynamoDB adds to each item and each index entry. */
const STORED_BESIDES = 100;
/** Number of orders for which the peer Region's part is measured. */
const PEERS_ORDERS = 100;

export interface CountOptions {
  /** Seconds for which changes are gathered into one mail. Default: 0. */
  gatherSeconds?: number;
  say: (what: string) => void;
}

/** Places orders, waits until each is delivered, and counts the billed operations of the local run under IAM enforcement. */
export async function countOrders(orders: number, { gatherSeconds = 0, say }: CountOptions): Promise<Counted> {
  const folder = emptyFolder("cost");
  const files: MeterFiles = { meter: join(folder, "meter.jsonl"), accessLog: join(folder, "access.jsonl") };
  const stand = await startOrderStand({ ...files, asDeployed: true, gatherSeconds });
  try {
    const parcels = new Parcels(stand);
    // Warms up: cold starts and the first reading of secrets do not count.
    await Promise.all(Array.from({ length: SIDE_BY_SIDE.first }, () => life(stand, parcels, () => undefined)));
    await settled(files, gatherSeconds);
    const from = placeIn(files);
    const before = processorSeconds(stand.region.pid);
    const started = performance.now();
    const items = await livesOf(stand, parcels, orders, say);
    const seconds = (performance.now() - started) / 1_000;
    await settled(files, gatherSeconds);
    const after = processorSeconds(stand.region.pid);
    const sums = await metered(files, from);
    say("measuring the peer Region's part");
    const peer = await peersPart(stand, files, items.slice(0, PEERS_ORDERS));
    return {
      orders,
      seconds,
      processor: difference(after, before),
      providerCalls: providerCallsPerOrder(stand, items) * orders,
      itemBytes: items.reduce((sum, item) => sum + storedBytes(item), 0),
      invoiceBytes: items.reduce((sum, item) => sum + Buffer.byteLength(toInvoice(item, "Test store")), 0),
      ...sums,
      functions: functionsByTask(sums.functions, stand),
      peer: { ...peer, functions: functionsByTask(peer.functions, stand) },
    };
  } finally {
    await stand.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until nothing is billed any more, because notifications and invoices follow the last write. */
async function settled(files: MeterFiles, gatherSeconds: number): Promise<void> {
  const quietMs = 4_000 + gatherSeconds * 1_000;
  let place = placeIn(files);
  let since = Date.now();
  for (const end = since + 120_000; Date.now() < end && Date.now() - since < quietMs; ) {
    await sleep(500);
    const now = placeIn(files);
    if (now.meter !== place.meter) since = Date.now();
    place = now;
  }
}

async function life(stand: OrderStand, parcels: Parcels, onAccepted: (ms: number) => void): Promise<OrderItem> {
  const began = performance.now();
  const orderId = await placed(stand);
  onAccepted(performance.now() - began);
  await parcels.delivered(orderId);
  for (const end = Date.now() + DELIVERED_WITHIN_MS; Date.now() < end; ) {
    await sleep(ASK_EVERY_MS);
    const item = await stand.item(orderId);
    if (item?.status === "DELIVERED") return item;
  }
  throw new Error(`Order ${orderId} is not DELIVERED 20 minutes after its parcel arrived.`);
}

/** Places an order as a browser does: retries errors under the same key. The retries of a busy machine are counted. */
async function placed(stand: OrderStand): Promise<string> {
  const key = randomUUID();
  for (let attempt = 0; attempt < 10; attempt++) {
    const { orderId, status } = await stand.place({ key });
    if (status === 201 || status === 200) return orderId;
    if (status < 500 && status !== 429) throw new Error(`The response to an order was ${status}.`);
  }
  throw new Error("An order failed in ten attempts.");
}

async function livesOf(stand: OrderStand, parcels: Parcels, orders: number, say: (what: string) => void) {
  const items: OrderItem[] = [];
  const underWay = new Set<Promise<void>>();
  let limit = SIDE_BY_SIDE.first;
  const onAccepted = (ms: number) => {
    const { first, most } = SIDE_BY_SIDE;
    limit = ms <= ACCEPTED_WITHIN_MS ? Math.min(most, limit + 0.25) : Math.max(first, limit * 0.9);
  };
  const oneMore = async () => {
    items.push(await life(stand, parcels, onAccepted));
    if (items.length % 100 === 0) say(`${items.length} of ${orders} orders delivered`);
  };
  for (let begun = 0; begun < orders; begun++) {
    const order = oneMore().finally(() => underWay.delete(order));
    underWay.add(order);
    while (underWay.size >= Math.floor(limit)) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return items;
}

/** Subscribes to the simulated carrier for arrived parcels, so that the store's API is not polled and billed. */
class Parcels {
  private readonly waiting = new Map<string, () => void>();

  constructor({ providers: { controls } }: OrderStand) {
    controls.onChange((orderId) => {
      if (controls.records(orderId).shipment?.status !== "delivered") return;
      this.waiting.get(orderId)?.();
      this.waiting.delete(orderId);
    });
  }

  delivered(orderId: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(orderId, resolve);
    });
  }
}

/** Averages over the last orders, since the simulated providers keep only their latest calls. */
function providerCallsPerOrder({ providers }: OrderStand, items: readonly OrderItem[]): number {
  const last = new Set(items.slice(-500).map(({ orderId }) => orderId));
  return providers.controls.calls().filter(({ orderId }) => last.has(orderId)).length / last.size;
}

/** The order's item, its entry in the index by customer, and the record of its notifications. */
function storedBytes(item: OrderItem): number {
  const { customerId, createdAt, orderId, region, history } = item;
  const sent = history.map(({ status }) => status);
  const record = { orderId, region: `notification#${region}`, kind: "notification", schema: item.schema, sent };
  return [item, { customerId, createdAt, orderId, region }, record].reduce(
    (sum, stored) => sum + sizeOf(stored) - MAP_BYTES - Object.keys(stored).length + STORED_BESIDES,
    0,
  );
}

const MAP_BYTES = 3;

/** Size of a value as DynamoDB counts it: names and texts in UTF-8, numbers by two digits, lists and maps with 3 bytes and 1 for each entry. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + 1 + sizeOf(one), MAP_BYTES);
  if (typeof value !== "object" || value === null) return value === undefined ? 0 : 1;
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + (one === undefined ? 0 : 1 + Buffer.byteLength(name) + sizeOf(one)),
    MAP_BYTES,
  );
}

/** Replaces physical names by the tasks that the deployment's outputs list. */
function functionsByTask(functions: Metered["functions"], { deployment }: OrderStand): Metered["functions"] {
  const tasks = Object.entries(deployment.outputs["functions"] as Record<string, string>);
  return Object.fromEntries(
    Object.entries(functions).map(([name, use]) => [
      tasks.find(([, known]) => known === name)?.[0] ?? "authorizer",
      use,
    ]),
  );
}

function difference(after: ProcessorSeconds, before: ProcessorSeconds): ProcessorSeconds {
  return {
    emulator: after.emulator - before.emulator,
    functions: after.functions - before.functions,
    driver: after.driver - before.driver,
  };
}
