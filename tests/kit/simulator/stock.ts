import { createStockStore } from "../../../components/orderService/handlers/environment";
import { claimStock } from "../../../components/orderService/handlers/stock/claimStock";
import { effectiveItem, type Hold, isCancelled, isFinal, type OrderItem } from "../../../domain/order";
import {
  count,
  type DeliveryItem,
  emptyShare,
  type Share,
  type ShareItem,
  STOCK_SCHEMA,
  shareKey,
  type Units,
  unitsUnderWay,
} from "../../../domain/stock";
import type { Functions } from "./functions";
import type { OrderPlan } from "./orderPlans";
import { COUNTED, REGIONS, type SimulatedFunction, type SimulatedRegion, TABLES } from "./program";
import type { Providers } from "./providers";
import type { Change, Tables } from "./tables";
import type { World } from "./world";

/** A change of a share by a merchandiser, sent as often as it takes to get an answer. */
interface Delivery {
  productId: string;
  region: SimulatedRegion;
  units: number;
  id: string;
  atMs: number;
  /** The merchandiser sends it again after it was answered. */
  twice: boolean;
}

/** The counted products of a schedule. */
export interface StockPlan {
  /** Units at the beginning, by product and Region. */
  units: { productId: string; region: SimulatedRegion; available: number }[];
  deliveries: Delivery[];
  /** Share of transactions on shares that meet another one. */
  conflicts: number;
}

/** Plans few units, so that orders compete for them; `undefined` for a schedule without counted products. */
export function planStock({ chance }: World, isCounted: boolean): StockPlan | undefined {
  if (!isCounted) return undefined;
  const units = COUNTED.flatMap((productId) =>
    REGIONS.map((region) => ({ productId, region, available: chance.between(`stock/${productId}/${region}`, 0, 3) })),
  );
  const deliveries = COUNTED.flatMap((productId): Delivery[] => {
    const label = `delivery/${productId}`;
    if (chance.of(label) > 0.3) return [];
    const region = chance.pick(`${label}/region`, REGIONS);
    const atMs = chance.between(`${label}/at`, 0, 300_000);
    const added = chance.pick(`${label}/units`, [1, 2, 3, -1]);
    return [{ productId, region, units: added, id: "D-1", atMs, twice: chance.of(`${label}/twice`) < 0.5 }];
  });
  const conflicts = chance.of("conflicts") < 0.4 ? 0.1 : 0;
  return { units, deliveries, conflicts };
}

/** Sums of one schedule. */
export interface StockFigures {
  countedOrders: number;
  unitsMoved: number;
  unitsReturned: number;
  soldOut: number;
  stockMoving: number;
}

/**
 * Counted stock of one schedule: the merchandiser's deliveries, the operator's claims of a Region that is away, and the
 * invariants of `tests/kit/model/stock.ts` on the items as the functions store them.
 */
export class Stock {
  readonly figures: StockFigures = { countedOrders: 0, unitsMoved: 0, unitsReturned: 0, soldOut: 0, stockMoving: 0 };
  private hasChanged = false;
  private readonly counted: readonly OrderPlan[];
  /** Units that a claim may promise a second time, by product: the documented risk. */
  private readonly unseen = new Map<string, number>();
  private hasClaims = false;

  constructor(
    private readonly world: World,
    private readonly tables: Tables,
    private readonly providers: Providers,
    private readonly functions: Functions,
    private readonly plan: StockPlan | undefined,
    plans: readonly OrderPlan[],
  ) {
    this.counted = plan ? plans.filter(({ lines }) => lines.some(({ productId }) => isCountedProduct(productId))) : [];
    this.figures.countedOrders = this.counted.length;
    if (!plan) return;
    this.seed(plan);
    tables.onChange((change) => this.onChange(change));
    world.onCondition((region, isUp) => isUp || this.claimLater(region));
    for (const delivery of plan.deliveries) {
      world.after(delivery.atMs, undefined, () => this.deliver(delivery, delivery.twice ? 2 : 1));
    }
  }

  private seed({ units }: StockPlan): void {
    for (const { productId, region, available } of units) {
      if (available === 0) continue;
      const share = { ...emptyShare(productId, region), ...shareKey(productId, region), available };
      const item: ShareItem = { ...share, delivered: available, kind: "share", schema: STOCK_SCHEMA };
      this.tables.seed(TABLES.stock, { ...item }, LONG_AGO_MS);
    }
  }

  private deliver(delivery: Delivery, times: number, attempt = 1): void {
    const { region, productId, units, id } = delivery;
    const run = async () => await createStockStore().deliver(productId, units, id, new Date().toISOString());
    this.operate(region, `deliver-${productId}`, run, (outcome) => {
      this.world.tell(`merchandiser adds ${units} of ${productId} in ${region}: ${outcome ?? "no answer"}`);
      const left = outcome === undefined ? times : times - 1;
      if (left > 0 && attempt < 10)
        this.world.after(20_000, undefined, () => this.deliver(delivery, left, attempt + 1));
    });
  }

