/** English words for the providers' reason codes, as sentences for customers. */
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

/**
 * Code by which pages in other languages describe a decline: a general one for a code that customers can't know, and
 * `undefined` for a provider's sentence.
 *
 * @example
 * declineCode("do_not_honor"); // "card_declined"
 */
export function declineCode(reason: string): DeclineCode | undefined {
  if (/\s/.test(reason)) return undefined;
  return Object.hasOwn(DECLINES, reason) ? (reason as DeclineCode) : "card_declined";
}

/**
 * Says in English why a payment was declined, for mails and console.
 *
 * @param reason the provider's code or sentence. An unknown code is not shown: customers can't know its meaning.
 *
 * @example
 * describeDecline("insufficient_funds"); // "There is not enough money on the card."
 */
export function describeDecline(reason: string): string {
  const code = declineCode(reason);
  return code ? DECLINES[code] : toSentence(reason);
}

/** Ends a provider's text with a full stop, so that another sentence can follow. */
export function toSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
