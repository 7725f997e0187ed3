import type { ShownStock } from "../../stock";
import { AVAILABILITIES, type Availability, type Product } from "../product";
import { sharedName, summarizeVariants, type VariantSummary } from "../variants";
import { encodeCursor, MAX_SKIP } from "./cursor";
import { didYouMean } from "./didYouMean";
import { formatPriceRange } from "./priceRange";
import { foldText, queryWords, supposedEdits } from "./queryWords";
import {
  DEFAULT_PAGE_SIZE,
  EVERYTHING,
  effectiveSort,
  type MatchMode,
  type Position,
  type SearchRequest,
  TILES,
  wordCount,
} from "./searchQuery";

/** A product as shoppers see it. */
export interface ShownProduct extends Product {
  /** Of a counted product, as the Region knows it. */
  stock?: ShownStock;
  /** In a search for one variant of each product: all of them. Absent if there is one. */
  variants?: VariantSummary;
}

/** A product in a search result. */
export type FoundProduct = Omit<ShownProduct, "deletedAt">;

/** One value of a facet, as the search parameter of the same name takes it. */
export interface FacetValue {
  value: string;
  count: number;
}

export interface Facets {
  category: FacetValue[];
  brand: FacetValue[];
  /** Sold-out products count as `out-of-stock`. */
  availability: FacetValue[];
  /** `FROM-TO` in minor units, `TO` excluded. Empty ranges are left out. */
  price: FacetValue[];
  /** By attribute name; the parameter is `attribute=NAME=VALUE`. */
  attributes: Record<string, FacetValue[]>;
}

export interface SearchAnswer {
  products: FoundProduct[];
  /** On the first page only. */
  total?: { count: number; orMore: boolean };
  /** On the first page only. */
  facets?: Facets;
  /** `near`: products that match every word come first, followed by products that match some words or similar ones. */
  matching: MatchMode;
  /** On the first page of a `near` result: number of products that match every word. By relevance they come first. */
  exactMatches?: number;
  /** On the first page of a `near` result: words that no product has as typed. */
  unmatchedWords?: string[];
  /** On the first page of a `near` result: the query with similar words of a found product in place of the unmatched ones. */
  didYouMean?: string;
  /** For the next page; absent on the last one. */
  cursor?: string;
}

export interface Suggestion {
  text: string;
  productId: string;
  brand: string;
  category: string;
}

/** Number of documents; in a collapsed result also of products without variants, and of groups. */
interface Count {
  doc_count: number;
  single?: { doc_count: number };
  groups?: { value: number };
}

interface Bucket extends Count {
  key: string | number;
  from?: number;
  to?: number;
}

type Aggregation = Count & { values?: { buckets: Bucket[] } } & Partial<Record<Availability, Count>>;

/** Returns the number of tiles: each variant's, or one for all variants of a product. */
const countOf = ({ doc_count, single, groups }: Count): number =>
  single && groups ? single.doc_count + groups.value : doc_count;

/** The parts of the engine's response that are read. */
export interface EngineAnswer {
  hits: {
    total?: { value: number; relation: string };
    hits: { _source?: unknown; sort?: unknown[] }[];
  };
  aggregations?: Record<string, Aggregation>;
}

/** Response without products, as before the first one is indexed. */
export const nothingFound: EngineAnswer = { hits: { total: { value: 0, relation: "eq" }, hits: [] } };

/** Returns the number of tiles that the words find, before facet filters. */
export function foundByWords(answer: EngineAnswer): number {
  const everything = answer.aggregations?.[EVERYTHING];
  return everything ? countOf(everything) : answer.hits.hits.length;
}

/** Counting stops here, as the engine's does. */
const MAX_COUNT = 10_000;

function totalOf({ hits: { total }, aggregations }: EngineAnswer): SearchAnswer["total"] {
  const tiles = aggregations?.[TILES];
  if (tiles) return { count: Math.min(countOf(tiles), MAX_COUNT), orMore: countOf(tiles) > MAX_COUNT };
  return total && { count: total.value, orMore: total.relation === "gte" };
}

/**
 * Converts the first page of a near result, with the number of exact matches and the unmatched words.
 *
 * @param supposed products of `supposedBody`, if the near search found none.
 */
export function toNearAnswer(
  request: SearchRequest,
  exact: EngineAnswer,
  near: EngineAnswer,
  supposed?: EngineAnswer,
): SearchAnswer {
  const count = (word: string) => near.aggregations?.[wordCount(word)]?.doc_count;
  const answer = toAnswer(request, "near", near);
  const { q = "", language } = request;
  const unmatchedWords = queryWords(q, language).filter((word) => count(word) === 0);
  const meant = supposed
    ? didYouMean(q, unmatchedWords, productsOf(supposed), language, supposedEdits)
    : didYouMean(q, unmatchedWords, answer.products, language);
  return {
    ...answer,
    exactMatches: totalOf(exact)?.count ?? 0,
    unmatchedWords,
    ...(meant !== undefined && { didYouMean: meant }),
  };
}

