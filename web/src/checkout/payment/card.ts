import { CompactEncrypt, importJWK } from "jose";
import { CARD_ALGORITHM, cardHeader } from "../../../../domain/order/providers/card";
import { isCardNumber } from "../../../../domain/order/providers/cardNumber";
import type { Settings } from "../../settings";
import { text } from "../../texts/texts";

/** Card as typed. It is kept in this page's memory only, and sent only as ciphertext for the payment step. */
export interface Card {
  number: string;
  /** `MM/YY`. */
  expiry: string;
  code: string;
}

export const emptyCard: Card = { number: "", expiry: "", code: "" };

/** Encrypts the card for the payment step. The ciphertext is valid for one order of one customer. */
export async function encryptCard(
  { number, expiry, code }: Card,
  order: { customerId: string; idempotencyKey: string },
  { keyId, jwk }: Settings["card"],
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ number: toDigits(number), expiry, code })))
    .setProtectedHeader({ ...cardHeader(keyId, order) })
    .encrypt(await importJWK(jwk, CARD_ALGORITHM));
}

/** Errors by field, as sentences. */
export function validateCard({ number, expiry, code }: Card): Partial<Card> {
  const today = new Date();
  return {
    ...(!isCardNumber(toDigits(number)) && { number: text.payment.checkNumber }),
    ...(validateExpiry(expiry, today) && { expiry: validateExpiry(expiry, today) }),
    ...(!/^\d{3,4}$/.test(code) && { code: text.payment.checkCode }),
  };
}

/** `4242424242424242` → `4242 4242 4242 4242`. */
export function formatCardNumber(typed: string): string {
  return toDigits(typed)
    .slice(0, 19)
    .replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** `1229` → `12/29`. */
export function formatExpiry(typed: string): string {
  const digits = toDigits(typed).slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

export const toDigits = (typed: string) => typed.replace(/\D/g, "");

function validateExpiry(expiry: string, today: Date): string | undefined {
  const [, month, year] = /^(0[1-9]|1[0-2])\/(\d{2})$/.exec(expiry) ?? [];
  if (!month) return text.payment.checkExpiry;
  // A card is valid until the end of its month.
  const ends = new Date(2000 + Number(year), Number(month), 1);
  return ends <= today ? text.payment.expired : undefined;
}
