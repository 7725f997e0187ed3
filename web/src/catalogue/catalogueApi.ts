import type { SearchAnswer, ShownProduct, Suggestion } from "../../../domain/catalogue/search/searchResult";
import { SEARCH_PARAMETERS } from "../../pages";
import { callApi } from "../publicApi";

/** Search of a page's address, whose parameters are those of the API. */
export function toSearchParameters(address: string): URLSearchParams {
  return pickParameters(new URLSearchParams(address), SEARCH_PARAMETERS);
}

export function pickParameters(parameters: URLSearchParams, names: string[]): URLSearchParams {
  return new URLSearchParams([...parameters].filter(([name]) => names.includes(name)));
}

export function searchProducts(parameters: URLSearchParams, cursor: string | undefined, signal: AbortSignal) {
  const query = new URLSearchParams(parameters);
  if (cursor) query.set("cursor", cursor);
  return callApi<SearchAnswer>(`/api/catalogue/search?${query}`, { signal });
}

/** Query of a search whose products are shown as tiles: one variant of each. */
export const toTileQuery = (parameters: URLSearchParams) => new URLSearchParams([...parameters, ["variants", "one"]]);

/** Most variants that a product's page offers. */
const MAX_VARIANTS = "100";

/** Query of all variants of a product. */
export const toVariantsQuery = (group: string) => new URLSearchParams({ group, size: MAX_VARIANTS });

export const VARIANTS = "variants";

export const variantsKey = (group: string) => [VARIANTS, group];

/** All variants of a product, as the index has them. */
export async function fetchVariants(group: string, signal: AbortSignal): Promise<ShownProduct[]> {
  return (await searchProducts(toVariantsQuery(group), undefined, signal)).products;
}

export async function fetchSuggestions(q: string, signal: AbortSignal): Promise<Suggestion[]> {
  const path = `/api/catalogue/suggest?${new URLSearchParams({ q })}`;
  return (await callApi<{ suggestions: Suggestion[] }>(path, { signal })).suggestions;
}

export function fetchProduct(productId: string, signal: AbortSignal): Promise<ShownProduct> {
  return callApi(`/api/catalogue/products/${encodeURIComponent(productId)}`, { signal });
}

export const productKey = (productId: string) => ["product", productId];

/** With the words apart, because products of other filters may stay until the new ones arrive. */
export const searchKey = (parameters: URLSearchParams) => ["search", parameters.get("q") ?? "", parameters.toString()];

/** Query of a row of products, which can be ordered. */
export const toRowQuery = (parameters: Record<string, string>) =>
  toTileQuery(new URLSearchParams({ ...parameters, availability: "in-stock" }));

export const rowKey = (query: URLSearchParams) => ["row", query.toString()];

/** Adds the facet's value, or removes it if it is there. */
export function toggleFacetValue(parameters: URLSearchParams, facet: string, value: string): URLSearchParams {
  const changed = new URLSearchParams(parameters);
  if (changed.has(facet, value)) changed.delete(facet, value);
  else changed.append(facet, value);
  return changed;
}
