import type { Price } from "../catalogue/product";
import { DEFAULT_DEADLINES, MAX_RESTARTS, PARKED_SWEEP_AT, sweepAt } from "./deadlines";
import {
  ORDER_SCHEMA,
  type OrderItem,
  type Partition,
  type RefundItem,
  type RefundLine,
  type RefundStanding,
  refundKey,
  type TaxLine,
} from "./items";
import { openIn } from "./openIn";
import { computeTax } from "./prices/charges";
import { priceLine } from "./prices/pricing";
import type { PartialRefundAnswer } from "./providers/paymentProvider";
import { mayBeRefunded } from "./status";
import type { Moment } from "./writes";

/** Largest number of refunds of one order: every step reads them with the order. */
export const MAX_REFUNDS = 20;

/** Attributes of an item that follow from its status; the model's items do without them. */
interface Bookkeeping {
  orderId?: string;
  openIn?: string;
  sweepAt?: string;
  updatedAt?: string;
}

/** A write of a refund's item. */
export interface RefundWrite<Item extends RefundStanding = RefundItem> {
  item: Item;
  /** Version that the own item must have; absent: there must be none. */
  version?: number;
  /** Of a new request: the refunds of the order that this Region has accepted before. The write counts one more, if there are no others. */
  accepted?: number;
}

/** Reason for which a refund cannot be requested. */
export type RefundRefusal =
  | { reason: "status" }
  | { reason: "unknown-lines"; productIds: string[] }
  | { reason: "too-many-pieces"; lines: RefundLine[] }
  | { reason: "no-shipping" }
  | { reason: "shipping-refunded" }
  | { reason: "exceeds"; left: Price }
  | { reason: "too-many-refunds" };

/**
 * Part of an order that a merchandiser refunds: some lines at the prices of the order and its shipping, with their tax, or an amount in
 * minor units.
 */
export type RefundedPart = RefundedParts | { amount: number };

/** Lines and shipping that a refund gives back. */
interface RefundedParts {
  lines?: readonly RefundLine[];
  shipping?: boolean;
}

/**
 * Rule 16: decides a request for a partial refund by what this Region knows. Two Regions may both accept refunds that exceed the
 * captured amount together; the payment provider then refuses the second one.
 *
 * @param refunds effective refunds of the order; see {@link toRefunds}.
 */
export function decideRefund(
  order: Pick<OrderItem, "status" | "total" | "lines" | "shippingMethod" | "taxes">,
  refunds: readonly Pick<RefundItem, "status" | "amount" | "lines" | "shipping">[],
  part: RefundedPart,
): { ok: true; amount: Price; tax?: Price } | { ok: false; refusal: RefundRefusal } {
  const refuse = (refusal: RefundRefusal) => ({ ok: false, refusal }) as const;
  if (!mayBeRefunded(order.status)) return refuse({ reason: "status" });
  const counted = refunds.filter(({ status }) => status !== "REFUSED");
  if (counted.length >= MAX_REFUNDS) return refuse({ reason: "too-many-refunds" });
  const refused = "amount" in part ? undefined : refuseParts(order, counted, part);
  if (refused) return refuse(refused);
  const { amount, tax } = "amount" in part ? { ...part, tax: undefined } : priceRefund(order, counted, part);
  const left = order.total.amount - sumOf(counted);
  if (amount < 1 || amount > left) return refuse({ reason: "exceeds", left: { ...order.total, amount: left } });
  return {
    ok: true,
    amount: { ...order.total, amount },
    ...(tax !== undefined && { tax: { ...order.total, amount: tax } }),
  };
}

function refuseParts(
  { lines, shippingMethod }: Pick<OrderItem, "lines" | "shippingMethod">,
  earlier: readonly Pick<RefundItem, "lines" | "shipping">[],
  part: RefundedParts,
): RefundRefusal | undefined {
  const ordered = new Map(lines.map((line) => [line.productId, line]));
  const wanted = part.lines ?? [];
  const unknown = wanted.filter(({ productId }) => !ordered.has(productId));
  if (unknown.length > 0) return { reason: "unknown-lines", productIds: unknown.map(({ productId }) => productId) };
  const given = earlier.flatMap((refund) => refund.lines ?? []);
  const left = (productId: string) =>
    given.reduce(
      (pieces, line) => (line.productId === productId ? pieces - line.quantity : pieces),
      ordered.get(productId)!.quantity,
    );
  const tooMany = wanted.filter(({ productId, quantity }) => quantity > left(productId));
  if (tooMany.length > 0) {
    const few = tooMany.map(({ productId }) => ({ productId, quantity: Math.max(0, left(productId)) }));
    return { reason: "too-many-pieces", lines: few };
  }
  if (!part.shipping) return undefined;
  if (!shippingMethod) return { reason: "no-shipping" };
  return earlier.some(({ shipping }) => shipping) ? { reason: "shipping-refunded" } : undefined;
}

