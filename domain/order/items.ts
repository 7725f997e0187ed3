import type { Price } from "../catalogue/product";
import type { Units } from "../stock";
import type { Language } from "../text/language";
import type { CustomerStatus, OrderStatus } from "./status";

/**
 * The release that an item began with; a takeover copies it. A release reads the next release's items (the Regions are never
 * updated at the same moment): it ignores attributes and kinds that it does not know, and keeps the attributes when it writes
 * the item. A new status or another meaning of an attribute is understood by one release before the next one writes it.
 */
export const ORDER_SCHEMA = 1;

/** Address that the parcel goes to. */
export interface Address {
  name: string;
  street: string;
  city: string;
  postalCode: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** State, province or county, where addresses have one. */
  region?: string;
}

/** Contact details of the customer. */
export interface Contact {
  email: string;
  /** E.164, for example `+4930123456`. If set, status changes are also sent by SMS where the store does so. */
  phone?: string;
  /** True if the customer's token confirmed this phone number. */
  phoneVerified?: boolean;
}

export interface OrderLine {
  productId: string;
  /** The product's name at the time of the order. */
  name: string;
  quantity: number;
  /** Price of one piece when the order was placed. */
  unitPrice: Price;
}

/** Shipping as the order is priced with it. */
export interface ShippingLine {
  /** Id of the shipping method. */
  id: string;
  /** The method's name when the order was placed. */
  name: string;
  price: Price;
  /** Shortest and longest delivery in days. */
  deliveryDays?: number[];
}

/** Tax at one rate of an order. */
export interface TaxLine {
  /** Name of the tax, such as `VAT`. */
  name: string;
  percent: number;
  /** True: the prices include it. False: it is added to them. */
  included: boolean;
  /** Sum of the taxed prices. */
  base: Price;
  amount: Price;
  /** The lines that it is on. */
  productIds: string[];
  /** It is on shipping too. */
  shipping?: true;
}

/** Payment by the customer; `none` if the total is 0. A card itself is in the cards table, as ciphertext, until it is authorized. */
export interface PaymentState {
  kind: "card" | "token" | "none";
  /** The payment provider's own reference to a card it keeps; no secret of the customer's. */
  token?: string;
  /** The payment provider's name for the authorization, for support. */
  reference?: string;
  card?: { brand: string; last4: string };
  /** Reason of a decline, in the payment provider's words. */
  declined?: string;
}

export interface ShipmentState {
  trackingNumber?: string;
  carrier?: string;
  /** The carrier's page about the parcel. */
  trackingUrl?: string;
  /** Reason why the order cannot be shipped, in the shipping provider's words. */
  impossible?: string;
}

export interface HistoryEntry {
  status: OrderStatus;
  /** ISO 8601 UTC. */
  at: string;
  /** The Region that wrote it. */
  region: string;
  epoch: number;
}

/** Units of counted products that a Region took from its own shares for an order, in the transaction that stored the order. */
export interface Hold {
  units: Units[];
  /** The Region has given the units back: the order does not need them. */
  returned?: true;
}

/** The attributes that decide which item is effective; the model of the protocol works on these alone. */
export interface Standing {
  region: string;
  /** Grows by one with each takeover: an execution of a smaller epoch stops. */
  epoch: number;
  status: OrderStatus;
  /** ISO 8601 UTC; a takeover copies it. */
  createdAt: string;
}

/** A standing whose writes are fenced. */
export interface Versioned extends Standing {
  /** Grows by one with each write of the item. */
  version: number;
}

/** One Region's item of an order. Only that Region writes it. */
export interface OrderItem extends Versioned {
  kind: "order";
  schema: number;
  orderId: string;
  customerId: string;
  lines: OrderLine[];
  /** Sum of the lines, of shipping, and of taxes that prices do not include. */
  total: Price;
  /** Absent if the store has no shipping methods: the prices include delivery. */
  shippingMethod?: ShippingLine;
  /** Absent if the store shows no tax, or no rate applies. */
  taxes?: TaxLine[];
  shipping: Address;
  contact: Contact;
  /** Of mails, text messages and documents. Absent: English. */
  language?: Language;
  payment: PaymentState;
  shipment: ShipmentState;
  history: HistoryEntry[];
  /** Of the request that placed the order: distinguishes a retry from another request under the same key. */
  requestHash: string;
  /** Units that this item's Region holds for the order. A takeover does not copy it: only the Region that took units returns them. */
  hold?: Hold;
  /** The Region whose hold the order is served from. A takeover copies it. Absent if no line is counted. */
  heldIn?: string;
  /** `month#shard`: the hash key of the index of all orders, written once. */
  placedIn?: string;
  /** `region#shard` while the item is open; the hash key of the index of open orders. */
  openIn?: string;
  /** ISO 8601 UTC: when the sweeper checks the item, unless it is written before; range key of that index. */
  sweepAt?: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
}

