import type { Price } from "../catalogue/product";
import { formatMoney } from "../money";
import { type ChargeRow, toChargeRows } from "./chargeRows";
import { describeDecline, toSentence } from "./declines";
import type { ComposeInvoice } from "./invoice";
import type { OrderItem } from "./items";
import { type CustomerStatus, isCustomerStatus } from "./status";

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

/** Composers of other words, another language or HTML. A notification may be sent twice, so the same change must give the same text. */
export interface NotificationTexts {
  /** Changes or replaces the store's own mail. Default: it is sent as it is. */
  mail?: (mail: Mail, change: ReportedChange) => Mail;
  /** Changes or replaces the store's own text message. Beyond 160 characters (70 outside the GSM alphabet) it costs several. Default: as it is. */
  sms?: (text: string, change: ReportedChange) => string;
  /** Changes or replaces the store's own invoice, a whole HTML page. An erasure composes it again, without the customer. Default: as it is. */
  invoice?: ComposeInvoice;
}

export const notificationId = (orderId: string, status: CustomerStatus): string => `${orderId}-${status}`;

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

const byCard = ({ payment: { card } }: NotifiedOrder) => (card ? ` by card ending in ${card.last4}` : "");

const tracking = ({ shipment: { trackingNumber, carrier } }: NotifiedOrder) =>
  trackingNumber ? [`Tracking number: ${trackingNumber}${carrier ? ` (${carrier})` : ""}`] : [];

function address({ shipping }: NotifiedOrder): string {
  const { name, street, postalCode, city, region, country } = shipping;
  return [name, street, `${postalCode} ${city}`, region, country]
    .filter((line) => line !== undefined)
    .map((line) => `  ${line}`)
    .join("\n");
}
