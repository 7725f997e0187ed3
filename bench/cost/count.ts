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

/** What the lives of some orders took, in sums. */
export interface Counted extends Metered {
  orders: number;
  /** From the first order placed to the last one delivered. */
  seconds: number;
  /** Of this machine, for all of that. */
  processor: ProcessorSeconds;
  /** Requests to the payment and the shipping system. */
  outsideCalls: number;
  /** Bytes that stay: the orders' items, with what DynamoDB adds, their entries in the customers' index, and their invoices. */
  itemBytes: number;
  invoiceBytes: number;
  /** What orders make the other Region do, whose stream shows them too. Its writes are `replicated` here. */
  peer: Metered & { orders: number };
}

/** Orders on their way at the same time: from the first on as many more as the store accepts without making anybody wait. */
const SIDE_BY_SIDE = { first: 4, most: 48 };
/** An answer that takes longer says that this machine has enough to do: a step that times out would be counted twice. */
const ACCEPTED_WITHIN_MS = 600;
/** Between two questions whether a parcel that has arrived is DELIVERED. */
const ASK_EVERY_MS = 300;
/** A parcel whose news were lost is looked at by its workflow after a quarter of an hour. */
const DELIVERED_WITHIN_MS = 20 * 60_000;
/** DynamoDB counts so much for each item and each entry of an index. */
const STORED_BESIDES = 100;
/** From so many orders the other Region's part is known. */
const PEERS_ORDERS = 100;
/** An entry of the index by customer: four keys. */
const CUSTOMER_ENTRY = 130;

export interface CountOptions {
  /** Seconds for which changes are gathered into one mail. Default: 0. */
  gatherSeconds?: number;
  say: (what: string) => void;
}

/** Places orders, waits until each is delivered, and counts what that took on the local run under IAM enforcement. */
export async function countOrders(orders: number, { gatherSeconds = 0, say }: CountOptions): Promise<Counted> {
  const folder = emptyFolder("cost");
  const files: MeterFiles = { meter: join(folder, "meter.jsonl"), accessLog: join(folder, "access.jsonl") };
  const stand = await startOrderStand({ ...files, asDeployed: true, gatherSeconds });
  try {
    const parcels = new Parcels(stand);
    // Cold starts and the first reading of secrets are no order's.
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
    say("what the other Region does with these orders' records");
    const peer = await peersPart(stand, files, items.slice(0, PEERS_ORDERS));
    return {
      orders,
      seconds,
      processor: difference(after, before),
      outsideCalls: outsideCallsAnOrder(stand, items) * orders,
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

/** Notices and invoices follow the last write: waits until nothing is billed any more. */
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
  throw new Error(`The parcel of order ${orderId} has arrived, and the order is not DELIVERED.`);
}

/** As a browser does: again under the same key when the answer is an error. A busy machine has some, and they count. */
async function placed(stand: OrderStand): Promise<string> {
  const key = randomUUID();
  for (let attempt = 0; attempt < 10; attempt++) {
    const { orderId, status } = await stand.place({ key });
    if (status === 201 || status === 200) return orderId;
    if (status < 500 && status !== 429) throw new Error(`An order was answered with ${status}.`);
  }
  throw new Error("An order was refused ten times.");
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

/** Hears from the carrier when a parcel has arrived, so that nobody has to ask the store again and again. */
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

/** By the last orders, since the outside systems remember no more calls. */
function outsideCallsAnOrder({ providers }: OrderStand, items: readonly OrderItem[]): number {
  const last = new Set(items.slice(-500).map(({ orderId }) => orderId));
  return providers.controls.calls().filter(({ orderId }) => last.has(orderId)).length / last.size;
}

const storedBytes = (item: OrderItem): number =>
  Buffer.byteLength(JSON.stringify(item)) + STORED_BESIDES + CUSTOMER_ENTRY + STORED_BESIDES;

/** By what they do, where the deployment says so, instead of by physical name. */
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
