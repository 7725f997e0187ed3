import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { invoiceOf, type OrderItem } from "../../domain/order";
import { type OrderStand, startOrderStand } from "../../tests/local/orders/orderStand";
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

/** Orders that are on their way at the same time: enough for two processors, few enough that no step times out. */
const SIDE_BY_SIDE = 40;
/** DynamoDB counts so much for each item and each entry of an index. */
const STORED_BESIDES = 100;
/** From so many orders the other Region's part is known. */
const PEERS_ORDERS = 100;
/** An entry of the index by customer: four keys. */
const CUSTOMER_ENTRY = 130;

/** Places orders, waits until each is delivered, and counts what that took on the local run under IAM enforcement. */
export async function countOrders(orders: number, say: (what: string) => void): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), "stayopen-cost-"));
  const files: MeterFiles = { meter: join(folder, "meter.jsonl"), accessLog: join(folder, "access.jsonl") };
  const stand = await startOrderStand({ ...files, asDeployed: true });
  try {
    const parcels = new Parcels(stand);
    // Cold starts and the first reading of secrets are no order's.
    await Promise.all(Array.from({ length: Math.min(4, orders) }, () => life(stand, parcels)));
    await quiet();
    const from = placeIn(files);
    const before = processorSeconds(stand.region.pid);
    const started = performance.now();
    const items = await livesOf(stand, parcels, orders, say);
    const seconds = (performance.now() - started) / 1_000;
    await quiet();
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
      invoiceBytes: items.reduce((sum, item) => sum + Buffer.byteLength(invoiceOf(item, "Test store")), 0),
      ...sums,
      functions: functionsByTask(sums.functions, stand),
      peer: { ...peer, functions: functionsByTask(peer.functions, stand) },
    };
  } finally {
    await stand.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Notices and invoices follow the last write. */
const quiet = () => sleep(5_000);

async function life(stand: OrderStand, parcels: Parcels): Promise<OrderItem> {
  const orderId = await placed(stand);
  await parcels.delivered(orderId);
  return await stand.until(orderId, "DELIVERED", 240);
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
  let begun = 0;
  const customer = async () => {
    while (begun < orders) {
      begun++;
      items.push(await life(stand, parcels));
      if (items.length % 100 === 0) say(`${items.length} of ${orders} orders delivered`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, orders) }, customer));
  return items;
}

/** Hears from the carrier when a parcel has arrived, so that nobody has to ask the store again and again. */
class Parcels {
  private readonly waiting = new Map<string, () => void>();

  constructor({ outside: { controls } }: OrderStand) {
    controls.onChange((orderId) => {
      if (controls.book(orderId).shipment?.status !== "delivered") return;
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
function outsideCallsAnOrder({ outside }: OrderStand, items: readonly OrderItem[]): number {
  const last = new Set(items.slice(-500).map(({ orderId }) => orderId));
  return outside.controls.calls().filter(({ orderId }) => last.has(orderId)).length / last.size;
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
