import { deriveRefundId, type RefundItem, refundKey, toRefunds } from "../../../domain/order";
import type { Functions } from "./functions";
import type { Rest } from "./invariants";
import type { OrderPlan } from "./orderPlans";
import { PRODUCTS, REGIONS, type SimulatedRegion, TABLES } from "./program";
import type { Providers } from "./providers";
import type { Tables } from "./tables";
import type { World } from "./world";

/** A merchandiser's request for a partial refund. */
interface RefundPlan {
  order: OrderPlan;
  key: string;
  /** Minor units; each request of an order has another amount, by which the ledger's entries are told apart. */
  amount: number;
  region: SimulatedRegion;
  atMs: number;
  /** The request is sent to the other Region as well, so many milliseconds later. */
  againAfterMs?: number;
}

export interface RefundFigures {
  refundsAccepted: number;
  refundsMade: number;
  refundsRefused: number;
  refundsTakenOver: number;
}

/** Asks again while the payment is not captured: six minutes, longer than most payments stay pending. */
const MOST_LOOKS = 18;
const LOOK_AGAIN_MS = 20_000;
const OTHER_ATTEMPTS = 10;

/** One or two requests for each order that costs something; in half of the orders both together are more than its total. */
export function planRefunds({ chance }: World, orders: readonly OrderPlan[]): RefundPlan[] {
  return orders.flatMap((order) => {
    const total = totalOf(order);
    if (total === 0) return [];
    const label = `refund/${order.index}`;
    const exceeds = chance.of(`${label}/exceeds`) < 0.5;
    const amounts = [1_000, ...(chance.of(`${label}/two`) < 0.6 ? [exceeds ? total - 500 : 700] : [])];
    // Requests at the same time in both Regions, which the payment provider arbitrates.
    const areAtOnce = chance.of(`${label}/at once`) < 0.5;
    return amounts.map((amount, index): RefundPlan => {
      const of = `${label}/${areAtOnce ? 0 : index}`;
      const region = chance.pick(`${of}/region`, REGIONS);
      return {
        order,
        key: `refund-${index}`,
        amount,
        region: areAtOnce && index === 1 ? otherThan(region) : region,
        atMs: order.atMs + chance.between(`${of}/at`, 3_000, chance.of(`${of}/soon`) < 0.7 ? 60_000 : 900_000),
        ...(chance.of(`${of}/twice`) < 0.3 && { againAfterMs: chance.between(`${of}/again`, 0, 3_000) }),
      };
    });
  });
}

const totalOf = ({ lines }: OrderPlan): number =>
  lines.reduce((sum, { productId, quantity }) => sum + quantity * PRODUCTS[productId], 0);

const otherThan = (region: SimulatedRegion): SimulatedRegion => (region === REGIONS[0] ? REGIONS[1] : REGIONS[0]);

/** The merchandisers of one schedule, what happens to the payment provider and the Regions meanwhile, and what must hold. */
export class Refunds {
  readonly figures: RefundFigures = { refundsAccepted: 0, refundsMade: 0, refundsRefused: 0, refundsTakenOver: 0 };
  private readonly accepted = new Set<RefundPlan>();
  private busy = 0;
  private hasHadOutage = false;
  private hasLostRegion = false;

  constructor(
    private readonly world: World,
    private readonly tables: Tables,
    private readonly functions: Functions,
    private readonly providers: Providers,
    private readonly plans: readonly RefundPlan[],
    /** Has the watch run from now on, for so many milliseconds. */
    private readonly watch: (lastsMs: number) => void,
  ) {
    if (plans.length === 0) return;
    for (const plan of plans) {
      this.later(plan.atMs, () => this.request(plan, plan.region, 0, 0));
      if (plan.againAfterMs === undefined) continue;
      this.later(plan.atMs + plan.againAfterMs, () => this.request(plan, otherThan(plan.region), 0, 0));
    }
    tables.onChange(({ table, region, origin, after, before }) => {
      if (table !== TABLES.orders || after?.["kind"] !== "refund" || region !== origin) return;
      const item = after as unknown as RefundItem;
      world.tell(`${region} writes refund ${item.refundId.slice(0, 6)} ${item.status} (attempt ${item.attempt})`);
      if (item.owner !== region) world.violate("only a Region itself writes its refunds");
      if (before && item.version <= Number(before["version"]))
        world.violate("versions of refunds grow with each write");
      if (item.status === "REFUNDED" && this.madeOf(item.orderId, ({ refundId }) => refundId === item.refundId) === 0)
        world.violate("a refund is shown as made only if it is");
      if (!before && item.requestedAt < item.updatedAt) this.figures.refundsTakenOver += 1;
    });
  }

