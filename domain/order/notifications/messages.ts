import type { Price } from "../../catalogue/product";
import { formatMoney } from "../../money";
import type { ComposeInvoice } from "../documents/invoice";
import { type NotifiedChange, type OrderItem, type RefundItem, refundChange } from "../items";
import { type ChargeRow, toChargeRows } from "../prices/chargeRows";
import { describeDecline, toSentence } from "../providers/declines";
import { type CustomerStatus, isCustomerStatus } from "../status";

/** The store's name in mails, text messages and invoices, unless another one is set. */
export const DEFAULT_STORE_NAME = "Stayopen";

/** A status change as published to other services: ids and amounts only, no name, address or card. */
export interface OrderNotification {
  schema: number;
  /** `orderId-status`: a repeated notification has the same id. */
  id: string;
  orderId: string;
  customerId: string;
  status: CustomerStatus;
  /** The Region whose item changed. */
  region: string;
  /** ISO 8601 UTC. */
  at: string;
  total: Price;
}

/** A refund that was made, as published to other services. */
export interface RefundNotification extends Omit<OrderNotification, "status" | "total"> {
  /** No status of an order: subscribers that filter by statuses get no refunds. */
  status: typeof REFUNDED;
  refundId: string;
  amount: Price;
}

/** The `status` of a {@link RefundNotification}. */
export const REFUNDED = "REFUNDED" satisfies RefundItem["status"];

/** A mail as it is sent. The store's own are plain text, which reads the same everywhere. */
export interface Mail {
  subject: string;
  text: string;
  /** The same as HTML, sent beside the text. Values of the order must be escaped. Default: none. */
  html?: string;
}

/** The status change that a mail or text message reports. */
export interface ReportedChange {
  order: NotifiedOrder;
  status: CustomerStatus;
  /** Earlier changes that the mail reports too, oldest first. */
  earlier: readonly CustomerStatus[];
  /** The store's name. */
  store: string;
}

/** The refund that a mail or text message reports. */
export interface ReportedRefund {
  order: NotifiedOrder;
  refund: NotifiedRefund;
  /** The store's name. */
  store: string;
}

/** Composers of other words, another language or HTML. A notification may be sent twice, so the same change must give the same text. */
export interface NotificationTexts {
  /** Changes or replaces the store's own mail. Default: it is sent as it is. */
  mail?: (mail: Mail, change: ReportedChange) => Mail;
  /** Changes or replaces the store's own text message. Beyond 160 characters (70 outside the GSM alphabet) it costs several. Default: as it is. */
  sms?: (text: string, change: ReportedChange) => string;
  /** Changes or replaces the store's own invoice, a whole HTML page. An erasure composes it again, without the customer. Default: as it is. */
  invoice?: ComposeInvoice;
  /** As `mail`, of a refund. Default: the store's own. */
  refundMail?: (mail: Mail, refund: ReportedRefund) => Mail;
  /** As `sms`, of a refund. Default: the store's own. */
  refundSms?: (text: string, refund: ReportedRefund) => string;
}

export const notificationId = (orderId: string, change: NotifiedChange): string => `${orderId}-${change}`;

/** Rule 13: builds the notification of an item; a superseded item has none. */
export function toNotification(item: OrderItem): OrderNotification | undefined {
  const { status } = item;
  if (!isCustomerStatus(status)) return undefined;
  return {
    schema: item.schema,
    id: notificationId(item.orderId, status),
    orderId: item.orderId,
    customerId: item.customerId,
    status,
    region: item.region,
    at: item.updatedAt,
    total: item.total,
  };
}

/** Rule 13: builds the notification of a refund that was made; others have none. */
export function toRefundNotification(item: RefundItem): RefundNotification | undefined {
  const { schema, orderId, customerId, refundId, status, owner, updatedAt, amount } = item;
  if (status !== REFUNDED) return undefined;
  const id = notificationId(orderId, refundChange(refundId));
  return { schema, id, orderId, customerId, status, region: owner, at: updatedAt, refundId, amount };
}