/**
 * Prices lines and shipping with their tax. Tax is rounded on all that is refunded at a rate so far, so that refunds of every line and of
 * shipping add up to the total, in any order.
 */
function priceRefund(
  order: Pick<OrderItem, "lines" | "shippingMethod" | "taxes">,
  earlier: readonly RefundedParts[],
  part: RefundedParts,
): { amount: number; tax?: number } {
  const ordered = new Map(order.lines.map((line) => [line.productId, line]));
  const priceOf = (parts: readonly RefundedParts[], on: Pick<TaxLine, "productIds" | "shipping">) =>
    parts.reduce((sum, { lines = [], shipping }) => {
      const taxed = lines.filter(({ productId }) => on.productIds.includes(productId));
      const goods = taxed.map(({ productId, quantity }) => priceLine({ ...ordered.get(productId)!, quantity }));
      const shipped = shipping && on.shipping ? (order.shippingMethod?.price.amount ?? 0) : 0;
      return goods.reduce((all, { amount }) => all + amount, sum + shipped);
    }, 0);
  const prices = priceOf([part], { productIds: [...ordered.keys()], shipping: true });
  const taxes = (order.taxes ?? []).map((tax) => ({
    included: tax.included,
    amount: computeTax(tax, priceOf([...earlier, part], tax)) - computeTax(tax, priceOf(earlier, tax)),
  }));
  const sum = (amounts: readonly { amount: number }[]) => amounts.reduce((all, { amount }) => all + amount, 0);
  return {
    amount: prices + sum(taxes.filter(({ included }) => !included)),
    ...(order.taxes && { tax: sum(taxes) }),
  };
}

/** The stored form of a request for a refund. */
export type NewRefund = Pick<
  RefundItem,
  | "refundId"
  | "orderId"
  | "owner"
  | "customerId"
  | "amount"
  | "lines"
  | "shipping"
  | "tax"
  | "reason"
  | "requestedBy"
  | "requestHash"
>;

/**
 * Rule 16: the own Region's item of a new refund; its stream record starts the execution.
 *
 * @param accepted number of refunds that this Region had accepted when the request was decided. The write fails if there is another one.
 */
export function requestRefund(refund: NewRefund, accepted: number, moment: Moment): RefundWrite {
  const item: RefundItem = {
    ...refund,
    kind: "refund",
    schema: ORDER_SCHEMA,
    region: refundKey(refund.owner, refund.refundId),
    status: "REQUESTED",
    attempt: 1,
    version: 1,
    requestedAt: moment.at,
    updatedAt: moment.at,
  };
  return { item: withBookkeeping(item, moment), accepted };
}

/** True while the refund is to be made. */
export const isRefundOpen = ({ status }: Pick<RefundStanding, "status">): boolean => status === "REQUESTED";

/** Rule 16: true if the execution of this attempt has a refund to make. */
export function isRefundDue<Item extends RefundStanding>(own: Item | undefined, attempt: number): own is Item {
  return own?.status === "REQUESTED" && own.attempt === attempt;
}

/** Rule 16: records the payment provider's answer, which stands for good: a refund is made once, and what is left never grows. */
export function settleRefund<Item extends RefundStanding & Bookkeeping>(
  own: Item,
  { status }: Pick<PartialRefundAnswer, "status">,
  moment: Moment,
): RefundWrite<Item> {
  const settled = { ...own, status: status === "refunded" ? "REFUNDED" : "REFUSED", version: own.version + 1 } as Item;
  return { item: withBookkeeping(settled, moment), version: own.version };
}

/**
 * Rule 16 for a takeover: the own item of a refund that a lost Region may not have made. The payment provider knows the refund by
 * its id, so that it is made once although both Regions ask for it.
 *
 * @param items all Regions' items of one refund.
 */
export function takeOverRefund<Item extends RefundStanding & Bookkeeping>(
  items: readonly Item[],
  owner: string,
  moment: Moment,
): RefundWrite<Item> | undefined {
  const [first] = items;
  if (first === undefined || items.some((item) => item.owner === owner || item.status !== "REQUESTED"))
    return undefined;
  const taken = { ...first, owner, attempt: 1, version: 1, ...withKey(first, owner) } as Item;
  return { item: withBookkeeping(taken, moment) };
}

