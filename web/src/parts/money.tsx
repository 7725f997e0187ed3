import type { Price } from "../../../domain/catalogue/product";
import { formatMoney } from "../../../domain/money";

/** @example formatPrice({ amount: 1999, currency: "USD" }) // "$19.99" */
export const formatPrice = (price: Price): string => formatMoney(price, "symbol");

export const Money = ({ price }: { price: Price }) => <span className="money">{formatPrice(price)}</span>;
