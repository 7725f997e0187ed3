import {
  effectiveItem,
  executionName,
  isDecided,
  isFinal,
  isOpen,
  type OrderItem,
  toPartition,
} from "../../../domain/order";
import type { Mail } from "./cloud";
import type { DeadLetter } from "./messaging";
import { ModelReplay } from "./modelReplay";
import type { OrderPlan } from "./orderPlans";
import { REGIONS, TABLES } from "./program";
import type { Providers } from "./providers";
import type { Reviews } from "./review";
import type { Change, Tables } from "./tables";
import type { World } from "./world";

type Order = OrderItem;
const SENT = new Set(["SHIPPING", "SHIPPED", "DELIVERED"]);

/** Checks a schedule's invariants: after every event, and when nothing more happens by itself. */
export class Invariants {
  /** The most expensive order of this schedule. */
  readonly most = { calls: 0, writes: 0 };
  /** Decisions that readers of a Region have seen, by Region and order. */
  private readonly seen = new Map<string, "sent" | "cancelled">();
  /** Contradictory statuses that were ever written, by order. */
  private readonly written = new Map<string, Set<"sent" | "cancelled">>();

  /** Compares each step with the exhaustive model. */
  readonly replay: ModelReplay;

  constructor(
    private readonly world: World,
    private readonly tables: Tables,
    private readonly providers: Providers,
    /** Returns the start of an execution that still runs. */
    private readonly startedAt: (region: string, name: string) => number | undefined,
  ) {
    tables.onChange((change) => this.onChange(change));
    const replay = new ModelReplay(world, tables, providers);
    this.replay = replay;
    providers.onChange = (orderId, isByItself) => {
      this.onProvider(orderId);
      replay.onProvider(orderId, isByItself);
    };
  }

  /** All that a Region knows of an order's items. */
  items(region: string, orderId: string): Order[] {
    return REGIONS.flatMap((owner) => {
      const item = this.tables.item(region, TABLES.orders, { orderId, region: owner });
      return item ? [item as unknown as Order] : [];
    });
  }

  effective(region: string, orderId: string): Order | undefined {
    return effectiveItem(toPartition(this.items(region, orderId)).orders);
  }

  /** Orders that a Region stored for the first time, less those that it counted for their customers' days. */
  private readonly uncounted = new Map<string, number>();

  /** Only an order that is stored counts towards its customer's daily limit, and it counts once. */
  private count({ region, origin, after, before }: Change): void {
    if (region !== origin || after === undefined) return;
    const isStored = after["kind"] === "order" && before === undefined && after["epoch"] === 1;
    const isCounted = after["kind"] === "rate" && String(after["orderId"]).startsWith("rate#orders#");
    if (!isStored && !isCounted) return;
    const key = `${region}/${isStored ? after["customerId"] : String(after["orderId"]).slice("rate#orders#".length)}`;
    const change = isStored ? 1 : Number(before?.["used"] ?? 0) - Number(after["used"]);
    this.uncounted.set(key, (this.uncounted.get(key) ?? 0) + change);
  }

  private onChange(change: Change): void {
    const { table, region, after, before, origin } = change;
    if (table !== TABLES.orders) return;
    this.count(change);
    if (after?.["kind"] !== "order") return;
    const item = after as unknown as Order;
    const { orderId, status } = item;
    const old = before as unknown as Order | undefined;
    if (region === origin) {
      this.world.tell(
        `${region} writes ${orderId.slice(0, 6)} ${status} (epoch ${item.epoch}, version ${item.version})`,
      );
      if (region !== item.region) this.world.violate("only a Region itself writes its items");
      if (old && item.version <= old.version) this.world.violate("versions grow with each write");
      if (item.schema > 1 && (after as Record<string, unknown>)["nextRelease"] === undefined)
        this.world.violate("attributes of a later release survive");
      if (old && item.epoch > old.epoch) this.onRestart(region, orderId, old.epoch);
      if (isDecided(status) && status !== "SUPERSEDED") {
        const ever = this.written.get(orderId) ?? new Set();
        this.written.set(orderId, ever.add(SENT.has(status) ? "sent" : "cancelled"));
        if (ever.size > 1) this.world.violate("no contradictory statuses are written");
      }
      const shipment = this.providers.shipments.get(orderId)?.status;
      if (SENT.has(status) && shipment === undefined) this.world.violate("an order is shown as packed only if it is");
      if (status === "SHIPPED" && shipment !== "in-transit" && shipment !== "delivered")
        this.world.violate("an order is shown as shipped only if it is");
      if (status === "DELIVERED" && shipment !== "delivered")
        this.world.violate("an order is shown as delivered only if it is");
    } else {
      this.world.tell(`${region} receives ${item.region}'s ${orderId.slice(0, 6)} ${status} (epoch ${item.epoch})`);
    }
    this.look(region, orderId);
  }

