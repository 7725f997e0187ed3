import { setTimeout as sleep } from "node:timers/promises";
import { isFinal, type OrderStatus } from "../../../domain/order";
import type { Store } from "../../../local/store";
import { type Outcome, outcomeOf } from "./audit";
import { type Acknowledged, Customers } from "./customers";
import { eventually, type Item, itemsIn, type Shopper } from "./shopper";
import { STAGES, type Stage, type Staged, stage } from "./stages";

/** Failures of a Region: killed and returned, frozen and thawed, disconnected from its peer and reconnected, or lost for good. */
export const FAILURES = ["kill", "freeze", "cut", "lose"] as const;
export type Failure = (typeof FAILURES)[number];

export interface DrillOptions {
  store: Store;
  failure: Failure;
  /** The Region that fails. Default: the primary, to which customers are routed in normal operation. */
  region?: string;
  /** Customers who order continuously. */
  shoppers: readonly [Shopper, ...Shopper[]];
  /** Steps at which an order waits when the failure occurs. Default: all. */
  stages?: readonly Stage[];
  /** Limit of each wait in milliseconds; a longer wait fails the drill. Default: 120,000. */
  limitMs?: number;
  onProgress?(line: string): void;
  /** Called when customers are routed to the Region, before orders are placed. */
  onRouted?(): Promise<void>;
  /** Called when the Region has failed. */
  onFailure?(): void;
}

/** Measurements of a drill. Milliseconds are counted from the failure. */
export interface DrillFigures {
  failure: Failure;
  /** The configured replication lag. */
  lagMs?: { min: number; max: number };
  /** Number of orders acknowledged during the drill. */
  orders: number;
  /** Time of the first acknowledgement after the failure. */
  acceptedAgainMs: number;
  /** Number of open orders that the peer Region took over, and the times of the first and the last takeover. */
  takenOver: number;
  firstTakenOverMs?: number;
  lastTakenOverMs?: number;
  /** Acknowledged orders that were not replicated at the failure. They waited for their Region's return or the customer's retry. */
  waited: number;
}

export interface DrillResult {
  figures: DrillFigures;
  outcomes: Outcome[];
}

/**
 * Fails a Region while customers order continuously and one order waits at each step of the workflow. Afterwards compares
 * every acknowledged order with the tables, the providers' records and the mailboxes.
 *
 * @throws {Error} if a wait takes too long. Wrong outcomes are in the result.
 */
export async function drill(options: DrillOptions): Promise<DrillResult> {
  const { store, failure, shoppers, limitMs = 120_000 } = options;
  const [primary = "", secondary = ""] = Object.keys(store.regions);
  const region = options.region ?? primary;
  const other = region === primary ? secondary : primary;
  const tell = (line: string) => options.onProgress?.(line);
  const customers = new Customers(shoppers);
  const { acknowledged } = customers;
  await eventually(`customers are routed to ${region}`, async () => (await answeringRegion(store)) === region, limitMs);
  await options.onRouted?.();
  const staged = await Promise.all(
    (options.stages ?? STAGES).map((at) =>
      stage(at, { shopper: shoppers[0], customers, providers: store.providers, region, every: true }),
    ),
  );
  await eventually(
    "every waiting order is replicated to the peer Region",
    async () => (await Promise.all(staged.map(({ orderId }) => itemsIn(store, other, orderId)))).every(isNotEmpty),
    limitMs,
  );
  customers.start();
  await sleep(2_000);

  tell(`${acknowledged.length} orders; ${failure} ${region}`);
  // From now on calls come from the peer Region; the gates must not stop them.
  for (const one of staged) one.letOthersPass();
  const failedAt = Date.now();
  await (failure === "cut" ? store.chaos.cut() : store.chaos[failure](region));
  const happenedAt = Date.now();
  options.onFailure?.();
  // Responses to calls that took effect find no caller; the other calls take effect later.
  for (const one of staged) if (one.stage.endsWith("unanswered")) one.release();
  const before = acknowledged.filter(({ acknowledgedAt }) => acknowledgedAt <= failedAt);
  const waiting = await unknownIn(store, other, before);

  await eventually(
    "orders are accepted again",
    async () => acknowledged.some(({ askedAt }) => askedAt > failedAt),
    limitMs,
  );
  await eventually("the peer Region has taken over", () => isTakenOver(store, staged, region, other), limitMs);
  tell(`taken over after ${Math.round((Date.now() - failedAt) / 1000)} s`);
  for (const one of staged) one.release();

  if (failure === "kill") await store.chaos.return(region);
  else if (failure === "freeze") await store.chaos.thaw(region);
  else if (failure === "cut") await store.chaos.heal();
  else {
    // Only the customer's retry can restore an order that was not replicated. The Region answered until the failure had happened.
    const asked = acknowledged.filter(({ askedAt }) => askedAt <= happenedAt);
    await Promise.all((await unknownIn(store, other, asked)).map((order) => order.repeat()));
  }
  await sleep(2_000);
  await customers.stop();

  tell(`${acknowledged.length} orders; waiting until each has reached its final status`);
  const lost = failure === "lose" ? [region] : [];
  const outcomes = await outcomesOf(store, acknowledged, lost, limitMs);
  const moves = (await Promise.all(before.map(({ orderId }) => itemsIn(store, other, orderId)))).flatMap((items) =>
    takeoversIn(items, region, other, failedAt),
  );
  const accepted = acknowledged.filter(({ acknowledgedAt }) => acknowledgedAt > failedAt);
  return {
    outcomes,
    figures: {
      failure,
      lagMs: lagOf(store),
      orders: acknowledged.length,
      acceptedAgainMs: Math.min(...accepted.map(({ acknowledgedAt }) => acknowledgedAt)) - failedAt,
      takenOver: moves.length,
      firstTakenOverMs: moves.length > 0 ? Math.min(...moves) - failedAt : undefined,
      lastTakenOverMs: moves.length > 0 ? Math.max(...moves) - failedAt : undefined,
      waited: waiting.length,
    },
  };
}

