import type { Price } from "../../catalogue/product";
import { formatMoney } from "../../money";
import type { ComposeInvoice } from "../documents/invoice";
import { type NotifiedChange, type OrderItem, type RefundItem, refundChange } from "../items";
import { type ChargeRow, toChargeRows } from "../prices/chargeRows";
import { describeDecline, toSentence } from "../providers/declines";
import { type CustomerStatus, isCustomerStatus } from "../status";
import { textsOf } from "../texts/customerTexts";

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

/** Composers of other words, further languages or HTML; the order has its `language`. A notification may be sent twice, so the same change must give the same text. */
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
  "orderId" | "lines" | "total" | "shippingMethod" | "taxes" | "shipping" | "language" | "payment" | "shipment"
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
  const { mail } = textsOf(order.language);
  // The later change confirms the payment already.
  const before = earlier.flatMap((change) => mailBody(order, change)).filter((line) => line !== mail.paymentPromised);
  const isConfirmed = status === "PAID" && isFree(order);
  const subject = (isConfirmed ? mail.confirmedSubject : mail.subjects[status])(order.orderId);
  return { subject, text: letter(order, store, [...before, ...mailBody(order, status)]) };
}

/** A mail's text from its paragraphs. */
function letter(order: NotifiedOrder, store: string, paragraphs: readonly string[]): string {
  const { mail } = textsOf(order.language);
  const all = [mail.greeting(order.shipping.name), ...paragraphs, mail.order(order.orderId), mail.signature(store)];
  return `${all.join("\n\n")}\n`;
}

/**
 * Builds the mail for a refund that was made.
 *
 * @example
 * toRefundMail(order, refund, "Stayopen").subject // "Refund of €5.00 for your order 7ZQ4M2…"
 */
export function toRefundMail(order: NotifiedOrder, refund: NotifiedRefund, store: string): Mail {
  const { mail } = textsOf(order.language);
  const { lines = [], shipping, reason } = refund;
  const amount = formatMoney(refund.amount, "symbol", order.language);
  const names = new Map(order.lines.map(({ productId, name }) => [productId, name]));
  const parts = [
    ...lines.map(({ productId, quantity }) => `${quantity} × ${names.get(productId) ?? productId}`),
    ...(shipping ? [mail.delivery] : []),
  ];
  const text = letter(order, store, [
    [mail.refunded(amount, order.payment.card?.last4, parts.length > 0), ...parts.map(indented)].join("\n"),
    mail.reason(reason),
    mail.refundDelay,
  ]);
  return { subject: mail.refundSubject(amount, order.orderId), text };
}

/** One text message for a refund that was made. */
export function toRefundSms(
  { orderId, language }: Pick<OrderItem, "orderId" | "language">,
  { amount }: NotifiedRefund,
  store: string,
): string {
  const refunded = textsOf(language).sms.refunded(shortId(orderId), formatMoney(amount, "code", language));
  return `${store}: ${refunded}`;
}

/** One text message, short enough for a single SMS in the usual case. */
export function toSms(
  order: Pick<OrderItem, "orderId" | "language" | "total" | "shipment">,
  status: CustomerStatus,
  store: string,
): string {
  return `${store}: ${smsText()}`;

  function smsText(): string {
    const { sms } = textsOf(order.language);
    const id = shortId(order.orderId);
    const total = formatMoney(order.total, "code", order.language);
    if (status === "PAID" && isFree(order)) return sms.confirmed(id);
    if (status === "PLACED" || status === "PAID") return sms[status](id, total);
    if (status === "SHIPPED") return sms.SHIPPED(id, order.shipment.trackingNumber);
    return sms[status](id);
  }
}

const shortId = (orderId: string) => orderId.slice(0, 8);

function mailBody(order: NotifiedOrder, status: CustomerStatus): string[] {
  const { mail } = textsOf(order.language);
  const price = (money: Price) => formatMoney(money, "symbol", order.language);
  const { total, payment, shipment } = order;
  switch (status) {
    case "PLACED":
      return [
        mail.thanks,
        ...(isFree(order) ? [] : [mail.paymentPromised]),
        [...order.lines.map((line) => mail.line(line.quantity, line.name, price(line.unitPrice))), ...sumRows()]
          .map(indented)
          .join("\n"),
        `${mail.deliverTo}\n${address(order)}`,
        mail.howToCancel,
      ];
    case "PAID":
      return [isFree(order) ? mail.nothingToPay : mail.paid(price(total), payment.card?.last4)];
    case "SHIPPING":
      return [mail.booked(shipment.carrier), ...tracking()];
    case "SHIPPED":
      return [`${mail.onItsWay}\n${address(order)}`, ...tracking()];
    case "DELIVERED":
      return [mail.delivered];
    case "CANCELLED":
      return cancelled();
  }

  /** Rows of the sum; without shipping methods the total includes delivery. */
  function sumRows(): string[] {
    const { before, after } = toChargeRows(order);
    const rowOf = (row: ChargeRow) => `${row.label}: ${price(row.price)}`;
    return [...before.map(rowOf), mail.total(price(total), !order.shippingMethod), ...after.map(rowOf)];
  }

  function tracking(): string[] {
    const { trackingNumber, carrier, trackingUrl } = shipment;
    if (!trackingNumber) return [];
    return [mail.tracking(trackingNumber, carrier), ...(trackingUrl ? [mail.trackingUrl(trackingUrl)] : [])];
  }

  function cancelled(): string[] {
    if (payment.declined !== undefined) {
      const why = describeDecline(payment.declined, textsOf(order.language).declines);
      return [mail.declined(why), mail.anotherCard];
    }
    if (shipment.impossible !== undefined) {
      const refund = isFree(order) ? mail.nothingToRefund : mail.refundComing(price(total));
      return [mail.undeliverable(toSentence(shipment.impossible)), refund];
    }
    return [isFree(order) ? mail.cancelledFree : mail.cancelled];
  }
}

const isFree = ({ total }: Pick<NotifiedOrder, "total">) => total.amount === 0;

const indented = (line: string) => `  ${line}`;

function address({ shipping }: NotifiedOrder): string {
  const { name, street, postalCode, city, region, country } = shipping;
  return [name, street, `${postalCode} ${city}`, region, country]
    .filter((line) => line !== undefined)
    .map(indented)
    .join("\n");
}
