import type { Price } from "../../catalogue/product";
import { formatMoney } from "../../money";
import type { OrderItem, TaxLine } from "../items";

/** Row of a sum. */
export interface ChargeRow {
  label: string;
  price: Price;
}

/**
 * Rows between an order's lines and the end of its sum, as mails and invoices have them: shipping and added taxes before the total, taxes
 * that prices include after it.
 *
 * @param withNet adds the net amount of each tax, which invoices need.
 */
export function toChargeRows(
  { shippingMethod, taxes = [] }: Pick<OrderItem, "shippingMethod" | "taxes">,
  withNet = false,
): { before: ChargeRow[]; after: ChargeRow[] } {
  const row = (tax: TaxLine): ChargeRow => ({
    label: `${tax.included ? "Including " : ""}${tax.name} ${tax.percent}%${withNet ? ` on ${formatMoney(netOf(tax))}` : ""}`,
    price: tax.amount,
  });
  return {
    before: [
      ...(shippingMethod ? [{ label: `Shipping (${shippingMethod.name})`, price: shippingMethod.price }] : []),
      ...taxes.filter(({ included }) => !included).map(row),
    ],
    after: taxes.filter(({ included }) => included).map(row),
  };
}

const netOf = ({ base, amount, included }: TaxLine): Price =>
  included ? { ...base, amount: base.amount - amount.amount } : base;
