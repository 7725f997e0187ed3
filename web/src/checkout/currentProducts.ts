import { useQueries } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError } from "../api";
import { type BasketLine, refreshBasket } from "../basket";
import { fetchProduct } from "../catalogue/catalogueApi";

/** Updates the basket from the catalogue. `gone` has the ids of products that can no longer be ordered. */
export function useCurrentProducts(lines: readonly BasketLine[]): { gone: ReadonlySet<string> } {
  const { products, missing } = useQueries({
    queries: lines.map(({ productId }) => ({
      queryKey: ["product", productId],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchProduct(productId, signal),
      refetchOnMount: "always" as const,
    })),
    // The combined result stays the same object until it changes.
    combine: (results) => ({
      products: results.flatMap(({ data }) => (data ? [data] : [])),
      missing: results.map(({ error }) => error instanceof ApiError && error.status === 404),
    }),
  });
  useEffect(() => refreshBasket(products), [products]);

  const unavailable = products.filter(({ availability }) => availability !== "in-stock");
  const unknown = lines.filter((_, index) => missing[index]);
  return { gone: new Set([...unavailable, ...unknown].map(({ productId }) => productId)) };
}
