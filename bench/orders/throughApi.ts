import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { OrderStand, PlaceOptions } from "../../tests/integration/orders/orderStand";
import { type ProcessorSeconds, processorSeconds } from "../cost/processes";
import { machineSeconds } from "../processes";
import { mean } from "../table";
import { endOf, type FunctionTimes, partsOf, type Times, timesIn } from "./times";

/** What orders took through the local API at so many connections. */
export interface Level {
  connections: number;
  /** Milliseconds of each answer, as the client sees it. */
  times: number[];
  perSecond: number;
  /** Requests that were answered with an error and sent again. */
  repeated: number;
  parts: ReturnType<typeof partsOf>;
  /** Milliseconds of the emulator's own work on one action, whoever called. */
  emulatorsWork: { catalogueRead: number; transaction: number };
  /** How busy a processor each part kept meanwhile: 1 is one processor. */
  busy: ProcessorSeconds & { machine: number };
}

/** So many orders, once there are as many processes as they need. */
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

/** The one function that the deployment does not name is the authorizer; API Gateway may remember its answer. */
function functionsOf({ deployment }: OrderStand, { functions }: Times) {
  const named = deployment.outputs["functions"] as Record<string, string>;
  const submit = functions[named["submit"] ?? ""];
  if (!submit?.waitedMs["TransactWriteItems"]) throw new Error("Nothing was written down about the submit function.");
  const notAsked: FunctionTimes = { calls: 0, ms: 0, processMs: 0, handlerMs: 0, waitedMs: {} };
  const authorizer = Object.keys(functions).find((name) => !Object.values(named).includes(name));
  return { submit, authorizer: functions[authorizer ?? ""] ?? notAsked };
}

async function placeAll(stand: OrderStand, connections: number, requests: number) {
  // The browser encrypts the card; that is not the store's time.
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

/** Places an order as a browser does: again under the same key when the answer is an error. How often, it says. */
export async function accepted(stand: OrderStand, options: PlaceOptions): Promise<number> {
  for (let repeats = 0; repeats < 10; repeats++) {
    const { status } = await stand.place(options);
    if (status === 201) return repeats;
    if (status < 500 && status !== 429) throw new Error(`An order was answered with ${status}.`);
  }
  throw new Error("An order was refused ten times.");
}

/** Orders go on after their answer: waits until nothing calls anything any more. */
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