  /** True once nothing is to be asked or made, as the Regions that are up know. */
  get areDone(): boolean {
    const isOpen = (plan: RefundPlan) => this.upRegions().some((region) => this.statusOf(plan, region) === "REQUESTED");
    return this.busy === 0 && !this.plans.some(isOpen);
  }

  private later(delayMs: number, run: () => void): void {
    this.busy += 1;
    this.world.after(delayMs, undefined, () => {
      this.busy -= 1;
      run();
    });
  }

  private request(plan: RefundPlan, region: SimulatedRegion, looks: number, failures: number): void {
    const { world } = this;
    const { order, amount } = plan;
    const name = `merchandiser for ${order.orderId.slice(0, 6)}`;
    const done = (status: number | undefined, body = "") => {
      world.tell(`${name} asks ${region} for ${amount}: ${status ?? "no response"}`);
      if (status === 202) return this.onAccepted(plan, region);
      if (status === 409 && !/"type":"\/problems\/not-captured"/.test(body)) return;
      const isTooEarly = status === 404 || status === 409;
      if (isTooEarly && looks < MOST_LOOKS && !/CANCELLED/.test(body))
        this.later(LOOK_AGAIN_MS, () => this.request(plan, region, looks + 1, failures));
      else if (!isTooEarly && status !== undefined && status < 500)
        world.violate(`a refund was refused with ${status}: ${body}`);
      else if (!isTooEarly && failures < OTHER_ATTEMPTS) {
        const next = failures % 2 === 0 ? otherThan(region) : region;
        this.later(5_000, () => this.request(plan, next, looks, failures + 1));
      }
    };
    if (!world.isUp(region)) {
      this.later(1_000, () => done(undefined));
      return;
    }
    let isOver = false;
    this.busy += 1;
    const end = (status: number | undefined, body?: string) => {
      if (isOver) return;
      isOver = true;
      this.busy -= 1;
      done(status, body);
    };
    world.after(29_000, undefined, () => end(undefined));
    this.functions.call(region, this.functions.named(region, "orders-refund"), requestOf(plan), (result) => {
      const { statusCode, body } = (result.ok ? result.value : { statusCode: 502 }) as {
        statusCode: number;
        body?: string;
      };
      end(statusCode, body);
    });
  }

  /** Some schedules have the payment provider away from the first refund on, longer than an execution asks; some lose the Region just then. */
  private onAccepted(plan: RefundPlan, region: SimulatedRegion): void {
    const { world } = this;
    const { chance } = world;
    this.accepted.add(plan);
    this.figures.refundsAccepted += 1;
    if (!this.hasHadOutage && chance.of("refund/outage") < 0.3) {
      this.hasHadOutage = true;
      const lastsMs = chance.between("refund/outage/lasts", 20_000, 900_000);
      if (world.strikes("refund/outage/strikes", 1.1, "the payment provider makes no refunds for a time"))
        this.providers.refundsAwayUntil = world.now() + lastsMs;
    }
    if (!this.hasLostRegion && chance.of("refund/lost") < 0.3) {
      this.hasLostRegion = true;
      this.later(chance.between("refund/lost/after", 0, 4_000), () => {
        if (!REGIONS.every((each) => world.isUp(each))) return;
        if (!world.strikes("incident/refund-lost", 1.1, `lose ${region}`)) return;
        this.watch(600_000);
        world.setCondition(region, "lost");
      });
    }
  }

  private upRegions(): SimulatedRegion[] {
    return REGIONS.filter((region) => this.world.isUp(region));
  }

