import { Link } from "wouter";
import type { ShownProduct } from "../../../domain/catalogue/search/searchResult";
import { Money } from "../parts/money";
import { Picture } from "../parts/picture";
import { money, text } from "../texts/texts";
import { isOffered, toAvailabilityLabel, toFewLeft } from "./stock";

/** Cards that are visible when the page opens. */
export const FIRST_CARDS = 4;

/** Fields of a product that its card shows. */
export type CardProduct = Pick<
  ShownProduct,
  "productId" | "group" | "name" | "brand" | "category" | "image" | "price" | "availability" | "stock" | "variants"
>;

/** Variants of one product, or the same one. */
export const isSameProduct = (a: CardProduct, b: CardProduct): boolean =>
  a.productId === b.productId || (a.group !== undefined && a.group === b.group);

interface ProductCardProps {
  product: CardProduct;
  isFirst?: boolean;
  /** One level below the heading of the list. */
  heading?: "h2" | "h3";
}

export function ProductCard({ product, isFirst = false, heading: Heading = "h2" }: ProductCardProps) {
  const { productId, name, brand, category, price, image, variants } = product;
  const hint = isOffered(product)
    ? !variants && toFewLeft(product)
    : !variants?.offered && toAvailabilityLabel(product);
  const isRange = variants && variants.lowest.amount < variants.highest.amount;
  return (
    <article className="card">
      <Picture name={name} category={category} src={image} isFirst={isFirst} />
      <Heading className="card-name">
        <Link href={`/products/${encodeURIComponent(productId)}`}>{variants?.name ?? name}</Link>
      </Heading>
      <p className="quiet">
        {brand}
        {variants && ` · ${text.product.variants(variants.count)}`}
      </p>
      <p className="card-foot">
        {isRange ? <span className="money">{text.product.from(money(variants.lowest))}</span> : <Money price={price} />}
        {hint && <span className="badge">{hint}</span>}
      </p>
    </article>
  );
}