/** The part of a refund that mails need. */
export type NotifiedRefund = Pick<RefundItem, "refundId" | "amount" | "lines" | "shipping" | "reason">;

/** The part of an order that mails need. */
export type NotifiedOrder = Pick<
  OrderItem,
  "orderId" | "lines" | "total" | "shippingMethod" | "taxes" | "shipping" | "payment" | "shipment"
>;

/**
 * Builds the mail for one status change and for earlier changes that have no mail of their own.
 *
 * @param earlier oldest first; see `toGatheredChanges`.
 * @example
 * toMail(order, "SHIPPED", "Stayopen").subject // "Your order 7ZQ4M2… is on its way"
 */
export function toMail(
  order: NotifiedOrder,
  status: CustomerStatus,
  store: string,
  earlier: readonly CustomerStatus[] = [],
): Mail {
  const { subject, body } = composeTexts(order, status);
  // The later change confirms the payment already.
  const before = earlier
    .flatMap((change) => composeTexts(order, change).body)
    .filter((line) => line !== PAYMENT_PROMISED);
  const text = [
    `Hello ${order.shipping.name},`,
    ...before,
    ...body,
    `Order ${order.orderId}`,
    `Your ${store} team`,
  ].join("\n\n");
  return { subject, text: `${text}\n` };
}

/**
 * Builds the mail for a refund that was made.
 *
 * @example
 * toRefundMail(order, refund, "Stayopen").subject // "Refund of €5.00 for your order 7ZQ4M2…"
 */
export function toRefundMail(order: NotifiedOrder, refund: NotifiedRefund, store: string): Mail {
  const { amount, lines = [], shipping, reason } = refund;
  const names = new Map(order.lines.map(({ productId, name }) => [productId, name]));
  const parts = [
    ...lines.map(({ productId, quantity }) => `  ${quantity} × ${names.get(productId) ?? productId}`),
    ...(shipping ? ["  Delivery"] : []),
  ];
  const text = [
    `Hello ${order.shipping.name},`,
    `We refunded ${formatMoney(amount)}${toCard(order)}${parts.length > 0 ? ` for:\n${parts.join("\n")}` : "."}`,
    `Reason: ${reason}`,
    "It may take a few days to appear on your statement. The credit note is under “My orders”.",
    `Order ${order.orderId}`,
    `Your ${store} team`,
  ].join("\n\n");
  return { subject: `Refund of ${formatMoney(amount)} for your order ${order.orderId}`, text: `${text}\n` };
}

/** One text message for a refund that was made. */
export function toRefundSms(
  { orderId }: Pick<OrderItem, "orderId">,
  { amount }: NotifiedRefund,
  store: string,
): string {
  return `${store}: we refunded ${formatMoney(amount, "code")} for order ${orderId.slice(0, 8)}.`;
}

/** One text message, short enough for a single SMS in the usual case. */
export function toSms(
  order: Pick<OrderItem, "orderId" | "total" | "shipment">,
  status: CustomerStatus,
  store: string,
): string {
  const short = order.orderId.slice(0, 8);
  switch (status) {
    case "PLACED":
      return `${store}: we received your order ${short} (${formatMoney(order.total, "code")}).`;
    case "PAID":
      return isFree(order)
        ? `${store}: your order ${short} is confirmed.`
        : `${store}: your payment of ${formatMoney(order.total, "code")} for order ${short} is confirmed.`;
    case "SHIPPING":
      return `${store}: your order ${short} is being packed.`;
    case "SHIPPED":
      return `${store}: your order ${short} is on its way.${order.shipment.trackingNumber ? ` Parcel ${order.shipment.trackingNumber}.` : ""}`;
    case "DELIVERED":
      return `${store}: your order ${short} has been delivered.`;
    case "CANCELLED":
      return `${store}: your order ${short} is cancelled. You have not been charged.`;
  }
}

const PAYMENT_PROMISED = "We will email you as soon as your payment is confirmed.";

