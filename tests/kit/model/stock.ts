import {
  advance,
  effectiveItem,
  type Hold,
  isCancelled,
  isCustomerStatus,
  isDecided,
  isFinal,
  isOpen,
  onForeignRecord,
  type Partition,
  returnHold,
  takeOver,
  type Versioned,
  type Write,
} from "../../../domain/order";
import {
  claimShare,
  count,
  counterName,
  decideShortage,
  emptyShare,
  type Share,
  settleShare,
  type Units,
  unitsUnderWay,
} from "../../../domain/stock";
import { type Emit, type SharedParts, searchStates } from "./searchStates";

/**
 * A model of counted stock: two Regions, their shares, some orders, and what has been replicated. It calls the decisions of
 * `domain/stock` and `domain/order` that the functions call. Payment and shipping are one arbiter for each order, which captures
 * or voids once; the order protocol around it has its own model (`world.ts`).
 */
export interface StockState {
  regions: [RegionState, RegionState];
  /** By order: what the payment provider has decided. */
  arbiter: ("shipped" | "voided" | null)[];
  budget: StockTrouble;
  /**
   * Units of claims that may be promised twice: what a lost Region had promised without the claiming Region's knowledge, and all
   * claimed units of a Region that returns, because it promises them until it knows of the claim.
   */
  unseen: number;
}

interface RegionState {
  /** `down` returns with its data, `lost` never does. */
  condition: "up" | "down" | "lost";
  /** Own shares by product, and the peer's as they have arrived. */
  shares: Share[];
  copies: (Share | null)[];
  /** Own items by order, and the peer's as they have arrived. */
  items: (Item | null)[];
  itemCopies: (Item | null)[];
}

type Item = Versioned & { hold?: Hold; heldIn?: string };

export interface StockTrouble {
  kills: number;
  losses: number;
  falseTakeovers: number;
  claims: number;
  /** Without a limit, two Regions could wish for one unit in turn for ever. */
  wishes: number;
  /** Customers may send an order to both Regions. */
  resubmits: boolean;
}

/** Beginning of a search. */
export interface StockCase {
  /** Units by Region and product. */
  units: [number[], number[]];
  /** Lines of each order by product, and the Region that its customer is sent to first. */
  orders: { lines: number[]; region: 0 | 1 }[];
  trouble: Partial<StockTrouble>;
}

/** Decisions that a search may replace, to see what breaks without them. */
export interface StockRules {
  settle: typeof settleShare;
  returns: (partition: Partition<Item>, region: string) => Write<Item> | undefined;
  takesOver: (partition: Partition<Item>, region: string) => Write<Item> | undefined;
  /** True if the own share has enough for the order. */
  mayTake: (own: Share, known: Share | null, quantity: number) => boolean;
  /** The Region whose share gets returned units. */
  returnsTo: (item: Item) => string;
}

const AT = "2026-01-01T00:00:00.000Z";
const LATER = "2026-01-02T00:00:00.000Z";
const REGIONS = ["us-east-1", "us-west-2"] as const;
const MOMENT = { at: AT };
const QUIET: StockTrouble = { kills: 0, losses: 0, falseTakeovers: 0, claims: 0, wishes: 2, resubmits: false };

export const ALL_STOCK_RULES: StockRules = {
  settle: settleShare,
  returns: (partition, region) => returnHold(partition, region),
  takesOver: (partition, region) => takeOver(partition, region, MOMENT),
  mayTake: (own, _known, quantity) => own.available >= quantity,
  returnsTo: (item) => item.region,
};

export type StockInvariant =
  | "no more units are promised than were there"
  | "no unit appears or disappears"
  | "a share's units sold are those that its orders hold"
  | "a share never falls below 0"
  | "a shipped order has its units"
  | "every unit comes back or is shipped"
  | "a waiting Region gets the units that are left";

