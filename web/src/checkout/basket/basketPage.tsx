import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Link } from "wouter";
import { type BasketLine, basketTotal, linePrice, maxQuantity, setQuantity, useBasket } from "../../basket";
import { Money } from "../../parts/money";
import { EmptyPage, Notice } from "../../parts/notice";
import { useTitle } from "../../parts/page";
import { Picture } from "../../parts/picture";
import "./basket.css";
import { readSettings } from "../../settings";
import { text } from "../../texts/texts";
import { useCurrentProducts } from "./currentProducts";

export function BasketPage() {
  useTitle(text.basket.title);
  const lines = useBasket();
  const { gone } = useCurrentProducts(lines);
  const total = basketTotal(lines);
  const settings = useQuery({ queryKey: ["settings"], queryFn: readSettings });

  if (!total) return <EmptyBasket />;
  const isBlocked = lines.some(({ productId }) => gone.has(productId));
  return (
    <div className="narrow">
      <h1>{text.basket.title}</h1>
      <ul className="lines">
        {lines.map((line) => (
          <li key={line.productId}>
            <Line line={line} trouble={gone.get(line.productId)} />
          </li>
        ))}
      </ul>
      <p className="total">
        {text.basket.total} <Money price={total} />
      </p>
      <p className="hint">{settings.data?.quotes ? text.basket.atCheckout : text.basket.included}</p>
      {isBlocked && <Notice kind="error">{text.basket.blocked}</Notice>}
      <div className="actions">
        <Link href="/" className="button-quiet">
          {text.basket.continue}
        </Link>
        {!isBlocked && (
          <Link href="/checkout" className="button-main">
            {text.basket.checkOut}
          </Link>
        )}
      </div>
    </div>
  );
}

export function EmptyBasket() {
  return (
    <EmptyPage title={text.basket.empty}>
      <Link href="/">{text.frame.allProducts}</Link>
    </EmptyPage>
  );
}

interface LineProps {
  line: BasketLine;
  trouble: string | undefined;
  /** The customer opens the product. */
  onLeave?(): void;
}

export function Line({ line, trouble, onLeave }: LineProps) {
  const id = useId();
  const { productId, name, price, image, quantity } = line;
  return (
    <div className="line">
      <Picture name={name} src={image} />
      <div className="line-text">
        <Link href={`/products/${encodeURIComponent(productId)}`} onClick={onLeave}>
          {name}
        </Link>
        <span className="quiet">
          <Money price={price} /> {text.basket.each}
        </span>
        {trouble && <span className="field-error">{trouble}.</span>}
      </div>
      <div className="line-quantity">
        <label htmlFor={id} className="visually-hidden">
          {text.basket.quantityOf(name)}
        </label>
        <select
          id={id}
          name="quantity"
          value={quantity}
          onChange={(event) => setQuantity(productId, Number(event.target.value))}
        >
          {upTo(Math.max(Math.min(maxQuantity(line), 20), quantity)).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
        <button
          type="button"
          className="button-quiet"
          aria-label={text.basket.removeNamed(name)}
          onClick={() => setQuantity(productId, 0)}
        >
          {text.basket.remove}
        </button>
      </div>
      <Money price={linePrice(line)} />
    </div>
  );
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