/** The customer's wish to cancel, as accepted in one Region. */
export interface CancelItem {
  kind: "cancel";
  schema: number;
  orderId: string;
  /** `cancel#region`. */
  region: string;
  customerId: string;
  /** ISO 8601 UTC. */
  requestedAt: string;
}

/** A waiting execution: written by its step, read by the functions that resume it. Valid in its own Region only. */
export interface WaitItem {
  kind: "wait";
  schema: number;
  orderId: string;
  /** `wait#region`. */
  region: string;
  epoch: number;
  /** The Step Functions task token; gone once it was used. */
  token?: string;
  /** Ids of the webhooks that have woken the order, or had it looked at: none of them does it twice. */
  wokenBy?: Set<string>;
  /** ISO 8601 UTC. */
  waitingSince: string;
  /** Page on which the customer confirms the payment that the execution waits for. */
  challengeUrl?: string;
}

/** A change that customers are notified of once: a status, or a refund. */
export type NotifiedChange = CustomerStatus | `refund-${string}`;

export const refundChange = (refundId: string): NotifiedChange => `refund-${refundId}`;

/**
 * Notifications that one Region has sent about an order. Only that Region's notifier writes it; the peer Region reads it after a
 * takeover. Besides the attributes here it has one for each notification being sent (`claimKey`), with the end of the claim.
 */
export interface NotificationItem {
  kind: "notification";
  schema: number;
  orderId: string;
  /** `notification#region`. */
  region: string;
  /** Changes that the customer has been notified of. */
  sent?: Set<NotifiedChange>;
}

/** Pieces of one product that a refund is for. */
export interface RefundLine {
  productId: string;
  quantity: number;
}

/**
 * - `REQUESTED`: accepted; an execution asks the payment provider for it.
 * - `REFUNDED`: the provider has made it.
 * - `REFUSED`: the provider will never make it, because it is more than is left of the captured amount.
 */
export type RefundStatus = "REQUESTED" | "REFUNDED" | "REFUSED";

/** The attributes that decide about a partial refund; the model of the protocol works on these alone. */
export interface RefundStanding {
  /** Names the refund at the payment provider too. The same request has the same id in both Regions. */
  refundId: string;
  /** The Region that writes the item. */
  owner: string;
  status: RefundStatus;
  amount: Price;
  /** Grows with each restart; an execution works under one attempt. */
  attempt: number;
  /** Grows by one with each write of the item. */
  version: number;
  /** ISO 8601 UTC; a takeover copies it. */
  requestedAt: string;
}

/** One Region's item of a partial refund. Only that Region writes it. */
export interface RefundItem extends RefundStanding {
  kind: "refund";
  schema: number;
  orderId: string;
  /** `refund#owner#refundId`. */
  region: string;
  customerId: string;
  /** Lines that the amount was computed from. Absent if the merchandiser named an amount, or shipping only. */
  lines?: RefundLine[];
  /** The amount has the price of shipping. */
  shipping?: true;
  /** Tax within the amount. Absent if the order has no taxes, or the merchandiser named an amount. */
  tax?: Price;
  /** Shown to the customer. */
  reason: string;
  /** The merchandiser, by the id in their token. */
  requestedBy: string;
  /** Distinguishes a retry from another request under the same key. */
  requestHash: string;
  /** As of an open order item; absent once the refund was made or refused. */
  openIn?: string;
  sweepAt?: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
}

/**
 * Counts the refunds that one Region has accepted for an order. Each request counts itself in the transaction that stores it: of two in the
 * same moment, the second is decided again with the first. Only that Region writes it.
 */
