import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { isDecided, type OrderStatus } from "../../../domain/order";
import type { Replication } from "../../../local/aws/replication";
import type { Call, Gate, GateOrder, OrderRecords, ProviderControls } from "../../../local/providers";
import type { Store } from "../../../local/store";
import { outcomeOf } from "../../kit/drill/audit";
import { requestSweep, requestTakeover } from "../../kit/drill/byHand";
import { Customers } from "../../kit/drill/customers";
import { cardsIn, eventually, type Item, itemsIn, Shopper } from "../../kit/drill/shopper";
import { reached, type Stage, type Staged, stage } from "../../kit/drill/stages";
import { shareStore } from "../../kit/sharedStore";

export const east = "us-east-1";
export const west = "us-west-2";
export type Step = "authorize" | "capture" | "ship" | "void" | "refund";

/** An order that is not placed yet, with its id. */
export interface NewOrder {
  key: ReturnType<typeof randomUUID>;
  orderId: string;
}

/** Limit of each wait on a busy machine. The mail of a killed sender is sent after three minutes. */
export const limitMs = 240_000;

/** The tests take over by hand: neither a slow machine nor an update may make a Region count as lost. */
const patientFailover = JSON.stringify({
  roundSeconds: 5,
  staleAfterSeconds: 120,
  failuresInARow: 10,
  probeTimeoutMs: 4_000,
  awayAfterSeconds: 300,
});

/** Orders must wait as long as an update takes. */
const patientOrders = JSON.stringify({
  payment: { firstSeconds: 1, factor: 1.5, maxSeconds: 3, limitSeconds: 600 },
  delivery: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
  retries: { firstSeconds: 1, factor: 1.2, maxSeconds: 2, attempts: 60 },
  refundRetries: { firstSeconds: 1, factor: 1.2, maxSeconds: 2 },
});

const shareScheduleStore = shareStore("stayopen-schedules", {
  regions: 2,
  fast: true,
  pace: { shipmentStepMs: 300 },
  config: { "stayopen:failoverTimings": patientFailover, "stayopen:orderWaits": patientOrders },
});

/** A store in two Regions whose events a test puts in sequence. */
export class ScheduleStand {
  private readonly openings: (() => void)[] = [];

  private constructor(
    readonly store: Store,
    readonly shopper: Shopper,
  ) {}

  static async start(): Promise<ScheduleStand> {
    const { store } = await shareScheduleStore();
    const stand = new ScheduleStand(store, await Shopper.of(store, east));
    await stand.settled();
    return stand;
  }

  /** Opens all gates, clears faults, thaws Regions and restores replication. */
  async calm(): Promise<void> {
    for (const open of this.openings.splice(0)) open();
    this.controls.clearFaults();
    this.controls.releaseShipments();
    for (const { region, state } of this.store.chaos.status().regions) {
      if (state === "frozen") await this.store.chaos.thaw(region);
    }
    this.replication.heal();
    await this.settled();
  }

  get controls(): ProviderControls {
    return this.store.providers.controls;
  }

  /** Cutting replication stops items only. Each Region still sees its peer as alive, so no automatic takeover begins. */
  get replication(): Replication {
    if (this.store.replication === undefined)
      throw new Error("The store has no replication; start it with two Regions.");
    return this.store.replication;
  }

  settled(): Promise<boolean> {
    return eventually("replication is idle", () => this.replication.settled(), limitMs);
  }

  newOrder(): NewOrder {
    const key = randomUUID();
    return { key, orderId: this.shopper.orderIdOf(key) };
  }

  /** Holds all calls of a step, retries included, until the gate is opened. */
  hold({ orderId }: NewOrder, operation: Step, when: GateOrder["when"]): Gate {
    const system = operation === "ship" ? "shipping" : "payment";
    const gate = this.controls.gate({ system, operation, orderId, when, every: true });
    this.openings.push(gate.open);
    return gate;
  }

  /** Sends a customer's request, and retries it under its key. */
  async place({ key, orderId }: NewOrder, region: string): Promise<void> {
    const placed = await new Customers([this.shopper]).order(this.shopper, region, key);
    expect(placed.orderId).to.equal(orderId);
  }

  /** Places an order and waits until it reaches a gate. */
  async placeUpTo(gate: Gate, order: NewOrder, region: string): Promise<void> {
    await this.place(order, region);
    await reached(gate, `${order.orderId} reaches its gate`);
  }

  /** Places an order and holds it at a stage, retries of its call included. */
  async staged(at: Stage, region = east): Promise<Staged> {
    const { shopper } = this;
    const { providers } = this.store;
    const order = await stage(at, {
      shopper,
      customers: new Customers([shopper]),
      providers,
      region,
      every: true,
    });
    this.openings.push(order.release);
    return order;
  }