/** Converts the engine's response for the caller. */
export function toAnswer(
  request: SearchRequest,
  matching: MatchMode,
  answer: EngineAnswer,
  after?: Position,
): SearchAnswer {
  const { hits } = answer.hits;
  const total = totalOf(answer);
  const next = nextPosition(request, hits, after);
  return {
    products: productsOf(answer),
    ...(total && { total }),
    ...(answer.aggregations && { facets: toFacets(answer.aggregations) }),
    matching,
    ...(next && { cursor: encodeCursor(request, matching, next) }),
  };
}

function nextPosition(
  request: SearchRequest,
  hits: EngineAnswer["hits"]["hits"],
  after: Position | undefined,
): Position | undefined {
  if (hits.length < (request.size ?? DEFAULT_PAGE_SIZE)) return undefined;
  if (effectiveSort(request) !== "relevance" && request.variants !== "one")
    return hits.at(-1)?.sort as Position | undefined;
  const skip = (after && "skip" in after ? after.skip : 0) + hits.length;
  return skip <= MAX_SKIP ? { skip } : undefined;
}

function toFacets(aggregations: NonNullable<EngineAnswer["aggregations"]>): Facets {
  const buckets = (name: string) => aggregations[name]?.values?.buckets ?? [];
  const values = (name: string) =>
    buckets(name)
      .map((bucket) => ({ value: String(bucket.key), count: countOf(bucket) }))
      .sort((a, b) => b.count - a.count);
  const attributes = groupByAttribute(values("attributes"));
  for (const name of Object.keys(aggregations).filter((key) => key.startsWith("attribute:"))) {
    Object.assign(attributes, groupByAttribute(values(name)));
  }
  return {
    category: values("category"),
    brand: values("brand"),
    availability: AVAILABILITIES.map((value) => ({
      value,
      count: countOf(aggregations["availability"]?.[value] ?? { doc_count: 0 }),
    }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count),
    price: buckets("price")
      .filter(({ doc_count }) => doc_count > 0)
      .map(({ from, to, ...count }) => ({ value: formatPriceRange({ from, to }), count: countOf(count) })),
    attributes,
  };
}

function groupByAttribute(terms: FacetValue[]): Record<string, FacetValue[]> {
  const attributes = new Map<string, FacetValue[]>();
  for (const { value: term, count } of terms) {
    const separator = term.indexOf("=");
    const name = term.slice(0, separator);
    const values = attributes.get(name) ?? [];
    attributes.set(name, [...values, { value: term.slice(separator + 1), count }]);
  }
  return Object.fromEntries(attributes);
}

/** Returns the groups of some products. */
export function groupsOf(products: readonly Pick<FoundProduct, "group">[]): string[] {
  return [...new Set(products.flatMap(({ group }) => group ?? []))];
}

/** Adds to each product what is known of its variants. */
export function withVariants(answer: SearchAnswer, found: EngineAnswer): SearchAnswer {
  const variants = productsOf(found);
  return {
    ...answer,
    products: answer.products.map((product) => {
      const all = variants.filter(({ group }) => group !== undefined && group === product.group);
      return all.length > 1 ? { ...product, variants: summarizeVariants(product, all) } : product;
    }),
  };
}

/** Returns the products of a response. The indexer writes the documents; `_source` leaves out all fields that `FoundProduct` has not. */
export const productsOf = ({ hits: { hits } }: EngineAnswer): FoundProduct[] =>
  hits.map(({ _source }) => _source as FoundProduct);

/**
 * Converts found products to suggestions with distinct texts, best first. A product with variants is suggested by what their names share,
 * unless a typed word is the beginning of a word in which they differ: "kett" suggests "Kettle", "kettle bl" suggests "Kettle, black".
 *
 * @param variants all variants of the products.
 */
export function toSuggestions(
  products: readonly FoundProduct[],
  variants: readonly FoundProduct[],
  { q, language }: Pick<SearchRequest, "language"> & { q: string },
  size: number,
): Suggestion[] {
  const typed = queryWords(q, language).map(foldText);
  const byText = new Map<string, Suggestion>();
  for (const { productId, group, name, brand, category } of products) {
    const others = variants.filter((other) => group !== undefined && other.group === group);
    const shared = (others.length > 1 && sharedName(others.map((other) => other.name))) || name;
    const rest = foldText(name.slice(shared.length)).match(/[\p{L}\p{N}]+/gu) ?? [];
    const common = foldText([shared, brand, category].join(" ")).match(/[\p{L}\p{N}]+/gu) ?? [];
    const isBegun = (words: readonly string[], word: string) => words.some((one) => one.startsWith(word));
    const text = typed.some((word) => isBegun(rest, word) && !isBegun(common, word)) ? name : shared;
    if (!byText.has(text.toLowerCase())) byText.set(text.toLowerCase(), { text, productId, brand, category });
  }
  return [...byText.values()].slice(0, size);
}