function composeTexts(order: NotifiedOrder, status: CustomerStatus): { subject: string; body: string[] } {
  const goods = order.lines
    .map((line) => `  ${line.quantity} × ${line.name}, ${formatMoney(line.unitPrice)} each`)
    .join("\n");
  switch (status) {
    case "PLACED":
      return {
        subject: `We received your order ${order.orderId}`,
        body: [
          "Thank you for your order.",
          ...(isFree(order) ? [] : [PAYMENT_PROMISED]),
          `${goods}\n${sum(order)}`,
          `Delivery address:\n${address(order)}`,
          "You can cancel the order under “My orders” until the carrier has accepted it.",
        ],
      };
    case "PAID":
      if (isFree(order)) {
        return {
          subject: `Your order ${order.orderId} is confirmed`,
          body: ["There is nothing to pay. We are preparing your parcel."],
        };
      }
      return {
        subject: `Payment confirmed for your order ${order.orderId}`,
        body: [
          `Your payment of ${formatMoney(order.total)}${byCard(order)} is confirmed. We are preparing your parcel.`,
        ],
      };
    case "SHIPPING":
      return {
        subject: `Your order ${order.orderId} is being packed`,
        body: [
          `Your parcel is booked${order.shipment.carrier ? ` with ${order.shipment.carrier}` : ""} and will be picked up soon.`,
          ...tracking(order),
        ],
      };
    case "SHIPPED":
      return {
        subject: `Your order ${order.orderId} is on its way`,
        body: [`Your parcel is on its way to:\n${address(order)}`, ...tracking(order)],
      };
    case "DELIVERED":
      return {
        subject: `Your order ${order.orderId} has arrived`,
        body: ["Your parcel has been delivered. We hope you enjoy it."],
      };
    case "CANCELLED":
      return { subject: `Your order ${order.orderId} is cancelled`, body: cancelled(order) };
  }
}

function cancelled(order: NotifiedOrder): string[] {
  if (order.payment.declined !== undefined) {
    return [
      `Your payment was declined. ${describeDecline(order.payment.declined)}`,
      "You have not been charged. You can order again with another card.",
    ];
  }
  if (order.shipment.impossible !== undefined) {
    return [
      `We are sorry: we cannot deliver this order. ${toSentence(order.shipment.impossible)}`,
      isFree(order)
        ? "There is nothing to refund."
        : `We refunded ${formatMoney(order.total)}; it may take a few days to appear on your statement.`,
    ];
  }
  if (isFree(order)) return ["Your order is cancelled. There was nothing to pay."];
  return ["Your order is cancelled, and you have not been charged. Any hold on your card has been released."];
}

/** Rows of the sum; without shipping methods the total includes delivery. */
function sum(order: NotifiedOrder): string {
  const { before, after } = toChargeRows(order);
  const total = `Total: ${formatMoney(order.total)}${order.shippingMethod ? "" : ", delivery included"}`;
  const rowOf = ({ label, price }: ChargeRow) => `${label}: ${formatMoney(price)}`;
  return [...before.map(rowOf), total, ...after.map(rowOf)].map((row) => `  ${row}`).join("\n");
}

const isFree = ({ total }: Pick<NotifiedOrder, "total">) => total.amount === 0;

const toCard = ({ payment: { card } }: NotifiedOrder) => (card ? ` to your card ending in ${card.last4}` : "");

const byCard = ({ payment: { card } }: NotifiedOrder) => (card ? ` by card ending in ${card.last4}` : "");

const tracking = ({ shipment: { trackingNumber, carrier, trackingUrl } }: NotifiedOrder) =>
  trackingNumber
    ? [
        `Tracking number: ${trackingNumber}${carrier ? ` (${carrier})` : ""}`,
        ...(trackingUrl ? [`Track the parcel: ${trackingUrl}`] : []),
      ]
    : [];

function address({ shipping }: NotifiedOrder): string {
  const { name, street, postalCode, city, region, country } = shipping;
  return [name, street, `${postalCode} ${city}`, region, country]
    .filter((line) => line !== undefined)
    .map((line) => `  ${line}`)
    .join("\n");
}
