import type { Price } from "../../catalogue/product";
import { formatMoney } from "../../money";
import { DEFAULT_LANGUAGE, formatPercent } from "../../text/language";
import type { OrderItem, TaxLine } from "../items";
import { textsOf } from "../texts/customerTexts";

/** Row of a sum. */
export interface ChargeRow {
  label: string;
  price: Price;
}

/**
 * Rows between an order's lines and the end of its sum, as mails and invoices have them: shipping and added taxes before the total, taxes
 * that prices include after it. In the order's language; names of methods and taxes are the store's.
 *
 * @param withNet adds the net amount of each tax, which invoices need.
 */
export function toChargeRows(
  { shippingMethod, taxes = [], language = DEFAULT_LANGUAGE }: Pick<OrderItem, "shippingMethod" | "taxes" | "language">,
  withNet = false,
): { before: ChargeRow[]; after: ChargeRow[] } {
  const { charges } = textsOf(language);
  const row = (tax: TaxLine): ChargeRow => {
    const net = withNet ? formatMoney(netOf(tax), "symbol", language) : undefined;
    return {
      label: charges.tax(tax.name, formatPercent(tax.percent, language), tax.included, net),
      price: tax.amount,
    };
  };
  return {
    before: [
      ...(shippingMethod ? [{ label: charges.shipping(shippingMethod.name), price: shippingMethod.price }] : []),
      ...taxes.filter(({ included }) => !included).map(row),
    ],
    after: taxes.filter(({ included }) => included).map(row),
  };
}

const netOf = ({ base, amount, included }: TaxLine): Price =>
  included ? { ...base, amount: base.amount - amount.amount } : base;