  /** An operator may declare the Region lost, rightly or not. */
  private claimLater(region: string): void {
    const { chance } = this.world;
    const label = chance.next(`incident/claim/${region}`);
    const after = chance.between(`${label}/after`, 150_000, 400_000);
    this.world.after(after, undefined, () => {
      if (!this.world.isUp(region) && this.world.strikes(label, 0.5, `claim ${region}`)) this.claim(region, 1);
    });
  }

  private claim(lost: string, attempt: number): void {
    const into = REGIONS.find((region) => region !== lost)!;
    if (this.world.isUp(lost) || attempt > 5) return;
    const run = async () => await claimStock(createStockStore(), lost);
    this.operate(into, `claim-stock-${lost}`, run, (claimed) => {
      this.world.tell(`operator claims the stock of ${lost} for ${into}: ${JSON.stringify(claimed) ?? "no answer"}`);
      if (claimed === undefined || claimed.left > 0)
        this.world.after(60_000, undefined, () => this.claim(lost, attempt + 1));
    });
  }

  /** Runs a command against a Region's tables, with the faults of any caller; `undefined` stands for a command that failed. */
  private operate<Result>(
    region: string,
    name: string,
    run: () => Promise<Result>,
    done: (result: Result | undefined) => void,
  ): void {
    if (!this.world.isUp(region)) {
      this.world.after(1_000, undefined, () => done(undefined));
      return;
    }
    const command: SimulatedFunction = {
      name,
      arn: `arn:aws:command:${region}:${name}`,
      factory: () => run,
      environment: { STOCK_TABLE: TABLES.stock },
      timeoutSeconds: 900,
      retries: 0,
      maxAgeSeconds: 900,
    };
    this.functions.call(region, command, {}, (result) => done(result.ok ? (result.value as Result) : undefined));
  }

  private onChange({ table, region, origin, before, after }: Change): void {
    if (table === TABLES.stock) this.hasChanged = true;
    if (region !== origin) return;
    if (table === TABLES.orders && after?.["kind"] === "order") this.onOrder(before, after as unknown as OrderItem);
    if (table === TABLES.stock && after?.["kind"] === "share")
      this.onShare(before as unknown as Share | undefined, after as unknown as Share);
  }

  private onOrder(before: Change["before"], { orderId, hold }: OrderItem): void {
    this.hasChanged = true;
    const old = before?.["hold"] as Hold | undefined;
    if (old && !hold) this.world.violate("an order's hold is never dropped");
    if (old?.returned && !hold?.returned) this.world.violate("a hold is returned once");
    if (!hold?.returned || old?.returned) return;
    for (const { productId, quantity } of hold.units) {
      this.figures.unitsReturned += quantity;
      this.world.tell(`${quantity} of ${productId} come back from ${orderId.slice(0, 6)}`);
    }
  }

  private onShare(before: Share | undefined, own: Share): void {
    const { productId, region, available, sold } = own;
    const peer = REGIONS.find((each) => each !== region)!;
    this.world.tell(`${region} has ${available} of ${productId}, ${sold} sold`);
    const grown = (counter: "receivedFrom" | "claimedFrom") => count(own, counter, peer) - count(before, counter, peer);
    this.figures.unitsMoved += grown("receivedFrom");
    const claimed = grown("claimedFrom");
    if (claimed <= 0) return;
    this.hasClaims = true;
    // A Region that returns promises all claimed units until it knows of the claim; a lost one has promised what it had not sent.
    const lost = this.share(peer, productId);
    const earlier = before ?? emptyShare(productId, region);
    const outstanding = count(earlier, "claimedFrom", peer) - count(lost, "cededTo", region);
    const wasThere = Math.max(0, lost.available + unitsUnderWay(earlier, lost) - outstanding);
    const risk = this.world.condition(peer) === "lost" ? Math.max(0, claimed - wasThere) : claimed;
    this.unseen.set(productId, (this.unseen.get(productId) ?? 0) + risk);
  }

  /** A Region's own share as it is. */
  private share(region: string, productId: string): Share {
    const item = this.tables.item(region, TABLES.stock, shareKey(productId, region));
    return item ? (item as unknown as Share) : emptyShare(productId, region);
  }

  private ownItems({ orderId }: OrderPlan): OrderItem[] {
    return REGIONS.flatMap((region) => {
      const item = this.tables.item(region, TABLES.orders, { orderId, region });
      return item ? [item as unknown as OrderItem] : [];
    });
  }

  /** Units of a product that were ever there: at the beginning, and by deliveries, each counted once. */
  private total(productId: string): number {
    const { units, deliveries } = this.plan!;
    const first = units.filter((each) => each.productId === productId).map(({ available }) => available);
    const written = deliveries.filter((each) => each.productId === productId && this.deliveryItems(each).length > 0);
    return [...first, ...written.map((each) => each.units)].reduce((sum, each) => sum + each, 0);
  }

  private deliveryItems({ productId, region }: Delivery): DeliveryItem[] {
    const items = this.tables.items(region, TABLES.stock) as unknown as DeliveryItem[];
    return items.filter((item) => item.kind === "delivery" && item.productId === productId && item.region === region);
  }

