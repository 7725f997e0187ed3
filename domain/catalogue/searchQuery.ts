import { type PriceRange, parsePriceRange, priceBounds } from "./priceRange";
import type { Availability } from "./product";
import { forgivenEdits, joinWords, queryWords, similarBeginnings } from "./queryWords";

/** What a shopper asks for. Values of one facet widen the result, different facets narrow it. */
export interface SearchRequest {
  /** Free text; without it every product matches. */
  q?: string;
  category?: string[];
  brand?: string[];
  availability?: Availability[];
  /** `FROM-TO` in minor units, `TO` excluded; either may be left out: `2500-5000`, `-2500`, `10000-`. */
  price?: string[];
  /** `name=value`. Values of one name widen the result, different names narrow it. */
  attribute?: string[];
  sort?: SortOrder;
  /** Products a page. */
  size?: number;
}

/** The orders that a result can have. `newest` is by last change. */
export const SORT_ORDERS = ["relevance", "price-asc", "price-desc", "newest", "name"] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

export const DEFAULT_PAGE_SIZE = 24;
export const MAX_PAGE_SIZE = 100;
export { MAX_QUERY_LENGTH, MAX_QUERY_WORDS } from "./queryWords";
export const MAX_FILTER_VALUES = 20;

/** A query of OpenSearch's DSL; what is inside is between these pure functions and the engine. */
export type Dsl = Record<string, unknown>;

/**
 * `exact` finds products that match every word, by meaning. `near` finds these first, and behind them products that
 * match some words or words like them. See `needsNear`.
 */
export type MatchMode = "exact" | "near";

/**
 * Start of the next page: the sort values of the last product, the id last; or, sorted by relevance, the number of products
 * to skip. Scores are no position: they change with every document, and not all engines return them exactly.
 */
export type Position = (string | number | null)[] | { skip: number };

/** Counts what the words alone find, before any filter of a facet. */
export const EVERYTHING = "everything";

const FACET_VALUES = 50;
const ATTRIBUTE_FACET_VALUES = 100;

/**
 * The body of a search.
 *
 * Facets count what would be found if the facet itself asked for nothing (the usual multi-select behaviour): filters of
 * facets are applied after the query (`post_filter`), and each facet counts under the filters of all the others.
 *
 * @param after where the previous page ended; facets are counted for the first page only.
 */
