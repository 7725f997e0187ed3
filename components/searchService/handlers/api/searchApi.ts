import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as operations from "../../../../domain/catalogue/operations.compiled";
import { decodeCursor, fingerprint } from "../../../../domain/catalogue/search/cursor";
import { READ_ALIAS } from "../../../../domain/catalogue/search/searchIndex";
import {
  type Dsl,
  type MatchMode,
  needsNear,
  type SearchRequest,
  searchBody,
  suggestBody,
  supposedBody,
  variantsBody,
} from "../../../../domain/catalogue/search/searchQuery";
import {
  type EngineAnswer,
  type FoundProduct,
  foundByWords,
  groupsOf,
  nothingFound,
  productsOf,
  type SearchAnswer,
  toAnswer,
  toNearAnswer,
  toSuggestions,
  withVariants,
} from "../../../../domain/catalogue/search/searchResult";
import { NO_RULES, type SearchRules } from "../../../../domain/catalogue/search/searchRules";
import type { SearchLanguage } from "../../../../domain/catalogue/search/searchText";
import { json, problem, validator } from "../../../../domain/http";
import { reasonOf } from "../../../runtime/reasonOf";
import type { Log } from "../index/indexer";
import { isMissingIndex, isMissingTile, type Searcher, withRetries } from "../index/openSearch";

export interface SearchApiOptions {
  client: Searcher;
  region: string;
  log: Log;
  /** Reads merchandisers' rules. Default: there are none. */
  rules?: () => Promise<SearchRules>;
  /** Language of the index. Default: English. */
  language?: SearchLanguage;
}

type Response = APIGatewayProxyStructuredResultV2;

const noRules = async () => NO_RULES;

/** Lets CloudFront answer repeated searches; changes are visible at most this much later. */
const SEARCH_CACHING = { "cache-control": "public, max-age=5" };
const SUGGEST_CACHING = { "cache-control": "public, max-age=60" };

/** Two attempts fit into the function's time-out; shoppers leave a slower page. */
const RETRIES = { attempts: 2, firstWaitMs: 100 };

/**
 * Answers `GET …/search`, `…/suggest` and `…/health`.
 *
 * @example
 * const answer = createSearchApi({ client, region, log });
 * return answer(event);
 */
export function createSearchApi(options: SearchApiOptions) {
  const search = searchOf(options);
  const suggest = suggestOf(options);
  return async (event: APIGatewayProxyEventV2): Promise<Response> => {
    try {
      if (event.rawPath.endsWith("/health")) return await health(options);
      return await (event.rawPath.endsWith("/suggest") ? suggest(event) : search(event));
    } catch (error) {
      options.log.error("Search failed", { path: event.rawPath, reason: reasonOf(error) });
      return problem(
        503,
        {
          title: "Search unavailable",
          detail: "Products can't be searched at the moment. Try again in a few seconds.",
        },
        { "retry-after": "3" },
      );
    }
  };
}

function searchOf({ client, language, log, rules: readRules = noRules }: SearchApiOptions) {
  const check = validator<undefined, SearchRequest & { cursor?: string }>(operations.searchProducts);
  return async (event: APIGatewayProxyEventV2): Promise<Response> => {
    const checked = check(event);
    if (!checked.ok) return checked.response;
    const { cursor, ...parameters } = checked.parameters;
    const request = { ...parameters, ...(language && { language }) };
    const page = cursor === undefined ? undefined : decodeCursor(request, cursor);
    if (cursor !== undefined && !page) {
      return problem(400, {
        title: "Cursor not usable",
        detail: "The cursor is damaged or belongs to another search. Request the first page without a cursor.",
      });
    }
    // Every page reads the same copy of the index: scores differ slightly between copies.
    const preference = fingerprint(request);
    const rules = await readRules();
    const found = async (answer: SearchAnswer) => {
      const isCollapsed = request.variants === "one";
      if (!isCollapsed) return json(200, answer, SEARCH_CACHING);
      // Number, prices and availability of all variants.
      const variants = await readVariants({ client, log }, answer.products, rules);
      return json(200, withVariants(answer, variants), SEARCH_CACHING);
    };
    if (page) {
      const answer = await ask(client, searchBody(request, page.matching, page.after, rules), preference);
      return found(toAnswer(request, page.matching, answer, page.after));
    }
    const exact = await ask(client, searchBody(request, "exact", undefined, rules), preference);
    if (!needsNear(request, foundByWords(exact))) return found(toAnswer(request, "exact", exact));
    const near = await ask(client, searchBody(request, "near", undefined, rules), preference);
    // No close matches beside the exact ones: these are the whole result.
    if (foundByWords(near) > 0 && foundByWords(near) === foundByWords(exact)) {
      return found(toAnswer(request, "exact", exact));
    }
    const supposed = foundByWords(near) > 0 ? undefined : await readSupposed({ client, log }, request, rules);
    return found(toNearAnswer(request, exact, near, supposed));
  };
}

