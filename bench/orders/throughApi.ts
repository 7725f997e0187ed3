import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { OrderStand, PlaceOptions } from "../../tests/integration/orders/orderStand";
import { type ProcessorSeconds, processorSeconds } from "../cost/processes";
import { machineSeconds } from "../processes";
import { mean } from "../table";
import { endOf, type FunctionTimes, partsOf, type Times, timesIn } from "./times";

/** Measurements of orders through the local API at a number of connections. */
export interface Level {
  connections: number;
  /** Latency of each response at the client, in milliseconds. */
  times: number[];
  perSecond: number;
  /** Requests that failed and were retried. */
  repeated: number;
  parts: ReturnType<typeof partsOf>;
  /** The emulator's time per action, in milliseconds. */
  emulatorsWork: { catalogueRead: number; transaction: number };
  /** Processors that each part used: 1 is one processor. */
  busy: ProcessorSeconds & { machine: number };
}

/** Places orders, after the emulator has started enough processes. */
export async function level(stand: OrderStand, file: string, connections: number, requests: number): Promise<Level> {
  await placeAll(stand, connections, 4 * connections);
  const from = endOf(file);
  const before = { ...processorSeconds(stand.region.pid), machine: machineSeconds() };
  const { times, seconds, repeated } = await placeAll(stand, connections, requests);
  const after = { ...processorSeconds(stand.region.pid), machine: machineSeconds() };
  const written = timesIn(file, from, endOf(file));
  const { submit, authorizer } = functionsOf(stand, written);
  const { actions } = written;
  const workOn = (action: string) => (actions[action]?.ms ?? 0) / (actions[action]?.calls ?? Number.NaN);
  return {
    connections,
    times,
    repeated,
    perSecond: requests / seconds,
    parts: partsOf(mean(times), requests, authorizer, submit),
    emulatorsWork: { catalogueRead: workOn("BatchGetItem"), transaction: workOn("TransactWriteItems") },
    busy: {
      emulator: (after.emulator - before.emulator) / seconds,
      functions: (after.functions - before.functions) / seconds,
      driver: (after.driver - before.driver) / seconds,
      machine: (after.machine - before.machine) / seconds,
    },
  };
}

/** The authorizer is the function without a name in the deployment. API Gateway may cache its result. */
function functionsOf({ deployment }: OrderStand, { functions }: Times) {
  const named = deployment.outputs["functions"] as Record<string, string>;
  const submit = functions[named["submit"] ?? ""];
  if (!submit?.waitedMs["TransactWriteItems"])
    throw new Error("The emulator has recorded no call of the submit function.");
  const notAsked: FunctionTimes = { calls: 0, ms: 0, processMs: 0, handlerMs: 0, waitedMs: {} };
  const authorizer = Object.keys(functions).find((name) => !Object.values(named).includes(name));
  return { submit, authorizer: functions[authorizer ?? ""] ?? notAsked };
}

async function placeAll(stand: OrderStand, connections: number, requests: number) {
  // Encrypting the card is the browser's time, not the store's.
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
  return { times, repeated, seconds: (performance.now() - began) / 1_000 };
}

/** Places an order as a browser does, with retries under the same key. Returns the number of retries. */
export async function accepted(stand: OrderStand, options: PlaceOptions): Promise<number> {
  for (let repeats = 0; repeats < 10; repeats++) {
    const { status } = await stand.place(options);
    if (status === 201) return repeats;
    if (status < 500 && status !== 429) throw new Error(`Placing an order returned ${status}.`);
  }
  throw new Error("Placing an order failed ten times.");
}

/** Waits until calls have stopped, because orders continue after their response. */
export async function quiet(file: string): Promise<void> {
  let place = endOf(file);
  let since = Date.now();
  for (const limit = since + 300_000; Date.now() < limit && Date.now() - since < 3_000; ) {
    await sleep(200);
    const now = endOf(file);
    if (now !== place) since = Date.now();
    place = now;
  }
}