/** Searches all states of a case. @param until ends the search when this invariant is broken. */
export function searchStock(
  given: StockCase,
  rules: StockRules = ALL_STOCK_RULES,
  { maxStates = 500_000, until }: { maxStates?: number; until?: StockInvariant } = {},
) {
  return searchStates<StockState, StockInvariant>(
    {
      first: initialState(given),
      copy,
      identify,
      follow: (state, emit) => new Transitions(given, rules, state, emit).all(),
      always: (state, broken) => always(state, given, broken),
      atRest: (state, broken) => atRest(state, given, broken),
    },
    { maxStates, until },
  );
}

const productOf = (index: number) => `product-${index}`;

/** A share with every counter, so that equal shares have equal texts. */
function firstShare(product: number, region: number, available: number): Share {
  const counters = (["sentTo", "receivedFrom", "claimedFrom", "cededTo"] as const).map((counter) => [
    counterName(counter, REGIONS[1 - region]!),
    0,
  ]);
  const share = emptyShare(productOf(product), REGIONS[region]!);
  return { ...share, available, delivered: available, ...Object.fromEntries(counters) };
}

function initialState({ units, orders, trouble }: StockCase): StockState {
  const region = (own: number): RegionState => ({
    condition: "up",
    shares: units[own]!.map((available, product) => firstShare(product, own, available)),
    copies: units[1 - own]!.map((available, product) => firstShare(product, 1 - own, available)),
    items: orders.map(() => null),
    itemCopies: orders.map(() => null),
  });
  const budget = { ...QUIET, ...trouble };
  return { regions: [region(0), region(1)], arbiter: orders.map(() => null), budget, unseen: 0 };
}

const copy = ({ regions: [east, west], arbiter, budget, unseen }: StockState): StockState => ({
  regions: [copyRegion(east), copyRegion(west)],
  arbiter: [...arbiter],
  budget: { ...budget },
  unseen,
});

const copyRegion = ({ condition, shares, copies, items, itemCopies }: RegionState): RegionState => ({
  condition,
  shares: [...shares],
  copies: [...copies],
  items: [...items],
  itemCopies: [...itemCopies],
});

function identify({ regions, arbiter, budget, unseen }: StockState, parts: SharedParts): string {
  const { kills, losses, falseTakeovers, claims, wishes } = budget;
  let text = `${arbiter},${kills},${losses},${falseTakeovers},${claims},${wishes},${unseen}`;
  for (const { condition, shares, copies, items, itemCopies } of regions)
    text += `${condition}${parts.shareAll(shares)}${parts.shareAll(copies)}${parts.shareAll(items)}${parts.shareAll(itemCopies)}`;
  return text;
}

/** Replaces an own share by a changed one. */
function changeShare({ shares }: RegionState, product: number, change: (share: Share) => void): void {
  const share = { ...shares[product]! };
  change(share);
  shares[product] = share;
}

/** All that may happen next in one state. */
class Transitions {
  constructor(
    private readonly given: StockCase,
    private readonly rules: StockRules,
    private readonly state: StockState,
    private readonly step: Emit<StockState>,
  ) {}

  all(): void {
    for (const region of [0, 1] as const) {
      const { condition } = this.state.regions[region];
      this.conditions(region);
      if (condition !== "lost") this.replicate(region);
      if (condition !== "up") continue;
      for (let order = 0; order < this.given.orders.length; order++) this.order(region, order);
      for (let product = 0; product < this.given.units[0].length; product++) this.stock(region, product);
    }
  }

  private conditions(region: 0 | 1): void {
    const { regions, budget } = this.state;
    const name = REGIONS[region];
    const { condition } = regions[region];
    if (condition === "down")
      this.step(`${name} returns`, true, (next) => {
        next.regions[region].condition = "up";
      });
    if (condition !== "up" || regions[1 - region]!.condition !== "up") return;
    if (budget.kills > 0)
      this.step(`${name} stops`, false, (next) => {
        next.budget.kills -= 1;
        next.regions[region].condition = "down";
      });
    if (budget.losses > 0)
      this.step(`${name} is lost`, false, (next) => {
        next.budget.losses -= 1;
        next.regions[region].condition = "lost";
      });
  }

