import { CompactEncrypt, importJWK } from "jose";
import { CARD_ALGORITHM, cardHeader } from "../../../domain/order/card";
import { isCardNumber } from "../../../domain/order/cardNumber";
import type { Settings } from "../settings";

/** What is on the card. It is only ever in this page's memory, and in what the payment step alone can decrypt. */
export interface Card {
  number: string;
  /** `MM/YY`. */
  expiry: string;
  code: string;
}

export const emptyCard: Card = { number: "", expiry: "", code: "" };

/** Encrypts the card for the payment step, good for one order of one customer. */
export async function sealed(
  card: Card,
  order: { customerId: string; idempotencyKey: string },
  { keyId, jwk }: Settings["card"],
): Promise<string> {
  const { number, expiry, code } = card;
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ number: digits(number), expiry, code })))
    .setProtectedHeader({ ...cardHeader(keyId, order) })
    .encrypt(await importJWK(jwk, CARD_ALGORITHM));
}

/** What is wrong with the card as typed, by field. */
export function cardErrors({ number, expiry, code }: Card, today = new Date()): Partial<Card> {
  return {
    ...(!isCardNumber(digits(number)) && { number: "Check the number: it has a typing error." }),
    ...(expiryError(expiry, today) && { expiry: expiryError(expiry, today) }),
    ...(!/^\d{3,4}$/.test(code) && { code: "Three or four digits." }),
  };
}

/** `4242424242424242` → `4242 4242 4242 4242`, as it stands on the card. */
export function spacedNumber(typed: string): string {
  return digits(typed)
    .slice(0, 19)
    .replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** `1229` → `12/29`. */
export function slashedExpiry(typed: string): string {
  const typedDigits = digits(typed).slice(0, 4);
  return typedDigits.length > 2 ? `${typedDigits.slice(0, 2)}/${typedDigits.slice(2)}` : typedDigits;
}

const digits = (typed: string) => typed.replace(/\D/g, "");

function expiryError(expiry: string, today: Date): string | undefined {
  const [, month, year] = /^(0[1-9]|1[0-2])\/(\d{2})$/.exec(expiry) ?? [];
  if (!month) return "Month and year, as in 12/29.";
  // A card is good until the end of its month.
  const ends = new Date(2000 + Number(year), Number(month), 1);
  return ends <= today ? "This card has expired." : undefined;
}
