import { minorDigits } from "./currencies";

/** An amount in minor units of its currency. */
export interface Money {
  amount: number;
  /** ISO 4217. */
  currency: string;
}

/**
 * Formats an amount for people, with the digits that ISO 4217 gives the currency. Pages, mails, text messages and
 * invoices use this one function, so they agree whatever locale data their runtime has.
 *
 * @param display `symbol` (`€69.80`); `code` (`EUR 69.80`) for text messages, where some symbols double the price of a message.
 * @param locale BCP 47, of the reader.
 * @example
 * formatMoney({ amount: 6980, currency: "EUR" }); // "€69.80"
 */
export function formatMoney({ amount, currency }: Money, display: "symbol" | "code" = "symbol", locale = "en"): string {
  const digits = minorDigits(currency);
  // Only a record of another release can have such a code. Without its digits no decimal point is right.
  if (digits === undefined) return `${currency} ${amount} (minor units)`;
  // Intl puts a no-break space between code and number; mail readers of plain text show a plain one better.
  return formatter(currency, digits, display, locale)
    .format(amount / 10 ** digits)
    .replaceAll("\u00a0", " ");
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(
  currency: string,
  digits: number,
  currencyDisplay: "symbol" | "code",
  locale: string,
): Intl.NumberFormat {
  const key = `${locale} ${currency} ${currencyDisplay}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formatters.set(key, found);
  }
  return found;
}
