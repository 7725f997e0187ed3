import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ORDERS_PER_CUSTOMER_DAY } from "../../../domain/order/dailyLimits";
import { regionPath } from "../../../domain/region/paths";
import type { LoadCustomer } from "./loadCustomer";

/** A load of orders. */
export interface LoadOrder {
  /** Orders a second, 0.1 to 20. */
  perSecond: number;
  /** Duration, 1 to 600. */
  seconds: number;
  /** Shares of the orders by Region, such as `{ "us-east-1": 3, "us-west-2": 1 }`. Default: equal. */
  share?: Record<string, number>;
}

/** A load of orders that runs, or the last one. */
export interface LoadView extends Required<LoadOrder> {
  isRunning: boolean;
  /** ISO 8601, UTC. */
  startedAt: string;
  requested: number;
  acknowledged: number;
  /** Accepted by another Region than the one that was asked first. */
  moved: number;
  /** Given up after the limit, or refused. */
  failed: number;
  /** Reason of the last failure. */
  lastFailure?: string;
  /** Longest time from the first request to the confirmation, in milliseconds. */
  slowestMs: number;
}

export interface LoadDeps {
  storeUrl: string;
  /** All Regions of the store. */
  regions: readonly string[];
  onEvent(what: string): void;
}

/** Longest time of one attempt, and of an order with all attempts, in milliseconds. */
const ATTEMPT_MS = 10_000;
const ORDER_MS = 90_000;
/** Orders in flight at a time. */
const CONCURRENCY = 50;
/** Orders of a load in all. */
const MOST_ORDERS = 2_000;

/** Places orders at the store's address as customers do: an order without an answer is repeated in another Region under the same key. */
export class Load {
  private current?: LoadView;
  private stopping?: AbortController;
  private running: Promise<void> = Promise.resolve();
  /** Signed-up customers, each with the orders that they may still place today. */
  private readonly customers: { customer: LoadCustomer; left: number }[] = [];
  /** Ids of the acknowledged orders of the current load. */
  readonly acknowledged: string[] = [];

  constructor(private readonly deps: LoadDeps) {}

  view(): LoadView | undefined {
    return this.current && { ...this.current };
  }

  /**
   * Begins a load. Resolves when the customers are signed up.
   *
   * @throws RangeError with a sentence for the user.
   */
  async start(order: LoadOrder): Promise<void> {
    const { perSecond, seconds, share } = checked(order, this.deps.regions);
    if (this.current?.isRunning) throw new RangeError("A load of orders is running: stop it first.");
    const count = Math.min(MOST_ORDERS, Math.max(1, Math.round(perSecond * seconds)));
    this.acknowledged.length = 0;
    const view: LoadView = {
      isRunning: true,
      startedAt: new Date().toISOString(),
      perSecond,
      seconds,
      share,
      requested: 0,
      acknowledged: 0,
      moved: 0,
      failed: 0,
      slowestMs: 0,
    };
    this.current = view;
    this.stopping = new AbortController();
    try {
      await this.signUp(count);
    } catch (error) {
      view.isRunning = false;
      throw new RangeError(`No customer could sign up: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.deps.onEvent(`load of ${count} orders started, ${perSecond} a second`);
    this.running = this.run(view, count, this.stopping.signal);
  }

  /** Ends the load after the orders in flight. Idempotent. */
  async stop(): Promise<void> {
    this.stopping?.abort();
    await this.running;
  }

  /** Resolves when the load has ended. */
  async ended(): Promise<void> {
    await this.running;
  }

  private async run(view: LoadView, count: number, signal: AbortSignal): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    const began = Date.now();
    for (let index = 0; index < count && !signal.aborted; index++) {
      const waitMs = began + (index * 1_000) / view.perSecond - Date.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      if (inFlight.size >= CONCURRENCY) await Promise.race(inFlight);
      const placed: Promise<void> = this.place(view, index, signal).finally(() => inFlight.delete(placed));
      inFlight.add(placed);
    }
    await Promise.all(inFlight);
    view.isRunning = false;
    this.deps.onEvent(
      `load ended: ${view.acknowledged} of ${view.requested} orders accepted, the slowest in ${(view.slowestMs / 1_000).toFixed(1)} s`,
    );
  }

  private async place(view: LoadView, index: number, signal: AbortSignal): Promise<void> {
    const entry = this.customers.find(({ left }) => left > 0);
    if (entry === undefined) return;
    entry.left -= 1;
    view.requested += 1;
    const key = randomUUID();
    const first = pick(view.share, index);
    const others = this.deps.regions.filter((region) => region !== first);
    const places = [first, ...others];
    const began = Date.now();
    for (let attempt = 0; ; attempt++) {
      const region = places[attempt % places.length]!;
      const prefix = this.deps.regions.length > 1 ? regionPath(region, "") : "";
      try {
        this.acknowledged.push(await entry.customer.order(key, prefix, ATTEMPT_MS));
        view.acknowledged += 1;
        if (region !== first) view.moved += 1;
        view.slowestMs = Math.max(view.slowestMs, Date.now() - began);
        return;
      } catch (error) {
        view.lastFailure = error instanceof Error ? error.message : String(error);
        if (error instanceof RangeError || signal.aborted || Date.now() - began > ORDER_MS) {
          view.failed += 1;
          return;
        }
        await sleep(200 + Math.random() * 300);
      }
    }
  }

  private async signUp(count: number): Promise<void> {
    // Loaded when the first load begins: the sign-in library would delay the store's start by a quarter of a second.
    const { LoadCustomer } = require("./loadCustomer") as typeof import("./loadCustomer");
    let left = this.customers.reduce((sum, one) => sum + one.left, 0);
    while (left < count) {
      const customer = await LoadCustomer.signUp(this.deps.storeUrl);
      // A retry counts as well.
      const limit = Math.floor(ORDERS_PER_CUSTOMER_DAY * 0.8);
      this.customers.push({ customer, left: limit });
      left += limit;
    }
  }
}

function checked({ perSecond, seconds, share }: LoadOrder, regions: readonly string[]): Required<LoadOrder> {
  if (!(perSecond >= 0.1 && perSecond <= 20))
    throw new RangeError(`The load is ${perSecond} orders a second; give 0.1 to 20.`);
  if (!(seconds >= 1 && seconds <= 600)) throw new RangeError(`The load lasts ${seconds} seconds; give 1 to 600.`);
  const shares = Object.fromEntries(regions.map((region) => [region, share ? Number(share[region] ?? 0) : 1]));
  const values = Object.values(shares);
  if (!values.every((value) => value >= 0) || !values.some((value) => value > 0))
    throw new RangeError("The shares of the Regions must be 0 or more, and one of them more than 0.");
  return { perSecond, seconds, share: shares };
}

/** Chooses a Region by the shares: evenly spread, not by chance. */
export function pick(share: Readonly<Record<string, number>>, index: number): string {
  const entries = Object.entries(share).filter(([, value]) => value > 0);
  const total = entries.reduce((sum, [, value]) => sum + value, 0);
  // Steps of the golden ratio fill the unit interval evenly in any prefix.
  let point = ((index * 0.618_033_988_75) % 1) * total;
  for (const [region, value] of entries) {
    point -= value;
    if (point < 0) return region;
  }
  return entries.at(-1)![0];
}
