/** Words for the providers' reason codes, as sentences for customers. */
const DECLINES: Readonly<Record<string, string>> = {
  card_declined: "Your bank declined the card.",
  insufficient_funds: "There is not enough money on the card.",
  expired_card: "The card has expired.",
  incorrect_code: "The security code is wrong.",
  incorrect_number: "The card number is wrong.",
  invalid_expiry: "The expiry date is wrong.",
  authentication_failed: "Your bank could not confirm that the payment is yours.",
};

/**
 * Says why a payment was declined. Pages, mails and console use this one function.
 *
 * @param reason the provider's code or sentence. An unknown code is not shown: customers can't know its meaning.
 *
 * @example
 * describeDecline("insufficient_funds"); // "There is not enough money on the card."
 */
export function describeDecline(reason: string): string {
  if (/\s/.test(reason)) return toSentence(reason);
  return DECLINES[reason] ?? "Your bank declined the card.";
}

/** Ends a provider's text with a full stop, so that another sentence can follow. */
export function toSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
