import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { SORT_ORDERS, type SortOrder } from "../../../domain/catalogue/searchQuery";
import type { SearchAnswer } from "../../../domain/catalogue/searchResult";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { pickParameters, searchProducts, toSearchParameters } from "./catalogueApi";
import { Facets } from "./facets";
import { FIRST_CARDS, ProductCard } from "./productCard";
import "./search.css";

const SORT_LABELS: Record<SortOrder, string> = {
  relevance: "Best match",
  "price-asc": "Price: low to high",
  "price-desc": "Price: high to low",
  newest: "Newest",
  name: "Name",
};

/** @param isBelow the page's heading is above. */
export function SearchPage({ isBelow = false }: { isBelow?: boolean }) {
  const [, go] = useLocation();
  const parameters = toSearchParameters(useSearch());
  const q = parameters.get("q") ?? "";
  const title = q ? `Results for “${q}”` : "All products";
  useTitle(isBelow ? "Products for kitchen, desk and travels" : title);
  const Heading = isBelow ? "h2" : "h1";

  const found = useInfiniteQuery({
    queryKey: ["search", q, parameters.toString()],
    queryFn: ({ pageParam, signal }) => searchProducts(parameters, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    // Other filters may keep the products until the new ones arrive; another query's heading must not stand above them.
    placeholderData: (previous, query) => (query?.queryKey[1] === q ? previous : undefined),
  });
  const change = (changed: URLSearchParams) => go(changed.size > 0 ? `/?${changed}` : "/");

  // A failed search shows no products of the one before.
  const pages = found.isError ? [] : (found.data?.pages ?? []);
  const first = pages[0];
  const products = pages.flatMap((page) => page.products);
  const currency = products[0]?.price.currency ?? "USD";
  const filters = [...parameters.keys()].filter((name) => name !== "q" && name !== "sort").length;

  return (
    <div className="search-page">
      <section aria-label="Products" id="products" tabIndex={-1}>
        <div className="search-head">
          <Heading>{title}</Heading>
          {found.isPending ? (
            <Loading what="Searching…" />
          ) : (
            <p className="quiet" role="status">
              {first?.total && formatCount(first.total)}
            </p>
          )}
          <SortBy parameters={parameters} onChange={change} />
        </div>
        {first?.matching === "near" && products.length > 0 && <Notice>{describeCloseMatches(q, first)}</Notice>}
        <ErrorNotice error={found.error} retry={() => found.refetch()} />
        {first && products.length === 0 && <NothingFound q={q} isFiltered={filters > 0} />}
        <ul className={found.isPlaceholderData ? "products stale" : "products"} aria-busy={found.isPending}>
          {products.map((product, index) => (
            <li key={product.productId}>
              <ProductCard
                product={product}
                heading={isBelow ? "h3" : "h2"}
                isFirst={index < FIRST_CARDS && !isBelow}
              />
            </li>
          ))}
          {found.isPending && SKELETONS.map((key) => <li key={key} className="card skeleton" aria-hidden="true" />)}
        </ul>
        {found.hasNextPage && !found.isError && (
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
      <aside aria-label="Filters" id="filters" tabIndex={-1}>
        {/* Open beside the products, closed above them on a phone. */}
        <details className="facets" open={matchMedia("(min-width: 50rem)").matches}>
          <summary>Filters{filters > 0 && <span className="count">{filters}</span>}</summary>
          {filters > 0 && (
            <button
              type="button"
              className="button-quiet"
              onClick={() => change(pickParameters(parameters, ["q", "sort"]))}
            >
              Clear all filters
            </button>
          )}
          {first?.facets && (
            <Facets counts={first.facets} parameters={parameters} currency={currency} onChange={change} />
          )}
        </details>
      </aside>
    </div>
  );
}

const SKELETONS = Array.from({ length: 8 }, (_, index) => index);

function SortBy({ parameters, onChange }: { parameters: URLSearchParams; onChange(changed: URLSearchParams): void }) {
  const id = useId();
  const orders = parameters.has("q") ? SORT_ORDERS : SORT_ORDERS.filter((order) => order !== "relevance");
  return (
    <div className="sort">
      <label htmlFor={id}>Sort by</label>
      <select
        id={id}
        name="sort"
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

function NothingFound({ q, isFiltered }: { q: string; isFiltered: boolean }) {
  return (
    <div className="empty">
      <p>{q ? `No results for “${q}”.` : "No products found."}</p>
      <p className="quiet">{isFiltered ? "Remove a filter or try other words." : "Try fewer or different words."}</p>
      <Link href="/">See all products</Link>
    </div>
  );
}

function describeCloseMatches(q: string, { exactMatches = 0, unmatchedWords = [] }: SearchAnswer): string {
  const unmatched = unmatchedWords.map((word) => `“${word}”`).join(", ");
  const missing = unmatched && ` No product matches ${unmatched}.`;
  if (exactMatches === 0) return `No exact matches for “${q}”. Showing close matches.${missing}`;
  const products = exactMatches === 1 ? "1 product matches" : `${exactMatches} products match`;
  return `${products} every word of “${q}” and come${exactMatches === 1 ? "s" : ""} first. Close matches follow.`;
}

function formatCount({ count, orMore }: NonNullable<SearchAnswer["total"]>): string {
  return `${count.toLocaleString("en")}${orMore ? " or more" : ""} ${count === 1 ? "product" : "products"}`;
}
