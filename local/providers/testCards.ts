import { isCardNumber } from "../../domain/order/providers/cardNumber";
import type { FaultKind } from "./faults";

/** Behaviour of the payment provider for a card. */
export interface CardBehaviour {
  outcome: "authorized" | "declined" | "pending-then-authorized" | "pending-then-declined" | "challenge";
  /** The bank's reason, for declines. */
  reason?: string;
  /** Fault of the first `times` authorize calls of an order with this card. */
  wire?: { kind: FaultKind; times: number };
}

/** A test card, with Stripe's number for the same purpose where there is one. */
export interface TestCard extends CardBehaviour {
  number: string;
  /** Expected effect, for a person. */
  about: string;
}

/** Every test card, as documented in `docs/providers.md`. */
export const testCards: readonly TestCard[] = [
  { number: "4242424242424242", outcome: "authorized", about: "Visa, authorized at once" },
  { number: "5555555555554444", outcome: "authorized", about: "Mastercard, authorized at once" },
  { number: "4000000000000002", outcome: "declined", reason: "card_declined", about: "declined" },
  { number: "4000000000009995", outcome: "declined", reason: "insufficient_funds", about: "declined: no funds" },
  { number: "4000000000000069", outcome: "declined", reason: "expired_card", about: "declined: expired" },
  { number: "4000000000000127", outcome: "declined", reason: "incorrect_code", about: "declined: wrong code" },
  { number: "4000000000003220", outcome: "pending-then-authorized", about: "pending, then authorized" },
  {
    number: "4000008400001629",
    outcome: "pending-then-declined",
    reason: "authentication_failed",
    about: "pending, then declined",
  },
  {
    number: "4000002760003184",
    outcome: "challenge",
    about: "pending until the customer answers the challenge page (3-D Secure)",
  },
  {
    number: "4000000000000119",
    outcome: "authorized",
    wire: { kind: "unavailable", times: 2 },
    about: "503 twice, then authorized",
  },
  {
    number: "4000000000006686",
    outcome: "authorized",
    wire: { kind: "timeout-after", times: 1 },
    about: "authorized, but the first answer never comes",
  },
];

const byNumber = new Map(testCards.map((card) => [card.number, card]));

/** Payment tokens for stores that never see a card, with Stripe's names. */
const tokens = new Map<string, string>([
  ["tok_visa", "4242424242424242"],
  ["tok_mastercard", "5555555555554444"],
  ["tok_chargeDeclined", "4000000000000002"],
  ["tok_pending", "4000000000003220"],
  ["tok_pendingThenDeclined", "4000008400001629"],
  ["tok_challenge", "4000002760003184"],
]);

/** A payment token of the local run: a name of `tokens`, and the customer whose card it stands for. */
export function tokenOf(name: string, customerId: string): string {
  return `${name}:${customerId}`;
}

/** Returns the card of a token, or the reason why this customer cannot pay with it. */
export function cardOfToken(token: string, customerId: string): { number: string } | { reason: string } {
  const [, name = "", owner] = /^([^:]*):(.*)$/s.exec(token) ?? [];
  const number = tokens.get(name);
  if (number === undefined) return { reason: "token_unknown" };
  return owner === customerId ? { number } : { reason: "token_of_another_customer" };
}

/** Returns the behaviour for a card number. Unlisted numbers with a right check digit are authorized. */
export function behaviourOf(number: string): CardBehaviour {
  const known = byNumber.get(number);
  if (known) return known;
  return isCardNumber(number) ? { outcome: "authorized" } : { outcome: "declined", reason: "incorrect_number" };
}

/** Returns true if the month of `expiry` (`MM/YY`, `MM/YYYY` or `YYYY-MM`) has ended; `undefined` if unreadable. */
export function isExpired(expiry: string, now: Date): boolean | undefined {
  const match = /^(\d{1,2})\s*\/\s*(\d{2}|\d{4})$/.exec(expiry) ?? /^(\d{4})-(\d{2})$/.exec(expiry);
  if (!match) return undefined;
  const [first, second] = [Number(match[1]), Number(match[2])];
  const [month, year] = first > 12 ? [second, first] : [first, second < 100 ? 2000 + second : second];
  if (month < 1 || month > 12) return undefined;
  return Date.UTC(year, month) <= now.getTime();
}

/** The brand by the number's first digits. */
export function brandOf(number: string): string {
  if (/^4/.test(number)) return "visa";
  if (/^(5[1-5]|2[2-7])/.test(number)) return "mastercard";
  if (/^3[47]/.test(number)) return "amex";
  return "card";
}