  /** A new epoch in the same Region: harmless beside a running execution, and a waste of calls. */
  private onRestart(region: string, orderId: string, epoch: number): void {
    const startedAt = this.startedAt(region, executionName(orderId, epoch));
    const isMeant = this.world.misfortunes.some(({ label }) => label.startsWith("incident/"));
    if (startedAt !== undefined && this.world.now() - startedAt > 60_000 && !isMeant)
      this.world.violate("only stalled orders are restarted");
  }

  /** A decided status is never undone before the eyes of a Region's readers. */
  private look(region: string, orderId: string): void {
    if (!this.world.isUp(region)) return;
    const status = this.effective(region, orderId)?.status;
    const now = status === "CANCELLED" ? "cancelled" : status && SENT.has(status) ? "sent" : undefined;
    const key = `${region}/${orderId}`;
    const before = this.seen.get(key);
    if (before && now !== before) this.world.violate("no reader sees a decided status undone");
    if (now) this.seen.set(key, now);
  }

  private onProvider(orderId: string): void {
    const payment = this.providers.payments.get(orderId);
    const shipment = this.providers.shipments.get(orderId);
    if (!shipment || shipment.status === "impossible") {
      return;
    }
    if (payment?.status === "voided" || payment?.status === "refunded")
      this.world.violate("never refunded or voided and shipped");
    else if (payment?.status !== "captured") this.world.violate("never shipped unpaid");
    const captures = payment?.entries.filter(({ what }) => what === "captured").length ?? 0;
    if (captures > 1) this.world.violate("never captured twice");
  }

  /** Nothing happens any more by itself: this is how it stays. */
  atRest(plans: readonly OrderPlan[], accepted: ReadonlySet<string>, rest: Rest): void {
    const up = REGIONS.filter((region) => this.world.isUp(region));
    for (const plan of plans) this.orderAtRest(plan, up, accepted.has(plan.orderId), rest);
    const known = new Set(plans.map(({ orderId }) => orderId));
    if (this.providers.payments.list().some(({ orderId }) => !known.has(orderId)))
      this.world.violate("a request is charged under one order id");
    if ([...this.uncounted.values()].some((orders) => orders !== 0))
      this.world.violate("each stored order counts once for its customer's day");
    this.deadLettersAtRest(rest);
  }

  /** Regions that stopped: a notifier may have been in the middle of its work. */
  private get interruptions(): number {
    return this.world.misfortunes.filter(({ kind }) => /^(kill|freeze|lose|release) /.test(kind)).length;
  }

  private orderAtRest(plan: OrderPlan, up: string[], isAccepted: boolean, rest: Rest): void {
    const { world } = this;
    const { orderId } = plan;
    this.costAtRest(orderId, rest);
    const nothingLost = REGIONS.every((region) => world.condition(region) !== "lost");
    const payment = this.providers.payments.get(orderId)?.status ?? "none";
    const shipment = this.providers.shipments.get(orderId)?.status ?? "none";
    for (const region of up) {
      const effective = this.effective(region, orderId);
      if (!effective) {
        if (isAccepted && nothingLost) world.violate(`an accepted order is never lost`);
        continue;
      }
      const { status } = effective;
      if (!isFinal(status) || status === "SUPERSEDED") world.violate("every order ends");
      const isSent = shipment !== "none" && shipment !== "impossible";
      if (status === "CANCELLED" && (payment === "captured" || payment === "authorized" || isSent))
        world.violate("a cancelled order costs nothing");
      if (status === "DELIVERED" && (payment !== "captured" || !isSent))
        world.violate("a delivered order is paid and shipped");
      if (status === "DELIVERED" && plan.payment === "declined") world.violate("a declined card pays for nothing");
      const own = this.tables.item(region, TABLES.orders, { orderId, region }) as unknown as Order | undefined;
      if (own && isOpen(own.status)) world.violate("no dead item stays open");
      if (own?.["openIn" as never] !== undefined && !isOpen(own.status))
        world.violate("the index of open orders is empty");
      if (this.tables.item(region, TABLES.cards, { orderId, region })) world.violate("cards are gone");
      if (status === "DELIVERED") this.invoiceAtRest(effective, rest);
      const isWanted =
        plan.cancelAfterMs === undefined &&
        plan.isReachable &&
        !/declined/.test(plan.payment) &&
        rest.reviews.accepts(orderId);
      if (isWanted && status === "CANCELLED" && !rest.incidentsHappened)
        world.violate("an order that can be paid and shipped is delivered");
      this.mailsAtRest(plan, effective, rest);
    }
    if (up.length === 2) {
      const [east, west] = up.map((region) => this.effective(region, orderId));
      if (east?.status !== west?.status || east?.region !== west?.region)
        world.violate("both Regions agree in the end");
      const notSuperseded = up.filter((region) => {
        const own = this.tables.item(region, TABLES.orders, { orderId, region });
        return own && own["status"] !== "SUPERSEDED";
      });
      if ((east || west) && notSuperseded.length !== 1) world.violate("one item is effective in the end");
    }
  }

