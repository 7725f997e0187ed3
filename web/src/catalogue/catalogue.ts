import type { Product } from "../../../domain/catalogue/product";
import type { SearchAnswer, Suggestion } from "../../../domain/catalogue/searchResult";
import { call } from "../api";

/** The search that an address asks for: the same parameters as the API's. */
export function searchParameters(address: string): URLSearchParams {
  const asked = new URLSearchParams(address);
  const known = new URLSearchParams();
  for (const [name, value] of asked) {
    if (["q", "category", "brand", "availability", "price", "attribute", "sort"].includes(name))
      known.append(name, value);
  }
  return known;
}

export function search(parameters: URLSearchParams, cursor: string | undefined, signal: AbortSignal) {
  const query = new URLSearchParams(parameters);
  if (cursor) query.set("cursor", cursor);
  return call<SearchAnswer>(`/api/catalogue/search?${query}`, { signal });
}

export async function suggestions(q: string, signal: AbortSignal): Promise<Suggestion[]> {
  const answer = await call<{ suggestions: Suggestion[] }>(`/api/catalogue/suggest?${new URLSearchParams({ q })}`, {
    signal,
  });
  return answer.suggestions;
}

export function product(productId: string, signal: AbortSignal): Promise<Product> {
  return call(`/api/catalogue/products/${encodeURIComponent(productId)}`, { signal });
}

/** Adds or takes away one value of a facet. */
export function toggled(parameters: URLSearchParams, facet: string, value: string): URLSearchParams {
  const changed = new URLSearchParams(parameters);
  if (changed.has(facet, value)) changed.delete(facet, value);
  else changed.append(facet, value);
  return changed;
}
