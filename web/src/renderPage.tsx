import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { Router } from "wouter";
import { escapeMarkup } from "../../domain/text/escapeMarkup";
import { App } from "./app";
import {
  productKey,
  rowKey,
  searchKey,
  toRowQuery,
  toSearchParameters,
  toTileQuery,
  toVariantsQuery,
  variantsKey,
} from "./catalogue/catalogueApi";
import { NEWEST } from "./catalogue/homePage";
import { MARK, type Tag, toDocumentTitle, toHeadTags, toJson } from "./parts/head";
import { ANSWERS_ID, type KeptAnswer } from "./parts/keptAnswers";
import { collectHead } from "./parts/rendering";
import { ApiError } from "./publicApi";

/** `index.html` of the same build. Written by the build (`vite.config.ts`). */
declare const SHELL: string;

export interface PageRequest {
  /** Whole address: `https://www.example.com/products/p-1`. */
  url: string;
  /** Reads one of the store's public APIs, such as `/api/catalogue/products/p-1`. */
  read(path: string): Promise<{ status: number; body: unknown }>;
}

/**
 * Renders a page as a browser shows it first: its head, its content, and the answers of the APIs that it was made from, so that
 * the page in the browser begins with them.
 *
 * @throws if an API fails that the page can't do without.
 */
export async function renderPage({ url, read }: PageRequest): Promise<{ status: number; html: string }> {
  const { pathname, search, origin } = new URL(url);
  const client = new QueryClient({ defaultOptions: { queries: { retryOnMount: false } } });
  const { answers, unknown } = await readAnswers(pathname, search, read);
  for (const [key, answer] of answers) client.setQueryData(key, answer);
  if (unknown) {
    const state = { status: "error", error: new ApiError(404, {}), fetchStatus: "idle" } as const;
    client.getQueryCache().build(client, { queryKey: unknown }).setState(state);
  }
  const { result, title, head } = collectHead(origin, () =>
    renderToStaticMarkup(
      <QueryClientProvider client={client}>
        <Router ssrPath={pathname} ssrSearch={search}>
          <App />
        </Router>
      </QueryClientProvider>,
    ),
  );
  const isPage = /^\/(products\/[^/]+\/?)?$/.test(pathname);
  const status = isPage && !unknown ? 200 : 404;
  const tags = toHeadTags(head ?? { isUnlisted: status === 404 }, origin);
  return { status, html: fillShell({ title, tags, content: result, answers }) };
}

interface Answers {
  answers: KeptAnswer[];
  /** Key of a product that does not exist. */
  unknown?: readonly string[];
}

async function readAnswers(pathname: string, search: string, read: PageRequest["read"]): Promise<Answers> {
  const productId = /^\/products\/([^/]+)\/?$/.exec(decodePath(pathname))?.[1];
  if (productId !== undefined) return readProduct(productId, read);
  return pathname === "/" ? { answers: await readSearch(search, read) } : { answers: [] };
}

async function readProduct(productId: string, read: PageRequest["read"]): Promise<Answers> {
  const key = productKey(productId);
  const product = await readOrFail(`/api/catalogue/products/${encodeURIComponent(productId)}`, read);
  if (!product) return { answers: [], unknown: key };
  const { category, group } = product as { category: string; group?: string };
  const [variants, row] = await Promise.all([
    group === undefined ? [] : readVariants(group, read),
    readRow({ category }, read),
  ]);
  return { answers: [[key, product], ...variants, ...row] };
}

async function readSearch(search: string, read: PageRequest["read"]): Promise<KeptAnswer[]> {
  const parameters = toSearchParameters(search);
  const [found, newest] = await Promise.all([
    readOrFail(`/api/catalogue/search?${toTileQuery(parameters)}`, read),
    parameters.size === 0 ? readRow(NEWEST, read) : [],
  ]);
  return found ? [[searchKey(parameters), { pages: [found], pageParams: [null] }], ...newest] : newest;
}

async function readRow(parameters: Record<string, string>, read: PageRequest["read"]): Promise<KeptAnswer[]> {
  const query = toRowQuery(parameters);
  const row = await readIfQuick(query, read);
  return row ? [[rowKey(query), row]] : [];
}

async function readVariants(group: string, read: PageRequest["read"]): Promise<KeptAnswer[]> {
  const found = await readIfQuick(toVariantsQuery(group), read);
  return found ? [[variantsKey(group), (found as { products: unknown }).products]] : [];
}

/** A page without a row of products, or without a choice of variants, is better than none. */
async function readIfQuick(query: URLSearchParams, read: PageRequest["read"]): Promise<unknown> {
  try {
    return await Promise.race([readOrFail(`/api/catalogue/search?${query}`, read), rejectAfter(ROW_PATIENCE_MS)]);
  } catch {
    return undefined;
  }
}

const ROW_PATIENCE_MS = 1_000;

/** @returns `undefined` if the API refuses the request. */
async function readOrFail(path: string, read: PageRequest["read"]): Promise<unknown> {
  const { status, body } = await read(path);
  if (status >= 500) throw new Error(`${path.split("?")[0]} answered ${status}.`);
  return status === 200 ? body : undefined;
}

/** As the page's router does. */
function decodePath(pathname: string): string {
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}

const rejectAfter = (milliseconds: number) =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error("No answer in time.")), milliseconds));

interface Filling {
  title: string | undefined;
  tags: Tag[];
  content: string;
  answers: KeptAnswer[];
}

/** Functions as replacements, because texts of products may contain `$&`. */
function fillShell({ title, tags, content, answers }: Filling): string {
  const kept =
    answers.length > 0 ? `<script type="application/json" id="${ANSWERS_ID}">${toJson(answers)}</script>` : "";
  const heading = title === undefined ? [] : [`<title>${escapeMarkup(toDocumentTitle(title))}</title>`];
  return SHELL.replace(/\s*<title>[^<]*<\/title>/, (given) => (title === undefined ? given : ""))
    .replace(new RegExp(`\\s*<meta[^>]* ${MARK}[^>]*>`, "g"), "")
    .replace("</head>", () => `  ${[...heading, ...tags.map(toHtml)].join("\n    ")}\n  </head>`)
    .replace('<div id="page"></div>', () => `<div id="page">${content}</div>\n    ${kept}`);
}

function toHtml({ name, attributes, text }: Tag): string {
  const values = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escapeMarkup(value)}"`);
  const tag = `<${name}${values.join("")} ${MARK}="">`;
  return text === undefined ? tag : `${tag}${text}</${name}>`;
}
