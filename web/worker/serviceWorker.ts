/**
 * Keeps the frame of the storefront in the browser, so that pages open without a connection, and while the Region of the site's bucket
 * does not answer. Products that were seen are kept too; answers about customers never are.
 *
 * Each build has a version of its own. A new version takes over when the last page of the old one is closed, so no page gets files of
 * another build.
 */

/** Version of the build, and the files of its first load and of the basket. Written by the build (`vite.config.mts`). */
declare const VERSION: string;
declare const FILES: readonly string[];

// The global scope of a service worker; the page's is the default in this project.
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const FRAME = `frame-${VERSION}`;
const PRODUCTS = "products-1";
const MOST_PRODUCTS = 60;

/** Milliseconds that a page waits for the site before it opens from the cache. CloudFront waits 30 s for a frozen bucket. */
const PATIENCE_MS = 4_000;

/** Public, and the same for every visitor. Other Regions' answers are kept under the store's own path. */
const PRODUCT = /^(\/regions\/[a-z0-9-]+)?(\/api\/catalogue\/products\/[^/]+)$/;

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FRAME).then((cache) => cache.addAll(FILES.map((file) => new Request(file)))));
});

worker.addEventListener("activate", (event) => {
  const remove = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("frame-") && name !== FRAME);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(remove());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (request.mode === "navigate") return event.respondWith(openPage(request));
  if (pathname.startsWith("/assets/")) return event.respondWith(readAsset(request));
  const product = PRODUCT.exec(pathname)?.[2];
  if (product && !request.headers.has("authorization")) return event.respondWith(readProduct(request, product));
});

/** Opens a page from the site; from the cache if the site fails or does not answer in time. A 404 is an answer. */
async function openPage(request: Request): Promise<Response> {
  const frame = await caches.match("/index.html", { cacheName: FRAME });
  if (!frame) return fetch(request);
  try {
    const response = await Promise.race([fetch(request), rejectAfter(PATIENCE_MS)]);
    return response.status >= 500 ? frame : response;
  } catch {
    return frame;
  }
}

/** Names of assets change with their content, so a copy is never outdated. */
async function readAsset(request: Request): Promise<Response> {
  const cache = await caches.open(FRAME);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/** Asks the store, and uses the copy of an earlier visit only if there is no answer. */
async function readProduct(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(PRODUCTS);
  try {
    const response = await fetch(request);
    if (response.ok) await keepProduct(cache, path, response.clone());
    if (response.status === 404) await cache.delete(path);
    return response;
  } catch (error) {
    const kept = await cache.match(path);
    if (kept) return kept;
    throw error;
  }
}

/** Keeps the products seen last: a cache lists its entries in the order in which they were added. */
async function keepProduct(cache: Cache, path: string, response: Response): Promise<void> {
  await cache.delete(path);
  await cache.put(path, response);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_PRODUCTS))) await cache.delete(old);
}

const rejectAfter = (milliseconds: number) =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error("No answer in time.")), milliseconds));