/** The sweeper's decision about a refund of its own Region whose deadline has passed. */
export type RefundSweep<Item extends RefundStanding> =
  | { kind: "nothing" }
  | { kind: "restart" | "park"; write: RefundWrite<Item> };

/**
 * Rule 16 for the sweeper: a refund that is still due gets the next attempt, whose stream record starts another execution. It is
 * harmless beside one that runs, since the payment provider makes the refund once. After `MAX_RESTARTS` restarts the refund is
 * parked, as orders are.
 */
export function sweepRefund<Item extends RefundStanding & Bookkeeping>(
  own: Item | undefined,
  moment: Moment,
): RefundSweep<Item> {
  if (own?.status !== "REQUESTED") return { kind: "nothing" };
  if (own.sweepAt === PARKED_SWEEP_AT) return { kind: "nothing" };
  if (own.attempt > MAX_RESTARTS) {
    const item = { ...own, version: own.version + 1, sweepAt: PARKED_SWEEP_AT };
    return { kind: "park", write: { item, version: own.version } };
  }
  return { kind: "restart", write: restart(own, own.attempt + 1, moment) };
}

/** Restarts a parked refund because an operator releases it; `undefined` for every other item. */
export function releaseRefund<Item extends RefundStanding & Bookkeeping>(
  own: Item | undefined,
  moment: Moment,
): RefundWrite<Item> | undefined {
  if (own?.status !== "REQUESTED" || own.sweepAt !== PARKED_SWEEP_AT) return undefined;
  return restart(own, own.attempt + 1, moment);
}

/**
 * The effective refunds of an order, oldest first: of several Regions' items of one refund, one that was made comes first, then one
 * that was refused.
 */
export function toRefunds<Item extends RefundStanding>(items: readonly Item[]): Item[] {
  const best = new Map<string, Item>();
  for (const item of items) {
    const other = best.get(item.refundId);
    if (other === undefined || ranksBefore(item, other)) best.set(item.refundId, item);
  }
  const key = ({ requestedAt, refundId }: Item) => `${requestedAt} ${refundId}`;
  return [...best.values()].sort((first, second) => (key(first) < key(second) ? -1 : 1));
}

/** The effective refund of this id, if it was made. */
export function findRefund({ refunds = [] }: Pick<Partition, "refunds">, refundId: string): RefundItem | undefined {
  return toRefunds(refunds).find((refund) => refund.refundId === refundId && refund.status === "REFUNDED");
}

/** Sum of the refunds that were made, in minor units. */
export const refundedAmount = (refunds: readonly Pick<RefundStanding, "status" | "amount">[]): number =>
  sumOf(refunds.filter(({ status }) => status === "REFUNDED"));

const RANKS = ["REFUNDED", "REFUSED", "REQUESTED"] as const;

function ranksBefore(first: RefundStanding, second: RefundStanding): boolean {
  if (first.status !== second.status) return RANKS.indexOf(first.status) < RANKS.indexOf(second.status);
  return first.owner < second.owner;
}

const sumOf = (refunds: readonly Pick<RefundStanding, "amount">[]): number =>
  refunds.reduce((sum, { amount }) => sum + amount.amount, 0);

function restart<Item extends RefundStanding & Bookkeeping>(
  own: Item,
  attempt: number,
  moment: Moment,
): RefundWrite<Item> {
  return { item: withBookkeeping({ ...own, attempt, version: own.version + 1 }, moment), version: own.version };
}

/** The model's items have no keys. */
function withKey(item: RefundStanding & Bookkeeping, owner: string): { region?: string } {
  return item.orderId === undefined ? {} : { region: refundKey(owner, item.refundId) };
}

const deadlineOf = ({ at, deadlines }: Moment) => sweepAt("PAID", at, deadlines ?? DEFAULT_DEADLINES);

/** Sets the attributes that follow from the status: only refunds that are due stand in the index of open orders. */
function withBookkeeping<Item extends RefundStanding & Bookkeeping>(item: Item, moment: Moment): Item {
  const { openIn: _openIn, sweepAt: _sweepAt, ...kept } = item;
  const isOpen = item.status === "REQUESTED" && item.orderId !== undefined;
  return {
    ...kept,
    ...(isOpen && { openIn: openIn(item.owner, item.orderId!), sweepAt: deadlineOf(moment) }),
    ...(item.updatedAt !== undefined && { updatedAt: moment.at }),
  } as Item;
}
