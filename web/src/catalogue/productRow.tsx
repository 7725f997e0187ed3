import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { rowKey, searchProducts, toRowQuery } from "./catalogueApi";
import { type CardProduct, isSameProduct, ProductCard } from "./productCard";

const ROW_SIZE = 6;

const SKELETONS = Array.from({ length: ROW_SIZE }, (_, index) => index);

interface ProductRowProps {
  title: string;
  products: readonly CardProduct[] | undefined;
  /** The row is visible when the page opens. */
  isFirst?: boolean;
}

/** Heading with a few products. Keeps its place while they load. */
export function ProductRow({ title, products, isFirst = false }: ProductRowProps) {
  const id = useId();
  if (products?.length === 0) return null;
  return (
    <section className="row" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul className="row-products" aria-busy={!products}>
        {products
          ? products.map((product) => (
              <li key={product.productId}>
                <ProductCard product={product} isFirst={isFirst} heading="h3" />
              </li>
            ))
          : SKELETONS.map((key) => <li key={key} className="card skeleton" aria-hidden="true" />)}
      </ul>
    </section>
  );
}

/** First products of a search, in stock, one variant of each; `undefined` while they load, none if the search fails. */
export function useRow(parameters: Record<string, string>, without?: CardProduct): CardProduct[] | undefined {
  const query = toRowQuery(parameters);
  const found = useQuery({
    queryKey: rowKey(query),
    queryFn: ({ signal }) => searchProducts(query, undefined, signal),
    staleTime: 300_000,
  });
  if (found.isError) return [];
  return found.data?.products.filter((product) => !without || !isSameProduct(product, without)).slice(0, ROW_SIZE);
}
