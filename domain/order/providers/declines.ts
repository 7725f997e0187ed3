/** Words for the providers' reason codes, as sentences for customers. */
export const DECLINES = {
  card_declined: "Your bank declined the card.",
  insufficient_funds: "There is not enough money on the card.",
  expired_card: "The card has expired.",
  incorrect_code: "The security code is wrong.",
  incorrect_number: "The card number is wrong.",
  invalid_expiry: "The expiry date is wrong.",
  authentication_failed: "Your bank could not confirm that the payment is yours.",
};

export type DeclineCode = keyof typeof DECLINES;

/** The same in German. */
export const DECLINES_DE: Record<DeclineCode, string> = {
  card_declined: "Ihre Bank hat die Karte abgelehnt.",
  insufficient_funds: "Auf der Karte ist nicht genug Geld.",
  expired_card: "Die Karte ist abgelaufen.",
  incorrect_code: "Die Prüfnummer ist falsch.",
  incorrect_number: "Die Kartennummer ist falsch.",
  invalid_expiry: "Das Ablaufdatum ist falsch.",
  authentication_failed: "Ihre Bank konnte nicht bestätigen, dass die Zahlung von Ihnen ist.",
};

/**
 * Says why a payment was declined.
 *
 * @param reason the provider's code or sentence. An unknown code is not shown: customers can't know its meaning.
 * @param words in the reader's language. Default: English.
 *
 * @example
 * describeDecline("insufficient_funds"); // "There is not enough money on the card."
 */
export function describeDecline(reason: string, words: Readonly<Record<DeclineCode, string>> = DECLINES): string {
  const code = declineCode(reason);
  return code ? words[code] : toSentence(reason);
}

/** A general code for one that customers can't know; `undefined` for a provider's sentence. */
function declineCode(reason: string): DeclineCode | undefined {
  if (/\s/.test(reason)) return undefined;
  return Object.hasOwn(DECLINES, reason) ? (reason as DeclineCode) : "card_declined";
}

/** Ends a provider's text with a full stop, so that another sentence can follow. */
export function toSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
