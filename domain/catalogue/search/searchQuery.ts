import { AVAILABILITIES, type Availability } from "../product";
import { type PriceRange, parsePriceRange, priceBounds } from "./priceRange";
import { forgivenEdits, joinPairs, joinWords, queryWords, similarBeginnings, supposedEdits } from "./queryWords";
import { NO_RULES, pinnedTo, type SearchRules, spellingsOf } from "./searchRules";
import type { SearchLanguage } from "./searchText";

/** Parameters of a search. Values of one facet widen the result, different facets narrow it. */
export interface SearchRequest {
  /** Free text. Absent: every product matches. */
  q?: string;
  category?: string[];
  brand?: string[];
  availability?: Availability[];
  /** `FROM-TO` in minor units, `TO` excluded; either may be left out: `2500-5000`, `-2500`, `10000-`. */
  price?: string[];
  /** `name=value`. Values of one name widen the result, different names narrow it. */
  attribute?: string[];
  /** Variants of these products. */
  group?: string[];
  sort?: SortOrder;
  /** `one`: the best variant of each product, and counts of products, not of variants. Default: `each`. */
  variants?: (typeof VARIANTS)[number];
  /** Products per page. */
  size?: number;
  /** Language of the index: the service sets it, no caller. Default: English. */
  language?: SearchLanguage;
}

/** Sort orders of a result. `newest` sorts by last change. */
export const SORT_ORDERS = ["relevance", "price-asc", "price-desc", "newest", "name"] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

export const VARIANTS = ["each", "one"] as const;

export const DEFAULT_PAGE_SIZE = 24;
export const MAX_PAGE_SIZE = 100;
export const MAX_FILTER_VALUES = 20;

/** A part of a request in OpenSearch's DSL. */
export type Dsl = Record<string, unknown>;

/**
 * Mode of a search. `exact` finds products that match every word, by meaning. `near` lists these first, followed by products
 * that match some words or similar ones. See `needsNear`.
 */
export type MatchMode = "exact" | "near";

/**
 * Start of the next page: the sort values of the last product, the id last; or, by relevance, the number of products to
 * skip. Scores can't be a position: they change with every document, and not all engines return them exactly.
 */
export type Position = (string | number | null)[] | { skip: number };

/** Name of the aggregation that counts the tiles of a result, under all filters. */
export const TILES = "tiles";

/** Name of the aggregation that counts the products found by the words alone, before any facet filter. */
export const EVERYTHING = "everything";

const FACET_VALUES = 50;
const ATTRIBUTE_FACET_VALUES = 100;

/**
 * Returns the body of a search request.
 *
 * Each facet counts the result without its own filter (the usual multi-select behaviour): facet filters are applied after
 * the query (`post_filter`), and each facet counts under the filters of all others.
 *
 * @param after end of the previous page; facets are counted on the first page only.
 * @param rules merchandisers' pins, boosts, hidden products and synonyms. Default: none.
 */