  /** Waits until the reader's replica has the owner's item of the order with one of the statuses. */
  seen(
    reader: string,
    { orderId }: Pick<NewOrder, "orderId">,
    owner: string,
    ...statuses: OrderStatus[]
  ): Promise<Item> {
    const what = `${reader} has the item of ${orderId} from ${owner} with status ${statuses.join(" or ")}`;
    return eventually(
      what,
      async () => {
        const item = (await itemsIn(this.store, reader, orderId)).find(({ region }) => region === owner);
        if (item && !statuses.includes(item.status)) throw new Error(`It is ${item.status}.`);
        return item;
      },
      limitMs,
    );
  }

  async cancel({ orderId }: Pick<NewOrder, "orderId">, region: string): Promise<void> {
    expect(await this.shopper.cancel(orderId, region), "response to the cancellation").to.equal(202);
  }

  /** Invokes the takeover function, as an operator does, until the Region has taken over every order. */
  takeOver(by: string, ...orders: Pick<NewOrder, "orderId">[]): Promise<Item[]> {
    const from = by === east ? west : east;
    return eventually(
      `${by} has taken over from ${from}`,
      async () => {
        await requestTakeover(this.store, by, from);
        const items = await Promise.all(orders.map(({ orderId }) => itemsIn(this.store, by, orderId)));
        const own = items.flatMap((item) =>
          item.filter(({ region, status }) => region === by && status !== "SUPERSEDED"),
        );
        return own.length === orders.length && own;
      },
      limitMs,
    );
  }

  records({ orderId }: Pick<NewOrder, "orderId">): OrderRecords {
    return this.controls.records(orderId);
  }

  calls({ orderId }: NewOrder, operation?: Step): Call[] {
    return this.controls
      .calls()
      .filter((call) => call.orderId === orderId && (operation ?? call.operation) === call.operation);
  }

  /** Waits until each call of a step has taken effect or was refused. */
  async landed(order: NewOrder, operation: Step): Promise<void> {
    await eventually(
      `every ${operation} of ${order.orderId} is completed`,
      async () => {
        const calls = this.calls(order, operation);
        return calls.length > 0 && calls.every(({ effectAt }) => effectAt !== undefined);
      },
      limitMs,
    );
  }

  cards({ orderId }: NewOrder, region: string): Promise<string[]> {
    return cardsIn(this.store, region, orderId);
  }

  /**
   * Waits until the order is final, both Regions' tables, the providers' records and the mailbox agree on it, and no
   * Region has a card of it.
   *
   * @returns the effective item.
   */
  async ends(
    { orderId }: Pick<NewOrder, "orderId">,
    status: "DELIVERED" | "CANCELLED",
    sweeping = false,
  ): Promise<Item> {
    await eventually(
      `${orderId} is ${status} in tables, records and mails`,
      async () => {
        if (sweeping) for (const region of [east, west]) await requestSweep(this.store, region);
        const outcome = await outcomeOf(this.store, { orderId });
        if (outcome.faults.length > 0) throw new Error(outcome.faults.join("; "));
        return true;
      },
      limitMs,
    );
    const items = await itemsIn(this.store, east, orderId);
    const [effective, ...others] = items.filter((item) => item.status !== "SUPERSEDED");
    expect(others).to.deep.equal([]);
    expect(effective?.status).to.equal(status);
    for (const region of [east, west]) {
      await eventually(
        `no card of ${orderId} is left in ${region}`,
        async () => {
          const left = await cardsIn(this.store, region, orderId);
          if (left.length > 0) throw new Error(`The cards of ${left.join(" and ")} are left.`);
          return true;
        },
        limitMs,
      );
    }
    return effective as Item;
  }

  /** Records the statuses that a customer sees who polls both Regions. */
  watch(order: NewOrder): { stop(): Promise<Record<string, string[]>> } {
    const seen: Record<string, string[]> = { [east]: [], [west]: [] };
    const stopping = new AbortController();
    const look = async (region: string) => {
      for (;;) {
        // The last look begins after the stop, so that it sees what the test has waited for.
        const isLast = stopping.signal.aborted;
        // A time-out is no status.
        const status = await this.shopper.statusOf(order.orderId, region).catch(() => undefined);
        if (status !== undefined && seen[region]?.at(-1) !== status) seen[region]?.push(status);
        if (isLast && status !== undefined) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const looking = [east, west].map(look);
    return {
      async stop() {
        stopping.abort();
        await Promise.all(looking);
        return seen;
      },
    };
  }
}

/** Returns the statuses from the first decided one on. */
export function sinceDecided(seen: readonly string[]): string[] {
  const first = seen.findIndex((status) => isDecided(status as OrderStatus));
  return first < 0 ? [] : seen.slice(first);
}
