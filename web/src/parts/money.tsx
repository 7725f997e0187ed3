import type { Price } from "../../../domain/catalogue/product";

/** @example formatted({ amount: 1999, currency: "USD" }) // "$19.99" */
export function formatted({ amount, currency }: Price): string {
  return formatter(currency).format(amount / minorUnits(currency));
}

/** Minor units of one unit: 100 for USD, 1 for JPY. */
export function minorUnits(currency: string): number {
  return 10 ** (formatter(currency).resolvedOptions().maximumFractionDigits ?? 2);
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string): Intl.NumberFormat {
  let found = formatters.get(currency);
  if (!found) {
    found = new Intl.NumberFormat("en", { style: "currency", currency });
    formatters.set(currency, found);
  }
  return found;
}

export function Money({ price }: { price: Price }) {
  return <span className="money">{formatted(price)}</span>;
}