export function searchBody(request: SearchRequest, matching: MatchMode, after?: Position): Dsl {
  const filters = facetFilters(request);
  return {
    size: Math.min(request.size ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
    timeout: "3s",
    track_total_hits: after ? false : 10_000,
    _source: { excludes: ["attributeTerms", "compounds", "sortName", "live"] },
    query: {
      bool: {
        filter: [{ term: { live: true } }],
        must: request.q?.trim() ? [textQuery(queryWords(request.q), matching)] : [{ match_all: {} }],
      },
    },
    post_filter: all(filters.map(({ filter }) => filter)),
    sort: sortBy(request),
    ...(after
      ? continued(after)
      : { aggs: { ...facets(filters), ...(matching === "near" && wordCounts(request.q ?? "")) } }),
  };
}

const continued = (after: Position): Dsl => ("skip" in after ? { from: after.skip } : { search_after: after });

/** The order that a request means: without text there is no relevance to order by, so names do. */
export function effectiveSort(request: SearchRequest): SortOrder {
  const sort = request.sort ?? "relevance";
  return sort === "relevance" && !request.q?.trim() ? "name" : sort;
}

/** Ends with the id, so that the order is total and a page never repeats or skips a product. */
function sortBy(request: SearchRequest): Dsl[] {
  const tieBreak = { productId: "asc" };
  switch (effectiveSort(request)) {
    case "price-asc":
      return [{ "price.amount": "asc" }, tieBreak];
    case "price-desc":
      return [{ "price.amount": "desc" }, tieBreak];
    case "newest":
      return [{ updatedAt: "desc" }, tieBreak];
    case "name":
      return [{ sortName: "asc" }, tieBreak];
    case "relevance":
      return [{ _score: "desc" }, tieBreak];
  }
}

/**
 * Whether an exact search has to be followed by a near one: it found nothing, or the words are several and fill no page
 * by relevance. In any other order, close matches would stand among exact ones.
 *
 * @param found products that match every word, before any filter of a facet.
 */
export function needsNear(request: SearchRequest, found: number): boolean {
  if (!request.q?.trim()) return false;
  if (found === 0) return true;
  const isRanked = effectiveSort(request) === "relevance" && queryWords(request.q).length > 1;
  return isRanked && found < (request.size ?? DEFAULT_PAGE_SIZE);
}

const weightedFields = ["name^4", "brand.text^3", "category.text^2", "description"];

/** More than all other parts of a score together: products that match every word come first. */
const EXACT_FIRST = 10_000;
/** Products that match every word or one like it come next. */
const LIKE_ALL_FIRST = 1_000;

function textQuery(words: string[], matching: MatchMode): Dsl {
  if (words.length === 0) return { match_none: {} };
  const q = words.join(" ");
  // All words together may mean what none of them does alone: `water boiler`.
  const found = matching === "exact" ? everyWord(words) : any([everyWord(words), ...words.map(wordOrLikeIt)]);
  return {
    bool: {
      must: [found],
      should: [
        ...(matching === "near" ? [{ constant_score: { filter: everyWord(words), boost: EXACT_FIRST } }] : []),
        ...(matching === "near" && words.length > 1
          ? [{ constant_score: { filter: all(words.map(wordOrLikeIt)), boost: LIKE_ALL_FIRST } }]
          : []),
        { multi_match: { query: q, type: "best_fields", fields: weightedFields, tie_breaker: 0.3 } },
        { match_phrase: { name: { query: q, slop: 1, boost: 3 } } },
        { constant_score: { filter: { term: { availability: "in-stock" } }, boost: 0.5 } },
      ],
    },
  };
}

/** Every word as typed, or written as one with its neighbour. */
function everyWord(words: string[]): Dsl {
  const joined = joinWords(words).join(" ");
  const spellings = [words.join(" "), ...(joined === words.join(" ") ? [] : [joined])];
  return any(spellings.map((query) => ({ match: { text: { query, operator: "and" } } })));
}

/** A word by meaning, or a word like it: plain words only, since fuzzy beginnings match everything. */
function wordOrLikeIt(word: string): Dsl {
  const edits = forgivenEdits(word);
  const like = { query: word, fuzziness: edits, prefix_length: 0, max_expansions: 30, boost: 0.5 };
  return edits === 0
    ? asTyped(word)
    : { dis_max: { queries: [asTyped(word), { match: { "text.words": { ...like, operator: "and" } } }] } };
}

const asTyped = (word: string): Dsl => everyWord([word]);

/** Name of the aggregation that counts products with a word as typed. */
export const wordCount = (word: string) => `word:${word}`;

const wordCounts = (q: string): Dsl =>
  Object.fromEntries(queryWords(q).map((word) => [wordCount(word), { filter: asTyped(word) }]));

/** A filter and the facet that it belongs to; every attribute name is a facet of its own. */
interface FacetFilter {
  facet: string;
  filter: Dsl;
}

function facetFilters(request: SearchRequest): FacetFilter[] {
  const filters: FacetFilter[] = [];
  for (const facet of ["category", "brand", "availability"] as const) {
    const values = request[facet];
    if (values?.length) filters.push({ facet, filter: { terms: { [facet]: values } } });
  }
  if (request.price?.length) {
    const ranges = request.price.map(parsePriceRange).filter((range) => range !== undefined);
    filters.push({ facet: "price", filter: any(ranges.map(inPriceRange)) });
  }
  for (const [name, terms] of byAttribute(request.attribute ?? [])) {
    filters.push({ facet: `attribute:${name}`, filter: { terms: { attributeTerms: terms } } });
  }
  return filters;
}

function byAttribute(terms: string[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const term of terms) {
    const name = term.split("=", 1)[0]!;
    names.set(name, [...(names.get(name) ?? []), term]);
  }
  return names;
}

const inPriceRange = ({ from, to }: PriceRange): Dsl => ({
  range: { "price.amount": { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) } },
});

