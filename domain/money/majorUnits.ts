import { minorDigits } from "./currencies";
import type { Money } from "./formatMoney";

/** Formats an amount to be edited: `19.90`. */
export function toMajorUnits({ amount, currency }: Money): string {
  const digits = minorDigits(currency) ?? 0;
  return (amount / 10 ** digits).toFixed(digits);
}

/**
 * Reads an amount in major units, with a point or a comma. `undefined` if it is none, or has more digits than the currency.
 *
 * @example
 * toMinorUnits("19.9", "USD"); // 1990
 */
export function toMinorUnits(typed: string, currency: string): number | undefined {
  const [, whole, fraction = ""] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(typed.trim()) ?? [];
  const digits = minorDigits(currency) ?? 0;
  if (whole === undefined || fraction.length > digits) return undefined;
  return Number(whole + fraction.padEnd(digits, "0"));
}