  /** The peer gets an own item or share as it is now. Of a stopped Region it may be on its way still. */
  private replicate(from: 0 | 1): void {
    const own = this.state.regions[from];
    const to = 1 - from;
    const peer = this.state.regions[to]!;
    if (peer.condition !== "up") return;
    for (const [order, item] of own.items.entries()) {
      if (item && item !== peer.itemCopies[order])
        this.step(`${REGIONS[from]}'s item ${order} arrives`, true, (next) => {
          next.regions[to]!.itemCopies[order] = item;
        });
    }
    for (const [product, share] of own.shares.entries()) {
      if (share !== peer.copies[product])
        this.step(`${REGIONS[from]}'s share ${product} arrives`, true, (next) => {
          next.regions[to]!.copies[product] = share;
        });
    }
  }

  private order(region: 0 | 1, order: number): void {
    const own = this.state.regions[region];
    const item = own.items[order] ?? null;
    const name = REGIONS[region];
    const mayCome = this.state.budget.resubmits || this.given.orders[order]!.region === region;
    if (!item && mayCome) this.submit(region, order);
    const partition = partitionOf(own, order);
    const write = (label: string, decided: Write<Item> | undefined, progress = true) => {
      if (decided) this.step(`${name} ${label} ${order}`, progress, (next) => apply(next, region, order, decided));
    };
    write("supersedes", onForeignRecord(partition, name, MOMENT));
    const returned = this.rules.returns(partition, name);
    if (returned) {
      this.step(`${name} returns the units of ${order}`, true, (next) => {
        apply(next, region, order, returned);
        const to = REGIONS.indexOf(this.rules.returnsTo(returned.item) as (typeof REGIONS)[number]);
        for (const { productId, quantity } of returned.returns ?? []) {
          const at = next.regions[to]!;
          const product = at.shares.findIndex((each) => each.productId === productId);
          changeShare(at, product, (share) => {
            share.available += quantity;
            share.sold -= quantity;
          });
        }
      });
    }
    const peerIsUp = this.state.regions[1 - region]!.condition === "up";
    const taken = this.rules.takesOver(partition, name);
    if (taken && !peerIsUp) write("takes over", taken);
    if (taken && peerIsUp && this.state.budget.falseTakeovers > 0) {
      this.step(`${name} wrongly takes over ${order}`, false, (next) => {
        next.budget.falseTakeovers -= 1;
        apply(next, region, order, taken);
      });
    }
    if (item && isOpen(item.status) && effectiveItem(partition.orders) === item) this.work(region, order, item);
  }

