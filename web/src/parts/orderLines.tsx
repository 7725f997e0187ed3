import { Link } from "wouter";
import type { Price } from "../../../domain/catalogue/product";
import type { ShippingLine, TaxLine } from "../../../domain/order/items";
import { linePrice } from "../basket";
import { percentage, text } from "../texts/texts";
import { Money } from "./money";

interface OrderLinesProps {
  lines: readonly { productId: string; name: string; quantity: number; price: Price }[];
  /** Absent while it is not known. */
  total?: Price;
  /** Absent if the prices include delivery. */
  shippingMethod?: Pick<ShippingLine, "name" | "price">;
  taxes?: readonly TaxLine[];
}

/** Lines of a basket or an order, with shipping, taxes and the sum. */
export function OrderLines({ lines, total, shippingMethod, taxes = [] }: OrderLinesProps) {
  const hasRows = shippingMethod !== undefined || taxes.some(({ included }) => !included);
  return (
    <>
      <ul className="order-lines">
        {lines.map((line) => (
          <li key={line.productId}>
            <span>
              {line.quantity} × <Link href={`/products/${encodeURIComponent(line.productId)}`}>{line.name}</Link>
            </span>
            <Money price={linePrice(line)} />
          </li>
        ))}
      </ul>
      {hasRows && (
        <ul className="order-charges">
          {shippingMethod && (
            <li>
              <span>{text.basket.shipping(shippingMethod.name)}</span>
              {shippingMethod.price.amount === 0 ? text.checkout.free : <Money price={shippingMethod.price} />}
            </li>
          )}
          {taxes
            .filter(({ included }) => !included)
            .map((tax) => (
              <li key={`${tax.name} ${tax.percent}`}>
                <span>{text.basket.tax(toTaxLabel(tax.name), percentage(tax.percent))}</span>
                <Money price={tax.amount} />
              </li>
            ))}
        </ul>
      )}
      {total && (
        <p className="total">
          {text.basket.total} <Money price={total} />
        </p>
      )}
      {taxes
        .filter(({ included }) => included)
        .map((tax) => (
          <p key={`${tax.name} ${tax.percent}`} className="hint tax-included">
            {text.basket.includedTax(toTaxLabel(tax.name), percentage(tax.percent))} <Money price={tax.amount} />
          </p>
        ))}
    </>
  );
}

const toTaxLabel = (name: string): string => text.basket.taxNames[name] ?? name;
