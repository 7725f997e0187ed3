import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { READ_ALIAS } from "../../../../domain/catalogue/search/searchIndex";
import { type Dsl, searchBody } from "../../../../domain/catalogue/search/searchQuery";
import { type EngineAnswer, nothingFound, toAnswer } from "../../../../domain/catalogue/search/searchResult";
import { NO_RULES, type SearchRules } from "../../../../domain/catalogue/search/searchRules";
import {
  type ListedProduct,
  SITEMAP_STEP,
  SITEMAP_URLS,
  sitemapBody,
  toSitemap,
  toSitemapIndex,
} from "../../../../domain/catalogue/sitemap";
import { isMissingIndex, type Searcher } from "../index/openSearch";

export interface SitemapOptions {
  client: Searcher;
  /** Reads merchandisers' rules. Default: there are none. */
  rules?: () => Promise<SearchRules>;
}

const HEADERS = { "content-type": "application/xml; charset=utf-8", "cache-control": "public, max-age=3600" };

/** Answers the sitemap: without `after` the list of its files, otherwise the file of the products after that id. */
export function createSitemap({ client, rules = async () => NO_RULES }: SitemapOptions) {
  return async (origin: string, after: string | undefined): Promise<APIGatewayProxyStructuredResultV2> => {
    const hidden = await rules();
    const body = after === undefined ? await listFiles(origin, hidden) : await listUrls(origin, after, hidden);
    return { statusCode: 200, headers: HEADERS, body };
  };

  async function listFiles(origin: string, hidden: SearchRules): Promise<string> {
    const starts = [""];
    for (;;) {
      const found = await read(starts.at(-1)!, hidden);
      // The protocol allows no empty file.
      if (found.length === 0 && starts.length > 1) starts.pop();
      if (found.length < SITEMAP_URLS) return toSitemapIndex(origin, starts);
      starts.push(found.at(-1)!.productId);
    }
  }

  async function listUrls(origin: string, after: string, hidden: SearchRules): Promise<string> {
    const products = await read(after, hidden);
    const isFirst = after === "";
    return toSitemap(origin, { products, isFirst, categories: isFirst ? await listCategories(hidden) : [] });
  }

  /** Lists the categories that the search page filters by. */
  async function listCategories(hidden: SearchRules): Promise<string[]> {
    const request = { size: 1 };
    const found = await ask(searchBody(request, "exact", undefined, hidden));
    return toAnswer(request, "exact", found).facets?.category.map(({ value }) => value) ?? [];
  }

  /** Reads the products of one file. */
  async function read(after: string, hidden: SearchRules): Promise<ListedProduct[]> {
    const found: ListedProduct[] = [];
    while (found.length < SITEMAP_URLS) {
      const { hits } = (await ask(sitemapBody(found.at(-1)?.productId ?? after, hidden))).hits;
      const step = hits.map(({ _source }) => _source as ListedProduct);
      found.push(...step);
      if (step.length < SITEMAP_STEP) break;
    }
    return found;
  }

  async function ask(body: Dsl): Promise<EngineAnswer> {
    try {
      const answer = await client.search({ index: READ_ALIAS, body });
      // The request body selects the fields of `EngineAnswer`.
      return answer.body as unknown as EngineAnswer;
    } catch (error) {
      // No product has been indexed yet.
      if (isMissingIndex(error)) return nothingFound;
      throw error;
    }
  }
}
