import { DECLINES } from "../providers/declines";

/** Texts for customers: mails, text messages, invoices and credit notes. Prices in them are formatted. */
export const en = {
  mail: {
    greeting: (name: string) => `Hello ${name},`,
    order: (orderId: string) => `Order ${orderId}`,
    signature: (store: string) => `Your ${store} team`,
    subjects: {
      PLACED: (orderId: string) => `We received your order ${orderId}`,
      PAID: (orderId: string) => `Payment confirmed for your order ${orderId}`,
      SHIPPING: (orderId: string) => `Your order ${orderId} is being packed`,
      SHIPPED: (orderId: string) => `Your order ${orderId} is on its way`,
      DELIVERED: (orderId: string) => `Your order ${orderId} has arrived`,
      CANCELLED: (orderId: string) => `Your order ${orderId} is cancelled`,
    },
    confirmedSubject: (orderId: string) => `Your order ${orderId} is confirmed`,
    thanks: "Thank you for your order.",
    paymentPromised: "We will email you as soon as your payment is confirmed.",
    line: (quantity: number, name: string, price: string) => `${quantity} × ${name}, ${price} each`,
    total: (price: string, isDeliveryIncluded: boolean) =>
      `Total: ${price}${isDeliveryIncluded ? ", delivery included" : ""}`,
    deliverTo: "Delivery address:",
    howToCancel: "You can cancel the order under “My orders” until the carrier has accepted it.",
    nothingToPay: "There is nothing to pay. We are preparing your parcel.",
    paid: (price: string, last4: string | undefined) =>
      `Your payment of ${price}${last4 ? ` by card ending in ${last4}` : ""} is confirmed. We are preparing your parcel.`,
    booked: (carrier: string | undefined) =>
      `Your parcel is booked${carrier ? ` with ${carrier}` : ""} and will be picked up soon.`,
    onItsWay: "Your parcel is on its way to:",
    delivered: "Your parcel has been delivered. We hope you enjoy it.",
    tracking: (number: string, carrier: string | undefined) =>
      `Tracking number: ${number}${carrier ? ` (${carrier})` : ""}`,
    trackingUrl: (url: string) => `Track the parcel: ${url}`,
    declined: (why: string) => `Your payment was declined. ${why}`,
    anotherCard: "You have not been charged. You can order again with another card.",
    undeliverable: (why: string) => `We are sorry: we cannot deliver this order. ${why}`,
    nothingToRefund: "There is nothing to refund.",
    refundComing: (price: string) => `We refunded ${price}; it may take a few days to appear on your statement.`,
    cancelledFree: "Your order is cancelled. There was nothing to pay.",
    cancelled: "Your order is cancelled, and you have not been charged. Any hold on your card has been released.",
    refundSubject: (price: string, orderId: string) => `Refund of ${price} for your order ${orderId}`,
    refunded: (price: string, last4: string | undefined, hasParts: boolean) =>
      `We refunded ${price}${last4 ? ` to your card ending in ${last4}` : ""}${hasParts ? " for:" : "."}`,
    delivery: "Delivery",
    reason: (reason: string) => `Reason: ${reason}`,
    refundDelay: "It may take a few days to appear on your statement. The credit note is under “My orders”.",
  },
  sms: {
    PLACED: (orderId: string, price: string) => `we received your order ${orderId} (${price}).`,
    confirmed: (orderId: string) => `your order ${orderId} is confirmed.`,
    PAID: (orderId: string, price: string) => `your payment of ${price} for order ${orderId} is confirmed.`,
    SHIPPING: (orderId: string) => `your order ${orderId} is being packed.`,
    SHIPPED: (orderId: string, trackingNumber: string | undefined) =>
      `your order ${orderId} is on its way.${trackingNumber ? ` Parcel ${trackingNumber}.` : ""}`,
    DELIVERED: (orderId: string) => `your order ${orderId} has been delivered.`,
    CANCELLED: (orderId: string) => `your order ${orderId} is cancelled. You have not been charged.`,
    refunded: (orderId: string, price: string) => `we refunded ${price} for order ${orderId}.`,
  },
  document: {
    invoice: (orderId: string) => `Invoice ${orderId}`,
    creditNote: (refundId: string) => `Credit note ${refundId}`,
    ordered: "Ordered",
    delivered: "Delivered",
    paid: "Paid",
    refunded: "Refunded",
    reason: "Reason",
    corrects: "Corrects invoice",
    addressee: "For",
    bought: "What you have bought",
    credited: "Refunded to you",
    product: "Product",
    part: "Part",
    pieces: "Pieces",
    each: "Price each",
    amount: "Amount",
    total: "Total",
    totalWithDelivery: "Total, delivery included",
    nothingToPay: "Nothing to pay",
    paidByCard: (brand: string, last4: string) => `${brand}, card ending in ${last4}`,
    paidOtherwise: "Yes",
    delivery: (method: string) => `Delivery: ${method}`,
    partOfPrice: "Part of the price",
    taxInRefund: "Tax in it",
    taxInProportion: "Tax is in it in the proportions of the invoice.",
  },
  charges: {
    shipping: (method: string) => `Shipping (${method})`,
    /** @param net the price that the tax is on, where it is shown. */
    tax: (name: string, percent: string, isIncluded: boolean, net: string | undefined) =>
      `${isIncluded ? "Including " : ""}${name} ${percent}${net ? ` on ${net}` : ""}`,
  },
  declines: DECLINES as Record<keyof typeof DECLINES, string>,
};

/** The texts of one language. */
export type CustomerTexts = typeof en;
