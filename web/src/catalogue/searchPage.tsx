import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { SORT_ORDERS } from "../../../domain/catalogue/search/searchQuery";
import type { SearchAnswer } from "../../../domain/catalogue/search/searchResult";
import { useHead } from "../parts/head";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { Select } from "../parts/select";
import { pickParameters, searchKey, searchProducts, toSearchParameters, toTileQuery } from "./catalogueApi";
import { Facets, toCategoryLabel } from "./facets";
import { FIRST_CARDS, ProductCard } from "./productCard";
import "./search.css";
import { locale, text } from "../texts/texts";

/** @param isBelow the page's heading is above. */
export function SearchPage({ isBelow = false }: { isBelow?: boolean }) {
  const [, go] = useLocation();
  const parameters = toSearchParameters(useSearch());
  const q = parameters.get("q") ?? "";
  const categories = parameters.getAll("category");
  const category = categories.length === 1 ? categories[0]! : undefined;
  const ofCategory = category === undefined ? text.search.allProducts : toCategoryLabel(category);
  const title = q ? text.search.results(q) : ofCategory;
  const name = isBelow ? text.search.landingTitle : title;
  useTitle(name);
  // Words, sort orders and other filters make copies of a category's page.
  useHead({
    title: name,
    canonical: category !== undefined && !q ? `/?${new URLSearchParams({ category })}` : "/",
  });
  const Heading = isBelow ? "h2" : "h1";
  // Open beside the products, closed above them on a phone.
  const [areFiltersOpen, openFilters] = useState(() => matchMedia("(min-width: 50rem)").matches);

  const found = useInfiniteQuery({
    queryKey: searchKey(parameters),
    queryFn: ({ pageParam, signal }) => searchProducts(toTileQuery(parameters), pageParam, signal),
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
      <section aria-label={text.search.products} id="products" tabIndex={-1}>
        <div className="search-head">
          <Heading>{title}</Heading>
          {found.isPending ? (
            <Loading what={text.search.searching} />
          ) : (
            <p className="quiet" role="status">
              {first?.total && formatCount(first.total)}
            </p>
          )}
          <SortBy parameters={parameters} onChange={change} />
        </div>
        {first?.matching === "near" && products.length > 0 && (
          <Notice>
            {describeCloseMatches(q, first)}
            {first.didYouMean && <DidYouMean q={first.didYouMean} parameters={parameters} />}
          </Notice>
        )}
        <ErrorNotice error={found.error} retry={() => found.refetch()} />
        {first && products.length === 0 && (
          <NothingFound q={q} answer={first} parameters={parameters} isFiltered={filters > 0} />
        )}
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
            {found.isFetchingNextPage ? text.states.loading : text.search.more}
          </button>
        )}
      </section>
      <aside aria-label={text.search.filters} id="filters" tabIndex={-1}>
        {/* Rendered when they are open: hundreds of elements that a phone rarely shows. */}
        <details className="facets" open={areFiltersOpen} onToggle={(event) => openFilters(event.currentTarget.open)}>
          <summary>
            {text.search.filters}
            {filters > 0 && <span className="count">{filters}</span>}
          </summary>
          {filters > 0 && (
            <button
              type="button"
              className="button-quiet"
              onClick={() => change(pickParameters(parameters, ["q", "sort"]))}
            >
              {text.search.clear}
            </button>
          )}
          {areFiltersOpen && first?.facets && (
            <Facets counts={first.facets} parameters={parameters} currency={currency} onChange={change} />
          )}
        </details>
      </aside>
    </div>
  );
}

/** Link to the search that the shopper probably meant, with the same filters. */
function DidYouMean({ q, parameters }: { q: string; parameters: URLSearchParams }) {
  const meant = new URLSearchParams(parameters);
  meant.set("q", q);
  return (
    <>
      {" "}
      {text.search.didYouMean} <Link href={`/?${meant}`}>{q}</Link>
    </>
  );
}

const SKELETONS = Array.from({ length: 8 }, (_, index) => index);

function SortBy({ parameters, onChange }: { parameters: URLSearchParams; onChange(changed: URLSearchParams): void }) {
  const orders = parameters.has("q") ? SORT_ORDERS : SORT_ORDERS.filter((order) => order !== "relevance");
  return (
    <Select
      className="sort"
      label={text.search.sortBy}
      name="sort"
      value={parameters.get("sort") ?? (parameters.has("q") ? "relevance" : "name")}
      options={orders.map((order) => [order, text.search.sort[order]])}
      onChange={(sort) => {
        const changed = new URLSearchParams(parameters);
        changed.set("sort", sort);
        onChange(changed);
      }}
    />
  );
}

interface NothingFoundProps {
  q: string;
  answer: SearchAnswer;
  parameters: URLSearchParams;
  isFiltered: boolean;
}

function NothingFound({ q, answer, parameters, isFiltered }: NothingFoundProps) {
  return (
    <div className="empty">
      <p>
        {text.search.nothing(q)}
        {answer.didYouMean && <DidYouMean q={answer.didYouMean} parameters={parameters} />}
      </p>
      <p className="quiet">{isFiltered ? text.search.removeFilter : text.search.otherWords}</p>
      <Link href="/">{text.frame.allProducts}</Link>
    </div>
  );
}

function describeCloseMatches(q: string, { exactMatches = 0, unmatchedWords = [] }: SearchAnswer): string {
  if (exactMatches > 0) return text.search.exactFirst(exactMatches, q);
  // A single word is in the sentence before.
  const dropsSome = unmatchedWords.length > 0 && q.trim().includes(" ");
  const sentences = [text.search.closeOnly(q), dropsSome && text.search.noProductHas(unmatchedWords)];
  return sentences.filter(Boolean).join(" ");
}

function formatCount({ count, orMore }: NonNullable<SearchAnswer["total"]>): string {
  return text.search.count(count, count.toLocaleString(locale()), orMore ?? false);
}