  /** One transaction: the item, and the units of its lines from the own shares. */
  private submit(region: 0 | 1, order: number): void {
    const { regions } = this.state;
    const own = regions[region];
    const name = REGIONS[region];
    const units: Units[] = this.given.orders[order]!.lines.flatMap((quantity, product) =>
      quantity > 0 ? [{ productId: productOf(product), quantity }] : [],
    );
    const shareOf = ({ productId }: Units) => own.shares.findIndex((share) => share.productId === productId);
    const short = units.filter(
      (line) => !this.rules.mayTake(own.shares[shareOf(line)]!, own.copies[shareOf(line)] ?? null, line.quantity),
    );
    if (short.length === 0) {
      const peerPlaced = regions[1 - region]!.items[order];
      // The same request in both Regions: either clock may be ahead.
      for (const createdAt of peerPlaced ? ["0", "2"] : ["1"]) {
        this.step(`${name} accepts order ${order}`, false, (next) => {
          const placed = next.regions[region];
          for (const line of units) {
            changeShare(placed, shareOf(line), (share) => {
              share.available -= line.quantity;
              share.sold += line.quantity;
              delete share.wanted;
              delete share.wantedUntil;
            });
          }
          placed.items[order] = {
            ...{ region: name, epoch: 1, version: 1, status: "PLACED", createdAt },
            ...{ hold: { units }, heldIn: name },
          };
        });
      }
      return;
    }
    if (own.itemCopies[order] && isCustomerStatus(own.itemCopies[order].status)) return;
    const known = [...own.shares, ...own.copies.flatMap((copy) => (copy ? [copy] : []))];
    const shortage = decideShortage(short, known, name);
    if (shortage.kind === "sold-out" || this.state.budget.wishes === 0) return;
    const isNew = shortage.wishes.some((wish) => own.shares[shareOf(wish)]!.wanted !== wish.quantity);
    if (!isNew) return;
    this.step(`${name} wishes for units of order ${order}`, false, (next) => {
      next.budget.wishes -= 1;
      for (const wish of shortage.wishes) {
        changeShare(next.regions[region], shareOf(wish), (share) => {
          share.wanted = wish.quantity;
          share.wantedUntil = LATER;
        });
      }
    });
  }

  /** An execution: the payment provider decides once, for whichever Region asks first; then the item follows. */
  private work(region: 0 | 1, order: number, item: Item): void {
    const name = REGIONS[region];
    const verdict = this.state.arbiter[order];
    if (isDecided(item.status)) {
      this.step(`${name} delivers order ${order}`, true, (next) => {
        next.regions[region].items[order] = { ...item, status: "DELIVERED" };
      });
    } else if (verdict) {
      const write = advance(item, verdict === "shipped" ? "SHIPPING" : "CANCELLED", MOMENT);
      this.step(`${name} notes that order ${order} is ${verdict}`, true, (next) => apply(next, region, order, write));
    } else {
      for (const decided of ["shipped", "voided"] as const)
        this.step(`order ${order} is ${decided} for ${name}`, true, (next) => {
          next.arbiter[order] = decided;
        });
    }
  }

  private stock(region: 0 | 1, product: number): void {
    const { regions, budget } = this.state;
    const own = regions[region].shares[product]!;
    const copy = regions[region].copies[product];
    const name = REGIONS[region];
    if (own.wanted !== undefined)
      this.step(`${name}'s wish for ${product} ends`, false, (next) => {
        changeShare(next.regions[region], product, (share) => {
          delete share.wanted;
          delete share.wantedUntil;
        });
      });
    if (!copy) return;
    const change = this.rules.settle(own, copy, name, AT);
    if (change && (change.atLeast === undefined || own.available >= change.atLeast))
      this.step(`${name} ${change.kind}s ${change.by} of ${product}`, true, (next) => {
        changeShare(next.regions[region], product, (share) => {
          share[change.counter] = change.expected + change.by;
          share.available += change.units;
        });
      });
    const claim = claimShare(own, copy, name);
    if (budget.claims > 0 && regions[1 - region]!.condition !== "up" && claim)
      this.step(`an operator claims ${claim.by} of ${product} for ${name}`, false, (next) => {
        next.budget.claims -= 1;
        changeShare(next.regions[region], product, (share) => {
          share[claim.counter] = claim.expected + claim.by;
          share.available += claim.units;
        });
        const { condition, shares } = regions[1 - region]!;
        next.unseen += condition === "lost" ? Math.max(0, copy.available - shares[product]!.available) : claim.by;
      });
  }
}

function apply(state: StockState, region: 0 | 1, order: number, { item }: Write<Item>): void {
  // Versions fence concurrent writers of one Region; here each step reads and writes at once.
  state.regions[region].items[order] = { ...item, version: 1 };
}

function partitionOf({ items, itemCopies }: RegionState, order: number): Partition<Item> {
  return { orders: [items[order], itemCopies[order]].flatMap((item) => (item ? [item] : [])), cancelWished: false };
}

