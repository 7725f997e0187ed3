import { Link } from "wouter";
import type { Price } from "../../../domain/catalogue/product";
import { priceLine } from "../../../domain/order/pricing";
import { text } from "../texts/texts";
import { Money } from "./money";

interface OrderLinesProps {
  lines: readonly { productId: string; name: string; quantity: number; price: Price }[];
  total: Price;
}

/** Lines of a basket or an order, with their sum. */
export function OrderLines({ lines, total }: OrderLinesProps) {
  return (
    <>
      <ul className="order-lines">
        {lines.map(({ productId, name, quantity, price }) => (
          <li key={productId}>
            <span>
              {quantity} × <Link href={`/products/${encodeURIComponent(productId)}`}>{name}</Link>
            </span>
            <Money price={priceLine({ quantity, unitPrice: price })} />
          </li>
        ))}
      </ul>
      <p className="total">
        {text.basket.total} <Money price={total} />
      </p>
    </>
  );
}
