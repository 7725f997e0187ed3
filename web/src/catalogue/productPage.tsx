import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Link } from "wouter";
import type { Product } from "../../../domain/catalogue/product";
import { addToBasket, most } from "../basket";
import { Money } from "../parts/money";
import { ErrorNotice, Notice, Waiting } from "../parts/notice";
import { Picture } from "../parts/picture";
import { useTitle } from "../parts/title";
import { product as read } from "./catalogue";
import { AVAILABILITY_LABELS, attributeLabel, spaced } from "./facets";
import "./product.css";

export function ProductPage({ productId }: { productId: string }) {
  const found = useQuery({ queryKey: ["product", productId], queryFn: ({ signal }) => read(productId, signal) });
  useTitle(found.data?.name ?? "Product");
  if (found.isPending) return <Waiting what="Loading the product…" />;
  if (found.error) return <ErrorNotice error={found.error} retry={() => found.refetch()} />;
  return <ProductView product={found.data} key={productId} />;
}

function ProductView({ product }: { product: Product }) {
  const { name, brand, category, description, price, availability, attributes, image } = product;
  return (
    <article className="product">
      <Picture src={image} className="product-picture" />
      <div className="product-text">
        <p className="quiet">
          <Link href={`/?${new URLSearchParams({ category })}`}>{category}</Link> ·{" "}
          <Link href={`/?${new URLSearchParams({ brand })}`}>{brand}</Link>
        </p>
        <h1>{name}</h1>
        <p className="product-price">
          <Money price={price} />
          <span className={availability === "in-stock" ? "badge badge-good" : "badge"}>
            {AVAILABILITY_LABELS[availability]}
          </span>
        </p>
        {availability === "in-stock" && <AddToBasket product={product} />}
        <p className="description">{description}</p>
        {Object.keys(attributes).length > 0 && (
          <table className="attributes">
            <caption className="visually-hidden">Facts</caption>
            <tbody>
              {Object.entries(attributes).map(([attribute, value]) => (
                <tr key={attribute}>
                  <th scope="row">{spaced(attribute)}</th>
                  <td>{attributeLabel(String(value))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </article>
  );
}

function AddToBasket({ product }: { product: Product }) {
  const id = useId();
  const [quantity, setQuantity] = useState(1);
  const [inBasket, setInBasket] = useState<number>();
  return (
    <>
      <form
        className="add"
        onSubmit={(event) => {
          event.preventDefault();
          setInBasket(addToBasket(product, quantity));
        }}
      >
        <label htmlFor={id}>Pieces</label>
        <input
          id={id}
          type="number"
          min={1}
          max={most(product)}
          required
          value={quantity}
          onChange={(event) => setQuantity(event.target.valueAsNumber || 1)}
        />
        <button type="submit" className="button-main">
          Add to basket
        </button>
      </form>
      {product.maxPerOrder && <p className="hint">At most {product.maxPerOrder} in one order.</p>}
      {inBasket === 0 && <Notice kind="error">Your basket is full. Order what is in it first.</Notice>}
      {inBasket !== undefined && inBasket > 0 && (
        <Notice kind="success">
          {inBasket} in your basket. <Link href="/basket">Go to the basket</Link>
        </Notice>
      )}
    </>
  );
}
