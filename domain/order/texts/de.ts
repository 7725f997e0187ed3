import { DECLINES_DE } from "../providers/declines";
import type { CustomerTexts } from "./en";

export const de: CustomerTexts = {
  mail: {
    greeting: (name) => `Hallo ${name},`,
    order: (orderId) => `Bestellung ${orderId}`,
    signature: (store) => `Ihr Team von ${store}`,
    subjects: {
      PLACED: (orderId) => `Wir haben Ihre Bestellung ${orderId} erhalten`,
      PAID: (orderId) => `Zahlung für Ihre Bestellung ${orderId} bestätigt`,
      SHIPPING: (orderId) => `Ihre Bestellung ${orderId} wird gepackt`,
      SHIPPED: (orderId) => `Ihre Bestellung ${orderId} ist unterwegs`,
      DELIVERED: (orderId) => `Ihre Bestellung ${orderId} ist angekommen`,
      CANCELLED: (orderId) => `Ihre Bestellung ${orderId} ist storniert`,
    },
    confirmedSubject: (orderId) => `Ihre Bestellung ${orderId} ist bestätigt`,
    thanks: "Vielen Dank für Ihre Bestellung.",
    paymentPromised: "Wir schreiben Ihnen, sobald Ihre Zahlung bestätigt ist.",
    line: (quantity, name, price) => `${quantity} × ${name}, je ${price}`,
    total: (price, isDeliveryIncluded) => `Summe: ${price}${isDeliveryIncluded ? ", Lieferung inbegriffen" : ""}`,
    deliverTo: "Lieferadresse:",
    howToCancel:
      "Sie können die Bestellung unter „Meine Bestellungen“ stornieren, bis der Paketdienst sie angenommen hat.",
    nothingToPay: "Es ist nichts zu bezahlen. Wir bereiten Ihr Paket vor.",
    paid: (price, last4) =>
      `Ihre Zahlung von ${price}${last4 ? ` mit der Karte mit den Endziffern ${last4}` : ""} ist bestätigt. Wir bereiten Ihr Paket vor.`,
    booked: (carrier) => `Ihr Paket ist${carrier ? ` bei ${carrier}` : ""} angemeldet und wird bald abgeholt.`,
    onItsWay: "Ihr Paket ist unterwegs an:",
    delivered: "Ihr Paket ist zugestellt. Wir wünschen Ihnen viel Freude damit.",
    tracking: (number, carrier) => `Sendungsnummer: ${number}${carrier ? ` (${carrier})` : ""}`,
    trackingUrl: (url) => `Sendung verfolgen: ${url}`,
    declined: (why) => `Ihre Zahlung wurde abgelehnt. ${why}`,
    anotherCard: "Es wurde nichts abgebucht. Sie können mit einer anderen Karte noch einmal bestellen.",
    undeliverable: (why) => `Es tut uns leid: Diese Bestellung können wir nicht liefern. ${why}`,
    nothingToRefund: "Es ist nichts zu erstatten.",
    refundComing: (price) =>
      `Wir haben ${price} erstattet; bis der Betrag auf Ihrem Konto erscheint, können einige Tage vergehen.`,
    cancelledFree: "Ihre Bestellung ist storniert. Es war nichts zu bezahlen.",
    cancelled:
      "Ihre Bestellung ist storniert, und es wurde nichts abgebucht. Eine Reservierung auf Ihrer Karte ist aufgehoben.",
    refundSubject: (price, orderId) => `Erstattung von ${price} für Ihre Bestellung ${orderId}`,
    refunded: (price, last4, hasParts) =>
      `Wir haben ${price}${last4 ? ` auf Ihre Karte mit den Endziffern ${last4}` : ""} erstattet${hasParts ? " für:" : "."}`,
    delivery: "Lieferung",
    reason: (reason) => `Grund: ${reason}`,
    refundDelay:
      "Bis der Betrag auf Ihrem Konto erscheint, können einige Tage vergehen. Die Gutschrift finden Sie unter „Meine Bestellungen“.",
  },
  sms: {
    PLACED: (orderId, price) => `Wir haben Ihre Bestellung ${orderId} erhalten (${price}).`,
    confirmed: (orderId) => `Ihre Bestellung ${orderId} ist bestätigt.`,
    PAID: (orderId, price) => `Ihre Zahlung von ${price} für die Bestellung ${orderId} ist bestätigt.`,
    SHIPPING: (orderId) => `Ihre Bestellung ${orderId} wird gepackt.`,
    SHIPPED: (orderId, trackingNumber) =>
      `Ihre Bestellung ${orderId} ist unterwegs.${trackingNumber ? ` Paket ${trackingNumber}.` : ""}`,
    DELIVERED: (orderId) => `Ihre Bestellung ${orderId} ist zugestellt.`,
    CANCELLED: (orderId) => `Ihre Bestellung ${orderId} ist storniert. Es wurde nichts abgebucht.`,
    refunded: (orderId, price) => `Wir haben ${price} für die Bestellung ${orderId} erstattet.`,
  },
  document: {
    invoice: (orderId) => `Rechnung ${orderId}`,
    creditNote: (refundId) => `Gutschrift ${refundId}`,
    ordered: "Bestellt",
    delivered: "Zugestellt",
    paid: "Bezahlt",
    refunded: "Erstattet",
    reason: "Grund",
    corrects: "Korrigiert die Rechnung",
    addressee: "Für",
    bought: "Ihr Einkauf",
    credited: "Ihnen erstattet",
    product: "Artikel",
    part: "Teil",
    pieces: "Stück",
    each: "Einzelpreis",
    amount: "Betrag",
    total: "Summe",
    totalWithDelivery: "Summe, Lieferung inbegriffen",
    nothingToPay: "Nichts zu bezahlen",
    paidByCard: (brand, last4) => `${brand}, Karte mit den Endziffern ${last4}`,
    paidOtherwise: "Ja",
    delivery: (method) => `Lieferung: ${method}`,
    partOfPrice: "Teil des Preises",
    taxInRefund: "Darin enthaltene Steuer",
    taxInProportion: "Steuer ist im Verhältnis der Rechnung enthalten.",
  },
  charges: {
    shipping: (method) => `Versand (${method})`,
    tax: (name, percent, isIncluded, net) =>
      `${isIncluded ? "Darin " : ""}${name} ${percent}${net ? ` auf ${net}` : ""}`,
  },
  declines: DECLINES_DE,
};
