import { useQueries } from "@tanstack/react-query";
import { useLayoutEffect } from "react";
import { type BasketLine, refreshBasket } from "../../basket";
import { fetchProduct } from "../../catalogue/catalogueApi";
import { isOffered, toFewLeft } from "../../catalogue/stock";
import { ApiError } from "../../publicApi";
import { text } from "../../texts/texts";

/**
 * Updates the basket from the catalogue. `gone` has the products that can't be ordered, as far as the page knows, with the
 * words for each.
 */
export function useCurrentProducts(lines: readonly BasketLine[]): { gone: ReadonlyMap<string, string> } {
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
  // Before the paint, so that no outdated price is shown beside the products' new state.
  useLayoutEffect(() => refreshBasket(products), [products]);

  const gone = new Map<string, string>();
  lines.forEach(({ productId, quantity }, index) => {
    const product = products.find((one) => one.productId === productId);
    const fewLeft = product && toFewLeft(product);
    if (missing[index]) gone.set(productId, text.product.gone);
    else if (product?.stock?.soldOut) gone.set(productId, text.product.soldOut);
    else if (product && !isOffered(product)) gone.set(productId, text.product.gone);
    else if (fewLeft && quantity > product.stock!.left!) gone.set(productId, fewLeft);
  });
  return { gone };
}