export interface RefundCountItem {
  kind: "refunds";
  schema: number;
  orderId: string;
  /** `refunds#region`. */
  region: string;
  accepted: number;
}

/** Written and read by the health check, to find out whether this Region's tables still work. */
export interface HealthItem {
  kind: "health";
  schema: number;
  /** `health`. */
  orderId: string;
  region: string;
  /** ISO 8601 UTC. */
  checkedAt: string;
}

/** The ciphertext of a card until it is authorized, in its own table that no backup ever sees. */
export interface CardItem {
  schema: number;
  orderId: string;
  region: string;
  /** A compact JWE; see `card.ts`. */
  ciphertext: string;
  /** Seconds since 1970: DynamoDB deletes the item some time after it. */
  expiresAt: number;
}

export type OrderTableItem =
  | OrderItem
  | CancelItem
  | WaitItem
  | NotificationItem
  | RefundItem
  | RefundCountItem
  | HealthItem;

export const cancelKey = (region: string): string => `cancel#${region}`;
export const waitKey = (region: string): string => `wait#${region}`;
export const notificationKey = (region: string): string => `notification#${region}`;
export const refundKey = (owner: string, refundId: string): string => `refund#${owner}#${refundId}`;
export const refundCountKey = (region: string): string => `refunds#${region}`;
/** True of a {@link RefundItem}'s range key. */
export const isRefundKey = (region: string): boolean => region.startsWith("refund#");
/** Attribute of a {@link NotificationItem}: ISO 8601 UTC, until when only one notifier may send the change's notification. */
export const claimKey = (change: NotifiedChange): string => `claimed_${change}`;
export const HEALTH_ORDER_ID = "health";

/** All that is known about one order in the Region that read it. */
export interface Partition<Item extends Standing = OrderItem> {
  /** At most one of each Region. */
  readonly orders: readonly Item[];
  /** True if a request to cancel has arrived here, from either Region. */
  readonly cancelWished: boolean;
  /** Pages on which the customer confirms the payment, by the Region whose execution waits for it. */
  readonly challengeUrls?: Readonly<Record<string, string>>;
  /** Each Region's items of partial refunds. */
  readonly refunds?: readonly RefundItem[];
  /** Refunds that each Region has accepted. */
  readonly acceptedRefunds?: Readonly<Record<string, number>>;
}

/**
 * Sorts what a query of one `orderId` returned. Kinds of a later release are left out.
 *
 * @example
 * const partition = toPartition(items);
 * const effective = effectiveItem(partition.orders);
 */
export function toPartition(items: readonly Pick<OrderTableItem, "kind">[]): Partition {
  const waits = items.filter((item): item is WaitItem => item.kind === "wait");
  const challenges = waits.flatMap(({ region, challengeUrl }): [string, string][] =>
    challengeUrl === undefined ? [] : [[region.slice(waitKey("").length), challengeUrl]],
  );
  const refunds = items.filter((item): item is RefundItem => item.kind === "refund");
  const counts = items
    .filter((item): item is RefundCountItem => item.kind === "refunds")
    .map(({ region, accepted }): [string, number] => [region.slice(refundCountKey("").length), accepted]);
  return {
    orders: items.filter((item): item is OrderItem => item.kind === "order"),
    cancelWished: items.some((item) => item.kind === "cancel"),
    ...(refunds.length > 0 && { refunds }),
    ...(counts.length > 0 && { acceptedRefunds: Object.fromEntries(counts) }),
    ...(challenges.length > 0 && { challengeUrls: Object.fromEntries(challenges) }),
  };
}

/**
 * Changes that the customer has been notified of, in any Region whose record has arrived.
 *
 * @example
 * if (sentChanges(items).has("SHIPPED")) return; // a restart publishes nothing
 */
export function sentChanges(items: readonly Pick<OrderTableItem, "kind">[]): ReadonlySet<NotifiedChange> {
  const records = items.filter((item): item is NotificationItem => item.kind === "notification");
  return new Set(records.flatMap(({ sent }) => [...(sent ?? [])]));
}

/** The item that this Region writes, if it has one. */
export function ownItem<Item extends Standing>(partition: Partition<Item>, region: string): Item | undefined {
  return partition.orders.find((item) => item.region === region);
}
