import { escapeMarkup } from "../text/escapeMarkup";
import type { SearchRules } from "./search/searchRules";

/** URLs of one file. The protocol allows 50,000; a function's response must stay below 6 MB. */
export const SITEMAP_URLS = 20_000;

/** Products of one request to the engine, its limit. */
export const SITEMAP_STEP = 10_000;

/** A product as the sitemap lists it. */
export interface ListedProduct {
  productId: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
}

interface Entry {
  url: string;
  /** ISO 8601 UTC. */
  lastChange?: string;
}

/** Returns the body of a request for the products after an id, by id. Hidden products are left out, as from searches. */
export function sitemapBody(after: string, { hidden }: Pick<SearchRules, "hidden">) {
  return {
    size: SITEMAP_STEP,
    timeout: "5s",
    track_total_hits: false,
    _source: ["productId", "updatedAt"],
    query: {
      bool: {
        filter: [{ term: { live: true } }],
        ...(hidden.length > 0 && { must_not: [{ terms: { productId: hidden } }] }),
      },
    },
    sort: [{ productId: "asc" }],
    search_after: [after],
  };
}

/**
 * Formats the file that names the files of URLs. Each begins after the last product of the one before.
 *
 * @param starts ids after which the files begin; the first is empty.
 */
export function toSitemapIndex(origin: string, starts: readonly string[]): string {
  const files = starts.map((after) => ({ url: `${origin}/sitemap.xml?after=${encodeURIComponent(after)}` }));
  return toXml("sitemapindex", "sitemap", files);
}

interface SitemapContent {
  products: readonly ListedProduct[];
  /** The file has the landing page. */
  isFirst?: boolean;
  categories?: readonly string[];
}

/** Formats a file of URLs; the first one has the landing page and the categories. */
export function toSitemap(origin: string, { products, isFirst = false, categories = [] }: SitemapContent): string {
  const pages = categories.map((category) => ({ url: `${origin}/?${new URLSearchParams({ category })}` }));
  return toXml("urlset", "url", [
    ...(isFirst ? [{ url: `${origin}/` }] : []),
    ...pages,
    ...products.map(({ productId, updatedAt }) => ({
      url: `${origin}/products/${encodeURIComponent(productId)}`,
      lastChange: updatedAt,
    })),
  ]);
}

function toXml(root: string, element: string, entries: readonly Entry[]): string {
  const lines = entries.map(({ url, lastChange }) => {
    const changed = lastChange === undefined ? "" : `<lastmod>${escapeMarkup(lastChange)}</lastmod>`;
    return `<${element}><loc>${escapeMarkup(url)}</loc>${changed}</${element}>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`,
    ...lines,
    `</${root}>`,
    "",
  ].join("\n");
}