  /** The customer got the answer that the order is accepted. */
  onAccepted(plan: OrderPlan): void {
    if (!this.counted.includes(plan)) return;
    if (!this.ownItems(plan).some(({ hold }) => hold && isSame(hold.units, plan.lines)))
      this.world.violate("no order is accepted without its units");
  }

  /** The invariants that hold after every event, if stock or orders have changed. */
  check(): void {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    for (const productId of COUNTED) this.checkProduct(productId);
    for (const plan of this.counted) {
      const shipment = this.providers.shipments.get(plan.orderId)?.status;
      if (shipment === undefined || shipment === "impossible") continue;
      if (!this.ownItems(plan).some(({ hold }) => hold && !hold.returned))
        this.world.violate("a shipped order has its units");
    }
  }

  private checkProduct(productId: string): void {
    const { world } = this;
    const shares = REGIONS.map((region) => this.share(region, productId)) as [Share, Share];
    const [east, west] = shares;
    const total = this.total(productId);
    const underWay = [between(east, west, SENDING), between(west, east, SENDING)];
    const claimed = between(east, west, CLAIMING) + between(west, east, CLAIMING);
    const kept = east.available + west.available + east.sold + west.sold;
    if (kept + underWay[0]! + underWay[1]! - claimed !== total || underWay.some((units) => units < 0))
      world.violate("no unit appears or disappears");
    for (const share of shares) {
      if (share.sold !== this.unitsHeld(share)) world.violate("a share's units sold are those that its orders hold");
      if (share.available < 0 && !this.hasClaims) world.violate("a share never falls below 0");
    }
    const promised = this.counted
      .filter((plan) => this.isPromised(plan))
      .reduce((sum, { lines }) => sum + quantityOf(lines, productId), 0);
    if (promised > total + (this.unseen.get(productId) ?? 0))
      world.violate("no more units are promised than were there");
  }

  private unitsHeld({ region, productId }: Share): number {
    return this.counted.reduce((sum, { orderId }) => {
      const item = this.tables.item(region, TABLES.orders, { orderId, region }) as unknown as OrderItem | undefined;
      return item?.hold && !item.hold.returned ? sum + quantityOf(item.hold.units, productId) : sum;
    }, 0);
  }

  private isPromised(plan: OrderPlan): boolean {
    const items = this.ownItems(plan);
    return items.length > 0 && !items.some(({ status }) => isCancelled(status));
  }

  /**
   * Nothing happens any more by itself: this is how it stays.
   *
   * @param waiting orders whose customers were to the end informed that their units are on their way.
   * @param mayWaitForEver a Region, the link or the clocks failed, or replication took longer than customers wait.
   */
  atRest(waiting: readonly OrderPlan[], mayWaitForEver: boolean): void {
    if (!this.plan) return;
    this.hasChanged = true;
    this.check();
    const { world } = this;
    const up = REGIONS.filter((region) => world.isUp(region));
    for (const plan of this.counted) this.orderAtRest(plan, up);
    if (up.length < 2) return;
    for (const productId of COUNTED) {
      const [east, west] = REGIONS.map((region) => this.share(region, productId)) as [Share, Share];
      const moving = [SENDING, CLAIMING].some((pair) => between(east, west, pair) || between(west, east, pair));
      if (moving) world.violate("no unit stays on its way");
      if (mayWaitForEver) continue;
      const isLeft = waiting.some(({ lines }) =>
        lines.every((line) => line.productId === productId && line.quantity <= east.available + west.available),
      );
      if (isLeft) world.violate("an order that waits gets the units that are left");
    }
  }

  private orderAtRest(plan: OrderPlan, up: readonly string[]): void {
    const { world } = this;
    const items = this.ownItems(plan);
    for (const region of up) {
      const known = REGIONS.flatMap((owner) => {
        const item = this.tables.item(region, TABLES.orders, { orderId: plan.orderId, region: owner });
        return item ? [item as unknown as OrderItem] : [];
      });
      const effective = effectiveItem(known);
      const hold = known.find((item) => item.region === region)?.hold;
      if (!effective || !hold || hold.returned || !isFinal(effective.status)) continue;
      if (isCancelled(effective.status) || effective.heldIn !== region)
        world.violate("every unit comes back or is shipped");
    }
    const effective = effectiveItem(items);
    if (up.length < 2 || !effective) return;
    const holds = items.filter(({ hold }) => hold && !hold.returned).length;
    if (holds !== (isCancelled(effective.status) ? 0 : 1)) world.violate("every unit comes back or is shipped");
  }
}

const LONG_AGO_MS = 3_600_000;
const SENDING = ["sentTo", "receivedFrom"] as const;
const CLAIMING = ["claimedFrom", "cededTo"] as const;

/** Units that one share has counted as gone to or claimed from the other, and the other one not yet. */
function between(from: Share, to: Share, [here, there]: typeof SENDING | typeof CLAIMING): number {
  return count(from, here, to.region) - count(to, there, from.region);
}

const isCountedProduct = (productId: string) => (COUNTED as readonly string[]).includes(productId);

const quantityOf = (units: readonly Units[], productId: string) =>
  units.filter((line) => line.productId === productId).reduce((sum, { quantity }) => sum + quantity, 0);

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