export function searchBody(
  request: SearchRequest,
  matching: MatchMode,
  after?: Position,
  rules: SearchRules = NO_RULES,
): Dsl {
  const filters = facetFilters(request);
  const isCollapsed = request.variants === "one";
  const isCounted = isCollapsed ? withTiles : unchanged;
  return {
    size: Math.min(request.size ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
    timeout: "3s",
    track_total_hits: after ? false : 10_000,
    _source: { excludes: ["attributeTerms", "compounds", "sortName", "tile", "live"] },
    query: {
      bool: {
        filter: [{ term: { live: true } }, ...(request.group?.length ? [{ terms: { group: request.group } }] : [])],
        must: request.q?.trim() ? [textQuery(request, matching, rules)] : [{ match_all: {} }],
        ...without(rules.hidden),
      },
    },
    post_filter: all(filters.map(({ filter }) => filter)),
    sort: sortBy(request),
    ...(isCollapsed && { collapse: { field: "tile" } }),
    ...(after
      ? continued(after)
      : { aggs: { ...facets(filters, isCounted), ...(matching === "near" && wordCounts(request)) } }),
  };
}

/** Leaves out hidden products, which then count in no facet either. */
const without = (hidden: readonly string[]): Dsl =>
  hidden.length > 0 ? { must_not: [{ terms: { productId: hidden } }] } : {};

const continued = (after: Position): Dsl => ("skip" in after ? { from: after.skip } : { search_after: after });

/** Returns the sort order of a request: without text there is no relevance, so the result is sorted by name. */
export function effectiveSort(request: SearchRequest): SortOrder {
  const sort = request.sort ?? "relevance";
  return sort === "relevance" && !request.q?.trim() ? "name" : sort;
}

/** Returns the sort keys. The id comes last, so that the order is total and no page repeats or skips a product. */
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
 * Returns true if a near search must follow the exact one: that found nothing, or it has several words, is sorted by
 * relevance and does not fill a page. In another order, close matches would be mixed with exact ones.
 *
 * @param found products that match every word, before any facet filter.
 */
export function needsNear(request: SearchRequest, found: number): boolean {
  if (!request.q?.trim()) return false;
  if (found === 0) return true;
  const isRanked = effectiveSort(request) === "relevance" && queryWords(request.q, request.language).length > 1;
  return isRanked && found < (request.size ?? DEFAULT_PAGE_SIZE);
}

const weightedFields = ["name^4", "brand.text^3", "category.text^2", "description"];

/** Boost of products that match every word, higher than the rest of a score: they come first. */
const EXACT_FIRST = 10_000;
/** Boost of products that match every word or a similar one: they come next. */
const LIKE_ALL_FIRST = 1_000;

/** Boost of the product pinned last; each one before it has one more. Higher than all others, and apart from them in single precision. */
const PINNED_FIRST = 100_000;

function textQuery({ q = "", language }: SearchRequest, matching: MatchMode, rules: SearchRules): Dsl {
  const words = queryWords(q, language);
  if (words.length === 0) return { match_none: {} };
  const pinned = pinnedTo(words, rules, language);
  const spellings = spellingsOf(words, rules, language);
  const asMeant = spellings.length > 1 ? any(spellings.map(everyWord)) : everyWord(words);
  // Words may have a meaning only together: `water boiler`.
  const found = matching === "exact" ? asMeant : any([asMeant, ...words.map(wordOrLikeIt)]);
  return {
    bool: {
      must: [pinned.length > 0 ? any([found, { terms: { productId: pinned } }]) : found],
      should: [
        ...(matching === "near" ? [{ constant_score: { filter: asMeant, boost: EXACT_FIRST } }] : []),
        ...(matching === "near" && words.length > 1
          ? [{ constant_score: { filter: all(words.map(wordOrLikeIt)), boost: LIKE_ALL_FIRST } }]
          : []),
        ...scoresOf(spellings.map((spelling) => spelling.join(" "))),
        { constant_score: { filter: shownAs("in-stock"), boost: 0.5 } },
        ...pinned.map((productId, place) => ({
          constant_score: { filter: { term: { productId } }, boost: PINNED_FIRST * (pinned.length - place) },
        })),
        ...rules.boosts.map(({ field, value, weight }) => ({
          constant_score: { filter: { term: { [field]: value } }, boost: weight },
        })),
      ],
    },
  };
}

/** Scores by the words in each field, and as a phrase in the name; with synonyms by the best spelling. */
function scoresOf([typed = "", ...others]: string[]): Dsl[] {
  const byFields = (query: string): Dsl => ({
    multi_match: { query, type: "best_fields", fields: weightedFields, tie_breaker: 0.3 },
  });
  const asPhrase = (query: string): Dsl => ({ match_phrase: { name: { query, slop: 1, boost: 3 } } });
  if (others.length === 0) return [byFields(typed), asPhrase(typed)];
  return [byFields, asPhrase].map((score) => ({ dis_max: { queries: [typed, ...others].map(score) } }));
}

/** Matches every word as typed, or joined with its neighbour. */
function everyWord(words: string[]): Dsl {
  const spellings = [...new Set([words.join(" "), joinWords(words).join(" "), ...joinPairs(words)])];
  return any(spellings.map((query) => ({ match: { text: { query, operator: "and" } } })));
}

/** Matches a word by meaning, or a similar plain word; fuzzy beginnings would match everything. */
function wordOrLikeIt(word: string): Dsl {
  const edits = forgivenEdits(word);
  const like = { query: word, fuzziness: edits, prefix_length: 0, max_expansions: 30, boost: 0.5 };
  return edits === 0
    ? asTyped(word)
    : { dis_max: { queries: [asTyped(word), { match: { "text.words": { ...like, operator: "and" } } }] } };
}

/**
 * Returns the body of a request for products that have a word like each word of the query, with more typos than a search forgives: not to be
 * shown, only to ask what was meant.
 */
export function supposedBody({ q = "", language }: SearchRequest, rules: SearchRules = NO_RULES): Dsl {
  const words = queryWords(q, language);
  const like = (word: string): Dsl => {
    // With the first letter right, because two wrong letters of five lead to many words.
    const fuzzy = {
      query: word,
      fuzziness: supposedEdits(word),
      prefix_length: 1,
      max_expansions: 30,
      operator: "and",
    };
    return any([asTyped(word), { match: { "text.words": fuzzy } }]);
  };
  return {
    size: DEFAULT_PAGE_SIZE,
    timeout: "1s",
    track_total_hits: false,
    _source: ["productId", "name", "brand", "category", "attributes"],
    query: { bool: { filter: [{ term: { live: true } }], must: words.map(like), ...without(rules.hidden) } },
    sort: [{ _score: "desc" }, { productId: "asc" }],
  };
}

const asTyped = (word: string): Dsl => everyWord([word]);

/** Returns the name of the aggregation that counts products with a word as typed. Names may not have `[`, `]` and `>`. */
export const wordCount = (word: string) => `word:${encodeURIComponent(word)}`;

const wordCounts = ({ q = "", language }: SearchRequest): Dsl =>
  Object.fromEntries(queryWords(q, language).map((word) => [wordCount(word), { filter: asTyped(word) }]));

/**
 * Matches products by the availability that shoppers see: a sold-out product is out of stock, whatever its merchandiser has
 * set. An index of an older mapping has no `stock`, so there the merchandiser's setting decides.
 */
function shownAs(availability: Availability): Dsl {
  const set = { term: { availability } };
  if (availability === "discontinued") return set;
  const soldOut = { term: { "stock.soldOut": true } };
  if (availability === "in-stock") return { bool: { filter: [set], must_not: [soldOut] } };
  return any([set, all([{ term: { availability: "in-stock" } }, soldOut])]);
}

/** A filter and its facet; every attribute name is its own facet. */
interface FacetFilter {
  facet: string;
  filter: Dsl;
}

function facetFilters(request: SearchRequest): FacetFilter[] {
  const filters: FacetFilter[] = [];
  for (const facet of ["category", "brand"] as const) {
    const values = request[facet];
    if (values?.length) filters.push({ facet, filter: { terms: { [facet]: values } } });
  }
  if (request.availability?.length) {
    filters.push({ facet: "availability", filter: any(request.availability.map(shownAs)) });
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

/** Adds the number of tiles to an aggregation's buckets: products without variants, and groups. */
type Counted = (aggregation: Dsl, precision?: number) => Dsl;

const unchanged: Counted = (aggregation) => aggregation;

/** Up to this many groups are counted exactly in a facet's value; each costs the engine eight bytes. */
const FACET_PRECISION = 3_000;
/** The engine's largest. */
const TOTAL_PRECISION = 40_000;

const withTiles: Counted = (aggregation, precision = FACET_PRECISION) => ({
  ...aggregation,
  aggs: {
    single: { missing: { field: "group" } },
    groups: { cardinality: { field: "group", precision_threshold: precision } },
  },
});

function facets(filters: FacetFilter[], counted: Counted): Dsl {
  const under = (facet: string, aggs: Dsl): Dsl => ({
    filter: all(filters.filter((other) => other.facet !== facet).map(({ filter }) => filter)),
    aggs,
  });
  const values = (field: string, size: number, include?: string): Dsl => ({
    values: counted({ terms: { field, size, ...(include && { include }) } }),
  });
  const chosenAttributes = filters
    .map(({ facet }) => facet)
    .filter((facet) => facet.startsWith("attribute:"))
    .map((facet) => {
      const name = facet.slice("attribute:".length);
      return [facet, under(facet, values("attributeTerms", FACET_VALUES, `${escapeRegexp(name)}=.*`))];
    });
  return {
    [EVERYTHING]: counted({ filter: { match_all: {} } }, TOTAL_PRECISION),
    ...(counted !== unchanged && {
      [TILES]: counted({ filter: all(filters.map(({ filter }) => filter)) }, TOTAL_PRECISION),
    }),
    category: under("category", values("category", FACET_VALUES)),
    brand: under("brand", values("brand", FACET_VALUES)),
    availability: under(
      "availability",
      Object.fromEntries(
        AVAILABILITIES.map((availability) => [availability, counted({ filter: shownAs(availability) })]),
      ),
    ),
    price: under("price", {
      values: counted({ range: { field: "price.amount", keyed: false, ranges: priceBounds() } }),
    }),
    attributes: under("", values("attributeTerms", ATTRIBUTE_FACET_VALUES)),
    ...Object.fromEntries(chosenAttributes),
  };
}

/** Escapes a text for Lucene's regular expressions, which have more operators than JavaScript's. */
const escapeRegexp = (literal: string) => literal.replace(/[^A-Za-z0-9]/g, "\\$&");

/** Most variants that are read for the products of a page. */
const MAX_VARIANTS = 1_000;

/** Returns the body of a request for all variants of some groups. */
export function variantsBody(groups: readonly string[], rules: SearchRules = NO_RULES): Dsl {
  return {
    size: MAX_VARIANTS,
    timeout: "1s",
    track_total_hits: false,
    _source: ["productId", "group", "name", "price", "availability", "stock"],
    query: { bool: { filter: [{ term: { live: true } }, { terms: { group: groups } }], ...without(rules.hidden) } },
    sort: [{ productId: "asc" }],
  };
}

/** Most suggestions per request. */
export const MAX_SUGGESTIONS = 20;

/**
 * Returns the body of a request for suggestions: every typed word is the beginning of a word in the product's name, brand
 * or category. `near`, for when that finds nothing, tolerates a typo in whole words and in the beginning being typed. Of the variants
 * of a product, only the best one is found.
 */
export function suggestBody(
  { q, language }: { q: string; language?: SearchLanguage },
  size: number,
  matching: MatchMode,
  rules: SearchRules = NO_RULES,
): Dsl {
  const words = queryWords(q, language);
  return {
    // Products with the same name make one suggestion, so more are requested than shown.
    size: Math.min(size, MAX_SUGGESTIONS) * 2,
    timeout: "1s",
    track_total_hits: false,
    _source: ["productId", "group", "name", "brand", "category"],
    collapse: { field: "tile" },
    query: {
      bool: {
        filter: [{ term: { live: true } }],
        must: words.length === 0 ? [{ match_none: {} }] : matching === "exact" ? [begun(words)] : words.map(begunLike),
        ...without(rules.hidden),
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

/** Matches a whole word fuzzily, or a similar beginning exactly, at the cost of one look-up each. */
function begunLike(word: string, place: number, words: string[]): Dsl {
  const whole = wordOrLikeIt(word);
  const isLast = place === words.length - 1;
  const similar = isLast ? similarBeginnings(word) : [];
  return any([begun([word]), whole, ...(similar.length > 0 ? [{ terms: { "name.beginnings": similar } }] : [])]);
}
