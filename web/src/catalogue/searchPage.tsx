import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { SORT_ORDERS, type SortOrder } from "../../../domain/catalogue/searchQuery";
import type { FoundProduct, SearchAnswer } from "../../../domain/catalogue/searchResult";
import { Money } from "../parts/money";
import { ErrorNotice, Notice, Waiting } from "../parts/notice";
import { Picture } from "../parts/picture";
import { useTitle } from "../parts/title";
import { search, searchParameters } from "./catalogue";
import { AVAILABILITY_LABELS, Facets } from "./facets";
import "./search.css";

const SORT_LABELS: Record<SortOrder, string> = {
  relevance: "Best match",
  "price-asc": "Price, low first",
  "price-desc": "Price, high first",
  newest: "Newest",
  name: "Name",
};

export function SearchPage() {
  const [, go] = useLocation();
  const parameters = searchParameters(useSearch());
  const q = parameters.get("q") ?? "";
  useTitle(q ? `“${q}”` : "All products");

  const found = useInfiniteQuery({
    queryKey: ["search", parameters.toString()],
    queryFn: ({ pageParam, signal }) => search(parameters, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });
  const change = (changed: URLSearchParams) => go(changed.size > 0 ? `/?${changed}` : "/");

  const first = found.data?.pages[0];
  const products = found.data?.pages.flatMap((page) => page.products) ?? [];
  const currency = products[0]?.price.currency ?? "USD";
  const narrowed = [...parameters.keys()].filter((name) => name !== "q" && name !== "sort").length;

  return (
    <div className="search-page">
      <aside aria-label="Narrow the search">
        {first?.facets && (
          // Open beside the products, closed above them on a phone.
          <details className="facets" open={matchMedia("(min-width: 50rem)").matches}>
            <summary>Filters{narrowed > 0 && <span className="count">{narrowed}</span>}</summary>
            {narrowed > 0 && (
              <button type="button" className="button-quiet" onClick={() => change(only(parameters, ["q", "sort"]))}>
                Clear all filters
              </button>
            )}
            <Facets counts={first.facets} parameters={parameters} currency={currency} onChange={change} />
          </details>
        )}
      </aside>
      <section aria-label="Products">
        <div className="search-head">
          <h1>{q ? `“${q}”` : "All products"}</h1>
          <p className="quiet" role="status">
            {first?.total && countLabel(first.total)}
          </p>
          <SortBy parameters={parameters} onChange={change} />
        </div>
        {first?.matching === "near" && products.length > 0 && <Notice>{nearNotice(q, first)}</Notice>}
        <ErrorNotice error={found.error} retry={() => found.refetch()} />
        {found.isPending && <Waiting what="Searching…" />}
        {first && products.length === 0 && <NothingFound q={q} narrowed={narrowed > 0} />}
        <ul className={found.isPlaceholderData ? "products stale" : "products"}>
          {products.map((product) => (
            <li key={product.productId}>
              <ProductCard product={product} />
            </li>
          ))}
        </ul>
        {found.hasNextPage && (
          <button
            type="button"
            className="more"
            disabled={found.isFetchingNextPage}
            onClick={() => found.fetchNextPage()}
          >
            {found.isFetchingNextPage ? "Loading…" : "Show more"}
          </button>
        )}
      </section>
    </div>
  );
}

function ProductCard({ product }: { product: FoundProduct }) {
  const { productId, name, brand, price, availability, image } = product;
  return (
    <article className="card">
      <Picture src={image} />
      <h2>
        <Link href={`/products/${encodeURIComponent(productId)}`}>{name}</Link>
      </h2>
      <p className="quiet">{brand}</p>
      <p className="card-foot">
        <Money price={price} />
        {availability !== "in-stock" && <span className="badge">{AVAILABILITY_LABELS[availability]}</span>}
      </p>
    </article>
  );
}

function SortBy({ parameters, onChange }: { parameters: URLSearchParams; onChange(changed: URLSearchParams): void }) {
  const id = useId();
  const orders = parameters.has("q") ? SORT_ORDERS : SORT_ORDERS.filter((order) => order !== "relevance");
  return (
    <div className="sort">
      <label htmlFor={id}>Sort by</label>
      <select
        id={id}
        value={parameters.get("sort") ?? (parameters.has("q") ? "relevance" : "name")}
        onChange={(event) => {
          const changed = new URLSearchParams(parameters);
          changed.set("sort", event.target.value);
          onChange(changed);
        }}
      >
        {orders.map((order) => (
          <option key={order} value={order}>
            {SORT_LABELS[order]}
          </option>
        ))}
      </select>
    </div>
  );
}

function NothingFound({ q, narrowed }: { q: string; narrowed: boolean }) {
  return (
    <div className="empty">
      <p>{q ? `Nothing was found for “${q}”.` : "Nothing was found."}</p>
      <p className="quiet">{narrowed ? "Take away a filter, or try other words." : "Try fewer or other words."}</p>
      <Link href="/">See all products</Link>
    </div>
  );
}

/** Says how far the result is what was asked for. */
function nearNotice(q: string, { exactMatches = 0, unmatchedWords = [] }: SearchAnswer): string {
  const unmatched = unmatchedWords.map((word) => `“${word}”`).join(", ");
  const missing = unmatched && ` No product matches ${unmatched}.`;
  if (exactMatches === 0) return `No exact matches for “${q}”. Showing close matches.${missing}`;
  const products = exactMatches === 1 ? "1 product matches" : `${exactMatches} products match`;
  return `${products} every word of “${q}” and come${exactMatches === 1 ? "s" : ""} first. Close matches follow.`;
}

function countLabel({ count, orMore }: NonNullable<SearchAnswer["total"]>): string {
  return `${count.toLocaleString("en")}${orMore ? " or more" : ""} ${count === 1 ? "product" : "products"}`;
}

function only(parameters: URLSearchParams, names: string[]): URLSearchParams {
  return new URLSearchParams([...parameters].filter(([name]) => names.includes(name)));
}
