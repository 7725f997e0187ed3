import type { Price } from "../../catalogue/product";
import { effectiveItem } from "../effective";
import type {
  Address,
  Contact,
  OrderItem,
  OrderLine,
  Partition,
  RefundItem,
  RefundLine,
  ShipmentState,
  ShippingLine,
  TaxLine,
} from "../items";
import { LISTED_PRODUCTS } from "../limits";
import { refundedAmount, toRefunds } from "../refunds";
import { awaitsPayment, type CustomerStatus, isCancelled, isCustomerStatus, isDecided } from "../status";

/** Attributes that lists of orders and an order's page share. */
interface OrderHead {
  orderId: string;
  status: CustomerStatus;
  total: Price;
  /** Pieces, over all lines. */
  pieces: number;
  /** ISO 8601 UTC. */
  createdAt: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
}

/** An order in the customer's list. */
export interface OrderSummary extends OrderHead {
  /** Names of the first products, at most {@link LISTED_PRODUCTS}. */
  products: string[];
}

/** One order with its details, as the customer sees it. */
export interface OrderView extends OrderHead {
  lines: OrderLine[];
  /** Absent if the prices include delivery. */
  shippingMethod?: ShippingLine;
  /** Absent if the order has none. */
  taxes?: TaxLine[];
  shipping: Address;
  contact: Contact;
  payment: {
    kind: "card" | "token" | "none";
    card?: { brand: string; last4: string };
    declined?: string;
    /** Page on which the customer confirms the payment to their bank. */
    challengeUrl?: string;
  };
  shipment: ShipmentState;
  history: { status: CustomerStatus; at: string }[];
  /** Partial refunds that were made or are about to be, oldest first. Absent if there are none. */
  refunds?: CustomerRefund[];
  /** Sum of the refunds that were made. Absent if there are no refunds. */
  refunded?: Price;
  /** The customer asked to cancel, and the payment provider has not answered yet. */
  cancelRequested: boolean;
  /** The customer asked to cancel, and the order had gone on before the request was followed. Absent if not. */
  cancelTooLate?: true;
}

/** A partial refund as the customer sees it. */
export type CustomerRefund = Pick<RefundItem, "refundId" | "amount" | "reason" | "requestedAt"> & {
  status: "REQUESTED" | "REFUNDED";
  lines?: RefundLine[];
  shipping?: true;
  tax?: Price;
};

/** A partial refund as merchandisers see it: refused ones too. */
export type RefundView = Pick<RefundItem, "refundId" | "status" | "amount" | "reason" | "requestedAt" | "updatedAt"> & {
  lines?: RefundLine[];
  shipping?: true;
  tax?: Price;
};

/** The effective item, with a status that customers may see. */
type EffectiveOrder = OrderItem & { status: CustomerStatus };

/**
 * Finds the effective item that a reader sees. `undefined` if there is none yet, or only a superseded one, because the item
 * that superseded it has not replicated here again after a loss: a reader must not see a superseded status.
 */
export function findEffectiveOrder(partition: Partition): EffectiveOrder | undefined {
  const item = effectiveItem(partition.orders);
  return item && isCustomerStatus(item.status) ? { ...item, status: item.status } : undefined;
}

export function toSummary(item: EffectiveOrder): OrderSummary {
  return { ...toHead(item), products: item.lines.slice(0, LISTED_PRODUCTS).map(({ name }) => name) };
}

function toHead(item: EffectiveOrder): OrderHead {
  return {
    orderId: item.orderId,
    status: item.status,
    total: item.total,
    pieces: item.lines.reduce((pieces, { quantity }) => pieces + quantity, 0),
    createdAt: item.createdAt,
    updatedAt: item.updatedAt,
  };
}

export function toView(
  item: EffectiveOrder,
  { cancelWished, challengeUrls, refunds = [] }: Pick<Partition, "cancelWished" | "challengeUrls" | "refunds">,
): OrderView {
  const { kind, card, declined } = item.payment;
  const challengeUrl = awaitsPayment(item.status) && !cancelWished ? challengeUrls?.[item.region] : undefined;
  return {
    ...toHead(item),
    lines: item.lines,
    ...(item.shippingMethod && { shippingMethod: item.shippingMethod }),
    ...(item.taxes && { taxes: item.taxes }),
    shipping: item.shipping,
    contact: { email: item.contact.email, ...(item.contact.phone && { phone: item.contact.phone }) },
    payment: { kind, card, declined, ...(challengeUrl && { challengeUrl }) },
    shipment: item.shipment,
    history: eachStatusOnce(item),
    cancelRequested: cancelWished && !isDecided(item.status),
    ...(cancelWished && isDecided(item.status) && !isCancelled(item.status) && { cancelTooLate: true }),
    ...refundsOf(item, refunds),
  };
}

function refundsOf({ total }: OrderItem, items: readonly RefundItem[]): Pick<OrderView, "refunds" | "refunded"> {
  const refunds = toRefunds(items).flatMap(
    ({ refundId, status, amount, reason, requestedAt, ...parts }): CustomerRefund[] =>
      status === "REFUSED" ? [] : [{ refundId, status, amount, reason, requestedAt, ...partsOf(parts) }],
  );
  return refunds.length === 0 ? {} : { refunds, refunded: { ...total, amount: refundedAmount(refunds) } };
}

export function toRefundView({
  refundId,
  status,
  amount,
  reason,
  requestedAt,
  updatedAt,
  ...parts
}: RefundItem): RefundView {
  return { refundId, status, amount, reason, requestedAt, updatedAt, ...partsOf(parts) };
}

const partsOf = ({ lines, shipping, tax }: Pick<RefundItem, "lines" | "shipping" | "tax">) => ({
  ...(lines && { lines }),
  ...(shipping && { shipping }),
  ...(tax && { tax }),
});

/** A takeover repeats a status; the customer sees when it was first reached. */
function eachStatusOnce(item: OrderItem): { status: CustomerStatus; at: string }[] {
  const seen: { status: CustomerStatus; at: string }[] = [];
  for (const { status, at } of item.history) {
    if (isCustomerStatus(status) && !seen.some((entry) => entry.status === status)) seen.push({ status, at });
  }
  return seen;
}