/** Units of a product that a Region's own items hold and have not returned. */
function unitsHeld({ items }: RegionState, productId: string): number {
  const held = items.flatMap((item) => (item?.hold && !item.hold.returned ? item.hold.units : []));
  return held.filter((line) => line.productId === productId).reduce((sum, { quantity }) => sum + quantity, 0);
}

function always(state: StockState, given: StockCase, broken: (invariant: StockInvariant) => void): void {
  const [east, west] = state.regions;
  for (let product = 0; product < given.units[0].length; product++) {
    const shares = [east.shares[product]!, west.shares[product]!] as const;
    const total = given.units[0][product]! + given.units[1][product]!;
    const [name, peer] = REGIONS;
    const underWay =
      count(shares[0], "sentTo", peer) -
      count(shares[1], "receivedFrom", name) +
      count(shares[1], "sentTo", name) -
      count(shares[0], "receivedFrom", peer);
    const claimed =
      count(shares[0], "claimedFrom", peer) -
      count(shares[1], "cededTo", name) +
      count(shares[1], "claimedFrom", name) -
      count(shares[0], "cededTo", peer);
    const available = shares[0].available + shares[1].available;
    const sold = shares[0].sold + shares[1].sold;
    if (available + sold + underWay - claimed !== total || underWay < 0) broken("no unit appears or disappears");
    const held = state.regions.map((region) => unitsHeld(region, productOf(product)));
    if (held[0] !== shares[0].sold || held[1] !== shares[1].sold)
      broken("a share's units sold are those that its orders hold");
    const hasClaims = (given.trouble.claims ?? 0) > 0;
    if (!hasClaims && shares.some((share) => share.available < 0)) broken("a share never falls below 0");
    const promised = given.orders.reduce((sum, { lines }, order) => {
      const isAccepted = state.regions.some(({ items }) => items[order]);
      return isAccepted && state.arbiter[order] !== "voided" ? sum + lines[product]! : sum;
    }, 0);
    if (promised > total + state.unseen) broken("no more units are promised than were there");
  }
  for (const [order, verdict] of state.arbiter.entries()) {
    if (verdict !== "shipped") continue;
    const holds = state.regions.filter(({ items }) => items[order]?.hold && !items[order].hold.returned);
    if (holds.length === 0) broken("a shipped order has its units");
  }
}

/** Nothing happens any more by itself: this is how it stays. */
function atRest(state: StockState, given: StockCase, broken: (invariant: StockInvariant) => void): void {
  if (state.regions.some(({ condition }) => condition !== "up")) return;
  for (const order of given.orders.keys()) {
    const items = state.regions.flatMap(({ items: own }) => own[order] ?? []);
    const effective = effectiveItem(items);
    if (!effective) continue;
    const holds = items.filter(({ hold }) => hold && !hold.returned).length;
    if (!isFinal(effective.status) || holds !== (isCancelled(effective.status) ? 0 : 1))
      broken("every unit comes back or is shipped");
  }
  for (let product = 0; product < given.units[0].length; product++) {
    const [east, west] = state.regions.map(({ shares }) => shares[product]!) as [Share, Share];
    const ceded = (own: Share, peer: Share) =>
      count(own, "claimedFrom", peer.region) === count(peer, "cededTo", own.region);
    const isMoving = unitsUnderWay(east, west) + unitsUnderWay(west, east) > 0;
    if (isMoving || !ceded(east, west) || !ceded(west, east)) broken("every unit comes back or is shipped");
    const waiting = [east, west].filter(({ wanted }) => wanted !== undefined);
    const isServed = ({ wanted, available }: Share) =>
      available >= wanted! || east.available + west.available < wanted!;
    // One of two that wait is served first.
    if (waiting.length > 0 && !waiting.some(isServed)) broken("a waiting Region gets the units that are left");
  }
}
