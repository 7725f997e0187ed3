import { Link } from "wouter";
import type { ShownProduct } from "../../../domain/catalogue/searchResult";
import { Money } from "../parts/money";
import { Picture } from "../parts/picture";
import { isOffered, toAvailabilityLabel, toFewLeft } from "./stock";

/** Cards that are visible when the page opens. */
export const FIRST_CARDS = 4;

/** Fields of a product that its card shows. */
export type CardProduct = Pick<
  ShownProduct,
  "productId" | "name" | "brand" | "category" | "image" | "price" | "availability" | "stock"
>;

interface ProductCardProps {
  product: CardProduct;
  isFirst?: boolean;
  /** One level below the heading of the list. */
  heading?: "h2" | "h3";
}

export function ProductCard({ product, isFirst = false, heading: Heading = "h2" }: ProductCardProps) {
  const { productId, name, brand, category, price, image } = product;
  const hint = isOffered(product) ? toFewLeft(product) : toAvailabilityLabel(product);
  return (
    <article className="card">
      <Picture name={name} category={category} src={image} isFirst={isFirst} />
      <Heading className="card-name">
        <Link href={`/products/${encodeURIComponent(productId)}`}>{name}</Link>
      </Heading>
      <p className="quiet">{brand}</p>
      <p className="card-foot">
        <Money price={price} />
        {hint && <span className="badge">{hint}</span>}
      </p>
    </article>
  );
}
