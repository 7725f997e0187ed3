import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Link } from "wouter";
import type { ShownProduct } from "../../../domain/catalogue/searchResult";
import { addToBasket, maxQuantity } from "../basket";
import { Money } from "../parts/money";
import { EmptyPage, ErrorNotice, Loading, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { Picture } from "../parts/picture";
import { ApiError } from "../publicApi";
import { fetchProduct } from "./catalogueApi";
import { formatAttribute, toAttributeLabel } from "./facets";
import "./product.css";
import { isOffered, toAvailabilityLabel, toFewLeft } from "./stock";

export function ProductPage({ productId }: { productId: string }) {
  const found = useQuery({
    queryKey: ["product", productId],
    queryFn: ({ signal }) => fetchProduct(productId, signal),
  });
  const isUnknown = found.error instanceof ApiError && found.error.status === 404;
  useTitle(found.data?.name ?? (isUnknown ? "Product not found" : "Product"));
  if (found.isPending) return <Loading what="Loading the product…" />;
  if (isUnknown) {
    return (
      <EmptyPage title="Product not found">
        <p className="quiet">This product is not available. It may have been removed.</p>
        <Link href="/">See all products</Link>
      </EmptyPage>
    );
  }
  if (!found.data) return <ErrorNotice error={found.error} retry={() => found.refetch()} />;
  return <ProductView product={found.data} key={productId} />;
}

function ProductView({ product }: { product: ShownProduct }) {
  const { name, brand, category, description, price, attributes, image } = product;
  const fewLeft = toFewLeft(product);
  return (
    <article className="product">
      <Picture src={image} className="product-picture" isFirst />
      <div className="product-text">
        <p className="quiet">
          <Link href={`/?${new URLSearchParams({ category })}`}>{category}</Link> ·{" "}
          <Link href={`/?${new URLSearchParams({ brand })}`}>{brand}</Link>
        </p>
        <h1>{name}</h1>
        <p className="product-price">
          <Money price={price} />
          <span className={isOffered(product) ? "badge badge-good" : "badge"}>{toAvailabilityLabel(product)}</span>
          {fewLeft && <span className="badge">{fewLeft}</span>}
        </p>
        {isOffered(product) && <AddToBasket product={product} />}
        {product.stock?.soldOut && <p className="hint">Sold out. It cannot be ordered at the moment.</p>}
        <p>{description}</p>
        {Object.keys(attributes).length > 0 && (
          <table className="attributes">
            <caption className="visually-hidden">Product details</caption>
            <tbody>
              {Object.entries(attributes).map(([attribute, value]) => (
                <tr key={attribute}>
                  <th scope="row">{toAttributeLabel(attribute)}</th>
                  <td>{formatAttribute(String(value))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </article>
  );
}

function AddToBasket({ product }: { product: ShownProduct }) {
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
        <label htmlFor={id}>Quantity</label>
        <input
          id={id}
          name="quantity"
          type="number"
          min={1}
          max={Math.min(maxQuantity(product), product.stock?.left ?? Number.POSITIVE_INFINITY)}
          required
          value={quantity}
          onChange={(event) => setQuantity(event.target.valueAsNumber || 1)}
        />
        <button type="submit" className="button-main">
          Add to basket
        </button>
      </form>
      {product.maxPerOrder && <p className="hint">Limit: {product.maxPerOrder} per order.</p>}
      {inBasket === 0 && <Notice kind="error">Your basket is full. Check out or remove an item first.</Notice>}
      {inBasket !== undefined && inBasket > 0 && (
        <Notice kind="success">
          Added. You have {inBasket} in your basket. <Link href="/basket">Go to basket</Link>
        </Notice>
      )}
    </>
  );
}
