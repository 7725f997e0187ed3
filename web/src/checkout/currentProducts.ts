import { useQueries } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError } from "../api";
import { type BasketLine, refreshBasket } from "../basket";
import { product } from "../catalogue/catalogue";

/** Asks the catalogue what the basket's products cost now, and which of them can't be ordered any more. */
export function useCurrentProducts(lines: readonly BasketLine[]): { gone: ReadonlySet<string> } {
  const { products, missing } = useQueries({
    queries: lines.map(({ productId }) => ({
      queryKey: ["product", productId],
      queryFn: ({ signal }: { signal: AbortSignal }) => product(productId, signal),
      refetchOnMount: "always" as const,
    })),
    // What it returns stays the same object until something in it changes.
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
