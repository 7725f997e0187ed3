import { useId } from "react";
import { Link } from "wouter";
import { type BasketLine, most, setQuantity, totalOf, useBasket } from "../basket";
import { Money } from "../parts/money";
import { Notice } from "../parts/notice";
import { Picture } from "../parts/picture";
import { useTitle } from "../parts/title";
import "./basket.css";
import { useCurrentProducts } from "./currentProducts";

export function BasketPage() {
  useTitle("Basket");
  const lines = useBasket();
  const { gone } = useCurrentProducts(lines);
  const total = totalOf(lines);

  if (!total) {
    return (
      <div className="empty">
        <h1>Your basket is empty</h1>
        <Link href="/">Find something nice</Link>
      </div>
    );
  }
  const blocked = lines.some(({ productId }) => gone.has(productId));
  return (
    <div className="narrow">
      <h1>Basket</h1>
      <ul className="lines">
        {lines.map((line) => (
          <li key={line.productId}>
            <Line line={line} gone={gone.has(line.productId)} />
          </li>
        ))}
      </ul>
      <p className="total">
        Total <Money price={total} />
      </p>
      <p className="hint">Delivery and taxes are included.</p>
      {blocked && <Notice kind="error">Take out what can't be ordered any more to go on.</Notice>}
      <div className="actions">
        <Link href="/" className="button-quiet">
          Go on shopping
        </Link>
        {!blocked && (
          <Link href="/checkout" className="button-main">
            Check out
          </Link>
        )}
      </div>
    </div>
  );
}

function Line({ line, gone }: { line: BasketLine; gone: boolean }) {
  const id = useId();
  const { productId, name, price, image, quantity } = line;
  return (
    <div className="line">
      <Picture src={image} />
      <div className="line-text">
        <Link href={`/products/${encodeURIComponent(productId)}`}>{name}</Link>
        <span className="quiet">
          <Money price={price} /> each
        </span>
        {gone && <span className="field-error">Can't be ordered any more.</span>}
      </div>
      <div className="line-quantity">
        <label htmlFor={id} className="visually-hidden">
          Pieces of {name}
        </label>
        <select id={id} value={quantity} onChange={(event) => setQuantity(productId, Number(event.target.value))}>
          {upTo(Math.max(Math.min(most(line), 20), quantity)).map((pieces) => (
            <option key={pieces}>{pieces}</option>
          ))}
        </select>
        <button
          type="button"
          className="button-quiet"
          aria-label={`Remove ${name} from the basket`}
          onClick={() => setQuantity(productId, 0)}
        >
          Remove
        </button>
      </div>
      <Money price={{ ...price, amount: price.amount * quantity }} />
    </div>
  );
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