  private effective({ order: { orderId }, key }: RefundPlan, region: string): RefundItem | undefined {
    const refundId = deriveRefundId(orderId, key);
    const items = REGIONS.flatMap((owner) => {
      const item = this.tables.item(region, TABLES.orders, { orderId, region: refundKey(owner, refundId) });
      return item ? [item as unknown as RefundItem] : [];
    });
    return toRefunds(items)[0];
  }

  private statusOf(plan: RefundPlan, region: string): RefundItem["status"] | undefined {
    return this.effective(plan, region)?.status;
  }

  /** Number of partial refunds that the payment provider has made. */
  private madeOf(orderId: string, fits: (entry: { refundId?: string; amount?: number }) => boolean): number {
    const entries = this.providers.payments.get(orderId)?.entries ?? [];
    return entries.filter((entry) => entry.what === "refunded in part" && fits(entry)).length;
  }

  /** Nothing happens any more by itself: this is how it stays. */
  atRest(rest: Rest): void {
    const { world } = this;
    const nothingLost = REGIONS.every((region) => world.condition(region) !== "lost");
    for (const plan of this.plans) {
      const { order, amount } = plan;
      const made = this.madeOf(order.orderId, (entry) => entry.amount === amount);
      if (made > 1) world.violate("a refund is made at most once");
      const found = this.upRegions().map((region) => this.effective(plan, region));
      const [first] = found;
      if (first?.status === "REFUNDED") this.figures.refundsMade += 1;
      if (first?.status === "REFUSED") this.figures.refundsRefused += 1;
      if (found.length === 2 && found[0]?.status !== found[1]?.status)
        world.violate("both Regions agree about a refund in the end");
      for (const refund of found) {
        if (!refund && this.accepted.has(plan) && nothingLost) world.violate("an accepted refund is never lost");
        if (refund) this.refundAtRest(plan, refund, made, rest);
      }
    }
  }

  private refundAtRest(plan: RefundPlan, refund: RefundItem, made: number, rest: Rest): void {
    const { world } = this;
    const { order } = plan;
    if (refund.status === "REQUESTED") world.violate("an accepted refund is made or refused in the end");
    if (refund.status === "REFUSED" && made > 0) world.violate("a refused refund is never made");
    const asked = this.plans.filter((each) => each.order === order).reduce((sum, each) => sum + each.amount, 0);
    if (refund.status === "REFUSED" && asked <= totalOf(order))
      world.violate("a refund that the payment covers is made");
    if (refund.status === "REFUNDED") this.documentsAtRest(plan, refund, rest);
  }

  /** A refund that was made is mailed to the customer and has a credit note, unless what should do it was lost or gave up. */
  private documentsAtRest({ order }: RefundPlan, { owner, refundId }: RefundItem, rest: Rest): void {
    const { world } = this;
    const isExplained = rest.deadLetters.some(({ body }) => body.includes(order.orderId));
    if (isExplained || world.condition(owner) === "lost") return;
    const mails = rest.mails.filter(({ ids }) => ids.includes(`${order.orderId}-refund-${refundId}`));
    if (mails.length === 0) world.violate("each refund is notified at least once");
    if (mails.some(({ to }) => to !== `${order.customerId}@example.com`))
      world.violate("a refund is notified to the order's own customer");
    if (![...(rest.invoices.get(owner) ?? [])].some((key) => key.includes(`${order.orderId}-${refundId}`)))
      world.violate("a refund that was made has a credit note");
  }
}

function requestOf({ order: { orderId }, key, amount }: RefundPlan) {
  return {
    routeKey: "POST /api/orders/{orderId}/refunds",
    rawPath: `/api/orders/${orderId}/refunds`,
    rawQueryString: "",
    pathParameters: { orderId },
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ amount, reason: "Arrived with a scratch." }),
    isBase64Encoded: false,
    requestContext: {
      requestId: "request",
      http: { method: "POST" },
      authorizer: { lambda: { customerId: "merchandiser-1", groups: "merchandisers" } },
    },
  };
}