/** Reads products with words like those of the query. Without the answer nothing is asked. */
async function readSupposed(
  { client, log }: Pick<SearchApiOptions, "client" | "log">,
  request: SearchRequest,
  rules: SearchRules,
): Promise<EngineAnswer> {
  try {
    return await ask(client, supposedBody(request, rules));
  } catch (error) {
    log.warn("Reading similar words failed", { reason: reasonOf(error) });
    return nothingFound;
  }
}

/** Reads all variants of some products, by one request. Without its answer the caller shows less. */
async function readVariants(
  { client, log }: Pick<SearchApiOptions, "client" | "log">,
  products: readonly FoundProduct[],
  rules: SearchRules,
): Promise<EngineAnswer> {
  const groups = groupsOf(products);
  if (groups.length === 0) return nothingFound;
  try {
    return await ask(client, variantsBody(groups, rules));
  } catch (error) {
    log.warn("Reading variants failed", { reason: reasonOf(error) });
    return nothingFound;
  }
}

function suggestOf({ client, log, language, rules: readRules = noRules }: SearchApiOptions) {
  const check = validator<undefined, { q: string; size?: number }>(operations.suggestProducts);
  return async (event: APIGatewayProxyEventV2): Promise<Response> => {
    const checked = check(event);
    if (!checked.ok) return checked.response;
    const { q, size = 8 } = checked.parameters;
    if (!q.trim()) return json(200, { suggestions: [] });
    const rules = await readRules();
    for (const matching of ["exact", "near"] as const satisfies MatchMode[]) {
      const products = productsOf(await ask(client, suggestBody({ q, language }, size, matching, rules)));
      if (products.length === 0) continue;
      const variants = productsOf(await readVariants({ client, log }, products, rules));
      return json(200, { suggestions: toSuggestions(products, variants, { q, language }, size) }, SUGGEST_CACHING);
    }
    return json(200, { suggestions: [] });
  };
}

/** Answers the health check by the cheapest search: it fails when searches do. */
async function health({ client, region, log }: SearchApiOptions): Promise<Response> {
  try {
    await ask(client, { size: 0, track_total_hits: false, query: { match_all: {} } });
    return json(200, { status: "ok", region });
  } catch (error) {
    log.warn("Health check failed", { reason: reasonOf(error) });
    return json(503, { status: "unavailable", region });
  }
}

async function ask(client: Searcher, body: Dsl, preference?: string): Promise<EngineAnswer> {
  try {
    const answer = await withRetries(RETRIES, () => client.search({ index: READ_ALIAS, body, preference }));
    // The request body selects the fields of `EngineAnswer`.
    return answer.body as unknown as EngineAnswer;
  } catch (error) {
    // No product has been indexed yet.
    if (isMissingIndex(error)) return nothingFound;
    // The index in use has an older mapping: until the next rebuild each variant is a separate product.
    if (isMissingTile(error) && body["collapse"]) {
      const { collapse: _, ...rest } = body;
      return ask(client, rest, preference);
    }
    throw error;
  }
}