/** Returns the Region that serves the store's address. After a failure it may lag by the lifetime of a DNS record. */
async function answeringRegion(store: Store): Promise<string> {
  const answer = await fetch(`${store.url}/api/config`, { signal: AbortSignal.timeout(5_000) });
  return ((await answer.json()) as { region: string }).region;
}

function lagOf({ replication }: Store): DrillFigures["lagMs"] {
  const lag = replication?.status().lagMs;
  return typeof lag === "number" ? { min: lag, max: lag } : lag;
}

async function unknownIn(store: Store, region: string, orders: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const known = await Promise.all(orders.map(({ orderId }) => itemsIn(store, region, orderId)));
  return orders.filter((_, index) => !isNotEmpty(known[index] ?? []));
}

async function isTakenOver(store: Store, staged: readonly Staged[], region: string, other: string): Promise<boolean> {
  const copies = await Promise.all(staged.map(({ orderId }) => itemsIn(store, other, orderId)));
  return copies.every((items) => items.some((item) => item.region === other) || !isOpenIn(items, region));
}

const isOpenIn = (items: readonly Item[], region: string) =>
  items.some((item) => item.region === region && !isFinal(item.status as OrderStatus));

/** Returns the time at which the peer Region took over an order of the failed one, if it did. */
function takeoversIn(items: readonly Item[], from: string, by: string, failedAt: number): number[] {
  if (!items.some((item) => item.region === from)) return [];
  const own = items.find((item) => item.region === by);
  const first = own?.history.find(({ region, epoch, at }) => region === by && epoch > 1 && Date.parse(at) > failedAt);
  return first ? [Date.parse(first.at)] : [];
}

/** Repeats the audit until every outcome is as expected or the time is up. */
async function outcomesOf(
  store: Store,
  orders: readonly Acknowledged[],
  lost: readonly string[],
  limitMs: number,
): Promise<Outcome[]> {
  const deadline = Date.now() + limitMs;
  const good = new Map<string, Outcome>();
  let wrong: Outcome[] = [];
  do {
    const outcomes: Outcome[] = [];
    for (const order of orders) if (!good.has(order.orderId)) outcomes.push(await outcomeOf(store, order, lost));
    for (const outcome of outcomes) if (outcome.faults.length === 0) good.set(outcome.orderId, outcome);
    wrong = outcomes.filter(({ faults }) => faults.length > 0);
    if (wrong.length === 0) break;
    await sleep(1_000);
  } while (Date.now() < deadline);
  return [...good.values(), ...wrong];
}

const isNotEmpty = (items: readonly unknown[]) => items.length > 0;