  private invoiceAtRest({ orderId, region, customerId }: Order, { invoices, deadLetters }: Rest): void {
    if (!this.world.isUp(region)) return;
    const keys = [...(invoices.get(region) ?? [])].filter((key) => key.includes(orderId));
    const isExplained = deadLetters.some(({ queue, body }) => queue.includes("failed") && body.includes(orderId));
    const isSkipped = deadLetters.some(
      ({ queue, body }) => queue.includes("stream-failures") && body.includes(orderId),
    );
    if (keys.length === 0 && !isExplained && !isSkipped) this.world.violate("a delivered order has an invoice");
    if (keys.some((key) => !key.includes(customerId))) this.world.violate("an invoice is kept under its customer");
  }

  private mailsAtRest(plan: OrderPlan, effective: Order, { mails, deadLetters }: Rest): void {
    const { world } = this;
    const isLost = (region: string) => world.condition(region) === "lost";
    const isExplained = deadLetters.some(({ body }) => body.includes(plan.orderId));
    for (const { status, region } of effective.history) {
      if (status === "SUPERSEDED" || isLost(region) || isExplained) continue;
      const id = `${plan.orderId}-${status}`;
      const sent = mails.filter(({ ids }) => ids.includes(id)).length;
      if (sent === 0) world.violate("each change is notified at least once");
      // Each Region may send its own before it knows of the peer's; every further one needs a failure of the notifier.
      const regions = new Set(mails.filter(({ ids }) => ids.includes(id)).map((mail) => mail.region)).size;
      const failures = world.misfortunes.filter(({ label }) => label.includes("orders-notifier")).length;
      if (sent > regions + failures + this.interruptions)
        world.violate("each change is notified once unless a notifier fails");
    }
    if (
      mails.some(
        ({ to, ids }) => ids.some((id) => id.startsWith(plan.orderId)) && to !== `${plan.customerId}@example.com`,
      )
    )
      world.violate("a notification goes to the order's own customer");
  }

  /** Calls of providers and writes of items cost money: both stay within a bound, however bad the luck. */
  private costAtRest(orderId: string, { incidentsHappened }: Rest): void {
    const calls = this.providers.callsOfOrder.get(orderId) ?? 0;
    const writes = Math.max(...REGIONS.map((region) => this.effective(region, orderId)?.version ?? 0));
    this.most.calls = Math.max(this.most.calls, calls);
    this.most.writes = Math.max(this.most.writes, writes);
    const isQuiet = this.world.misfortunes.length === 0 && !incidentsHappened;
    if (calls > (isQuiet ? QUIET_CALLS : MOST_CALLS))
      this.world.violate("an order's provider calls stay within their bound");
    if (writes > (isQuiet ? QUIET_WRITES : MOST_WRITES))
      this.world.violate("an order's writes stay within their bound");
  }

  private deadLettersAtRest({ deadLetters }: Rest): void {
    if (deadLetters.length > 0 && this.world.misfortunes.length === 0) this.world.violate("dead letters have a cause");
  }
}

/**
 * Calls of both providers and writes of the effective item, for an order that nothing happens to, and at the worst. A payment that
 * stays pending is read up to twice at each of some 12 polls.
 */
const QUIET_CALLS = 40;
const MOST_CALLS = 150;
const QUIET_WRITES = 6;
const MOST_WRITES = 40;

export interface Rest {
  /** A Region, an execution or the link failed, or a function was called by mistake. */
  incidentsHappened: boolean;
  mails: readonly Mail[];
  deadLetters: readonly DeadLetter[];
  invoices: ReadonlyMap<string, ReadonlySet<string>>;
  reviews: Reviews;
}
