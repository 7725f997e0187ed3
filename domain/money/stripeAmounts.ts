import { minorDigits } from "./currencies";
import type { Money } from "./formatMoney";

/**
 * Currencies whose amounts Stripe counts otherwise than by ISO 4217's digits. Source:
 * https://docs.stripe.com/currencies#minor-units, #zero-decimal, #three-decimal and #special-cases, read in November 2026.
 *
 * - `digits`: decimals of Stripe's `amount`, where they differ from ISO 4217
 * - `step`: Stripe's `amount` must be a multiple of it
 *
 * HUF and TWD are whole for payouts only; charges have two decimals, as in ISO 4217.
 */
const STRIPE_UNITS: Readonly<Record<string, { digits?: number; step?: number }>> = {
  // Zero-decimal currencies that the API takes as two-decimal values with 00: "to charge 5 ISK, provide 500".
  ISK: { digits: 2, step: 100 },
  UGX: { digits: 2, step: 100 },
  // Two decimals in ISO 4217, on Stripe's list of zero-decimal currencies.
  MGA: { digits: 0 },
  // "The least-significant (last) digit must be 0."
  BHD: { step: 10 },
  JOD: { step: 10 },
  KWD: { step: 10 },
  OMR: { step: 10 },
  TND: { step: 10 },
};

/** Most digits of an `amount` that Stripe takes. */
const MAX_AMOUNT = 99_999_999;

/**
 * Converts a total to Stripe's `amount`. What Stripe cannot charge exactly is rounded down, so that a customer never pays
 * more than their order says.
 *
 * @returns the reason of a decline for a currency that Stripe does not charge in, or an amount out of its range.
 * @example
 * toStripeAmount({ amount: 1999, currency: "EUR" }) // 1999
 * toStripeAmount({ amount: 5, currency: "ISK" }) // 500
 * toStripeAmount({ amount: 5124, currency: "KWD" }) // 5120
 */
export function toStripeAmount({ amount, currency }: Money): number | DeclinedAmount {
  const iso = minorDigits(currency);
  const { digits = iso, step = 1 } = STRIPE_UNITS[currency] ?? {};
  // Other currencies with three or four digits are not among those that Stripe charges in.
  if (iso === undefined || digits === undefined || (digits > 2 && step === 1)) return "currency_not_supported";
  const exact = digits >= iso ? amount * 10 ** (digits - iso) : Math.floor(amount / 10 ** (iso - digits));
  const charged = exact - (exact % step);
  if (charged > MAX_AMOUNT) return "amount_too_large";
  return charged === 0 ? "amount_too_small" : charged;
}

export type DeclinedAmount = "currency_not_supported" | "amount_too_large" | "amount_too_small";
