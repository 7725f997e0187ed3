import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { problem } from "../../../../domain/http";
import { PAGE_HEADER } from "../../../runtime/pageHeader";
import { reasonOf } from "../../../runtime/reasonOf";
import type { Log } from "../index/indexer";

type Response = APIGatewayProxyStructuredResultV2;
type Answer = (event: APIGatewayProxyEventV2) => Promise<Response>;

/** Renders a page of the storefront. Part of the storefront's build. */
export type RenderPage = (request: {
  /** Whole address: `https://www.example.com/products/p-1`. */
  url: string;
  /** Reads a path of the catalogue API: `/api/catalogue/products/p-1`. */
  read(path: string): Promise<{ status: number; body: unknown }>;
}) => Promise<{ status: number; html: string }>;

export interface PagesApiOptions {
  render: RenderPage;
  /** Answers `GET /api/catalogue/search`. */
  search: Answer;
  /** Answers `GET /api/catalogue/products/{productId}`. */
  products: Answer;
  /** Answers the sitemap below the origin of the store's address. */
  sitemap(origin: string, after: string | undefined): Promise<Response>;
  log: Log;
}

/**
 * CloudFront answers from its copy for a minute, then while a new one is made, and for a day if the Regions fail. Browsers ask each time,
 * because a copy names files of its release.
 */
const PAGE_CACHING = "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400";
/** A product that is added appears within seconds. */
const UNKNOWN_CACHING = "public, max-age=0, s-maxage=10";

/**
 * Answers pages of the storefront, which CloudFront names in `PAGE_HEADER`. On 503 CloudFront takes the page without content from the
 * bucket.
 */
export function createPagesApi({ render, search, products, sitemap, log }: PagesApiOptions): Answer {
  return async (event) => {
    const url = parseUrl(event.headers[PAGE_HEADER]);
    if (!url)
      return problem(400, { title: "No page named", detail: `The header ${PAGE_HEADER} must be a page's address.` });
    try {
      if (event.rawPath.endsWith(".xml")) return await sitemap(url.origin, url.searchParams.get("after") ?? undefined);
      const { status, html } = await render({ url: url.href, read: (path) => read(event, path) });
      return {
        statusCode: status,
        headers: {
          "content-type": "text/html; charset=utf-8",
          "cache-control": status === 200 ? PAGE_CACHING : UNKNOWN_CACHING,
        },
        body: html,
      };
    } catch (error) {
      log.error("Page not rendered", { path: event.rawPath, reason: reasonOf(error) });
      return problem(503, {
        title: "Page not rendered",
        detail: "The page can't be rendered at the moment. Try again.",
      });
    }
  };

  async function read(event: APIGatewayProxyEventV2, path: string): Promise<{ status: number; body: unknown }> {
    const { pathname, searchParams } = new URL(path, "https://store.invalid");
    const productId = /^\/api\/catalogue\/products\/([^/]+)$/.exec(pathname)?.[1];
    const request = {
      ...event,
      rawPath: pathname,
      rawQueryString: searchParams.toString(),
      headers: {},
      pathParameters: productId === undefined ? undefined : { productId: decodeURIComponent(productId) },
    };
    const { statusCode = 200, body = "" } = await (productId === undefined ? search : products)(request);
    return { status: statusCode, body: JSON.parse(body) };
  }
}

function parseUrl(address: string | undefined): URL | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
}