const any = (queries: Dsl[]): Dsl => ({ bool: { should: queries, minimum_should_match: 1 } });
const all = (queries: Dsl[]): Dsl => ({ bool: { filter: queries } });

function facets(filters: FacetFilter[]): Dsl {
  const under = (facet: string, aggs: Dsl): Dsl => ({
    filter: all(filters.filter((other) => other.facet !== facet).map(({ filter }) => filter)),
    aggs,
  });
  const values = (field: string, size: number, include?: string): Dsl => ({
    values: { terms: { field, size, ...(include && { include }) } },
  });
  const chosenAttributes = filters
    .map(({ facet }) => facet)
    .filter((facet) => facet.startsWith("attribute:"))
    .map((facet) => {
      const name = facet.slice("attribute:".length);
      return [facet, under(facet, values("attributeTerms", FACET_VALUES, `${escapeRegexp(name)}=.*`))];
    });
  return {
    [EVERYTHING]: { filter: { match_all: {} } },
    category: under("category", values("category", FACET_VALUES)),
    brand: under("brand", values("brand", FACET_VALUES)),
    availability: under("availability", values("availability", 5)),
    price: under("price", { values: { range: { field: "price.amount", keyed: false, ranges: priceBounds() } } }),
    attributes: under("", values("attributeTerms", ATTRIBUTE_FACET_VALUES)),
    ...Object.fromEntries(chosenAttributes),
  };
}

/** For Lucene's regular expressions, which have more operators than JavaScript's. */
const escapeRegexp = (literal: string) => literal.replace(/[^A-Za-z0-9]/g, "\\$&");

/** Suggestions a request may ask for. */
export const MAX_SUGGESTIONS = 20;

/**
 * The body of a request for suggestions: every typed word is the beginning of a word in the product's name, brand or
 * category. `near` is asked when nothing begins so, and forgives a typo in whole words and in the beginning being typed.
 */
export function suggestBody(q: string, size: number, matching: MatchMode): Dsl {
  const words = queryWords(q);
  return {
    // Products of one name are one suggestion: some to spare.
    size: Math.min(size, MAX_SUGGESTIONS) * 2,
    timeout: "1s",
    track_total_hits: false,
    _source: ["productId", "name", "brand", "category"],
    query: {
      bool: {
        filter: [{ term: { live: true } }],
        must: words.length === 0 ? [{ match_none: {} }] : matching === "exact" ? [begun(words)] : words.map(begunLike),
      },
    },
    sort: [{ _score: "desc" }, { sortName: "asc" }, { productId: "asc" }],
  };
}

const beginnings = ["name.beginnings^2", "brand.beginnings", "category.beginnings", "compounds.beginnings"];

function begun(words: string[]): Dsl {
  const fields = { type: "cross_fields", operator: "and", fields: beginnings };
  const joined = joinWords(words).join(" ");
  const asWritten = { multi_match: { query: words.join(" "), ...fields } };
  if (joined === words.join(" ")) return asWritten;
  return any([asWritten, { multi_match: { query: joined, ...fields } }]);
}

/** Fuzzy over whole words; a beginning is compared with similar beginnings exactly, which costs a look-up each. */
function begunLike(word: string, place: number, words: string[]): Dsl {
  const whole = wordOrLikeIt(word);
  const isLast = place === words.length - 1;
  const similar = isLast ? similarBeginnings(word) : [];
  return any([begun([word]), whole, ...(similar.length > 0 ? [{ terms: { "name.beginnings": similar } }] : [])]);
}
