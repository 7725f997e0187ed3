import type { Price } from "../../../domain/catalogue/product";
import { formatMoney } from "../../../domain/money";

/** @example formatted({ amount: 1999, currency: "USD" }) // "$19.99" */
export function formatted(price: Price): string {
  return formatMoney(price, "symbol");
}

export function Money({ price }: { price: Price }) {
  return <span className="money">{formatted(price)}</span>;
}
