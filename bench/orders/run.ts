import { randomUUID } from "node:crypto";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { type OrderStand, type PlaceOptions, startOrderStand } from "../../tests/local/orders/orderStand";
import { submission, submitInMemory } from "./memory";

/**
 * `npm run bench:orders`: what the submit handler costs beside its one write, what the local API takes at 1, 16 and 64
 * connections, and how many orders a minute are delivered.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { requests: { type: "string", default: "320" }, lives: { type: "string", default: "60" } },
  });
  console.log("Times in ms: how many, p50, p99.");
  console.log(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  await handlerAlone();
  const stand = await startOrderStand();
  try {
    for (const connections of [1, 16, 64]) await throughApi(stand, connections, Number(values.requests));
    await lives(stand, Number(values.lives));
  } finally {
    await stand.stop();
  }
}

/** The handler on a store in memory: validation, price, identity, the item. Everything but AWS. */
async function handlerAlone(): Promise<void> {
  const submit = submitInMemory();
  const rounds = 2_000;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const request = submission(randomUUID());
    const started = performance.now();
    const { statusCode } = await submit(request);
    times.push(performance.now() - started);
    if (statusCode !== 201) throw new Error(`The handler answers ${statusCode}.`);
  }
  // The first calls compile.
  row("handler alone, in memory", times.slice(rounds / 2));
}

async function throughApi(stand: OrderStand, connections: number, requests: number): Promise<void> {
  const sealed = await Promise.all(
    Array.from({ length: requests }, async () => {
      const key = randomUUID();
      return { key, payment: { kind: "card", card: await stand.sealCard(key) } };
    }),
  );
  const times: number[] = [];
  let repeated = 0;
  const began = performance.now();
  const client = async () => {
    for (let next = sealed.pop(); next; next = sealed.pop()) {
      const started = performance.now();
      repeated += await accepted(stand, next);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const perSecond = Math.round((requests / (performance.now() - began)) * 1_000);
  const again = repeated > 0 ? `, ${repeated} requests repeated` : "";
  row(`local API, ${connections} connections, ${perSecond} orders/s${again}`, times);
}

/** Places an order as a browser does: again under the same key when the answer is an error. How often, it says. */
async function accepted(stand: OrderStand, options: PlaceOptions): Promise<number> {
  for (let repeats = 0; repeats < 10; repeats++) {
    const { status } = await stand.place(options);
    if (status === 201) return repeats;
    if (status < 500 && status !== 429) throw new Error(`An order was answered with ${status}.`);
  }
  throw new Error("An order was refused ten times.");
}

async function lives(stand: OrderStand, orders: number): Promise<void> {
  const began = performance.now();
  const times: number[] = [];
  let left = orders;
  const customer = async () => {
    while (left-- > 0) {
      const started = performance.now();
      const key = randomUUID();
      await accepted(stand, { key });
      const { orderId } = await stand.place({ key });
      await stand.until(orderId, "DELIVERED", 240);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: 8 }, customer));
  const aMinute = Math.round((orders / (performance.now() - began)) * 60_000);
  row(`from placed to delivered, 8 customers, ${aMinute} orders/min (1.4 s of it the carrier's)`, times);
}

function row(what: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
  console.log(`| ${what} | ${sorted.length} | ${at(0.5)} | ${at(0.99)} |`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
