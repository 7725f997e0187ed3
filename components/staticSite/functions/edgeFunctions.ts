import { SIGN_IN_OPERATIONS } from "../../../domain/auth";
import { noSuchRoute } from "../../../domain/http/problem";
import { PAGE_HEADER } from "../../runtime/pageHeader";

export const TWO_YEARS_IN_SECONDS = 63_072_000;

// Text, because CloudFront's JavaScript engine (cloudfront-js-2.0) has no modules and no newer built-ins.

/**
 * First segments of paths that belong to services: without a cache behavior they answer 404, never the page. A health check of
 * the site must not mistake the page for a healthy Region.
 */
export const RESERVED_SEGMENTS = ["api", "auth", "regions"];

/** Response to an unknown path: the problem document of the APIs, generated at the edge. */
const NOT_FOUND = JSON.stringify(generatedResponse(noSuchRoute()));

/** Converts a response to the format of CloudFront functions. */
function generatedResponse({ statusCode, headers = {}, body }: ReturnType<typeof noSuchRoute>) {
  // CloudFront documents the response headers policy for responses of origins and caches, not for generated ones.
  const own = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": `max-age=${TWO_YEARS_IN_SECONDS}; includeSubDomains`,
  };
  const values = Object.entries({ ...headers, ...own }).map(([name, value]) => [name, { value: String(value) }]);
  return { statusCode, statusDescription: "Not Found", headers: Object.fromEntries(values), body };
}

/**
 * Returns the function that answers 404 for reserved segments and rewrites all other paths except files to the page, so that
 * addresses within the single-page storefront can be opened and reloaded. Files are paths in one of the build's folders, and
 * top-level names with an extension, such as `/favicon.svg`; a page's path may contain a dot further down, as in
 * `/products/usb-3.2-hub`. A missing file stays 404.
 *
 * @param folders folders of the build: `["assets", "images"]`.
 * @param pages addresses of pages; others get the page of unknown addresses. Default: every path is a page.
 */
export function pageFallback(folders: string[], pages?: string[]): string {
  return `var reserved = ${JSON.stringify(RESERVED_SEGMENTS)};
${kindOfPath(folders, pages)}
function handler(event) {
  var request = event.request;
  if (reserved.indexOf(request.uri.split("/")[1]) >= 0) return ${NOT_FOUND};
  var kind = kindOf(request.uri);
  if (kind !== "file") request.uri = kind === "page" ? "/index.html" : "${UNKNOWN_PAGE}";
  return request;
}
`;
}

/** The file of the build that unknown pages answer with. */
export const UNKNOWN_PAGE = "/404.html";

/**
 * Returns the function that answers an unknown page with status 404. It runs on the response, because a rewritten path alone would
 * answer 200. It recognizes the path before and after the rewriting: CloudFront's documentation leaves open which one it gets.
 */
export function unknownPageStatus(folders: string[], pages: string[]): string {
  return `${kindOfPath(folders, pages)}
function handler(event) {
  var response = event.response;
  var uri = event.request.uri;
  // 304 must stay: the browser then shows its copy, which has the status.
  if (response.statusCode === 200 && (uri === "${UNKNOWN_PAGE}" || kindOf(uri) === "unknown")) {
    response.statusCode = 404;
    response.statusDescription = "Not Found";
  }
  return response;
}
`;
}

/** Code of `kindOf(uri)`: "file", "page" or "unknown". */
const kindOfPath = (folders: string[], pages?: string[]) => `var folders = ${JSON.stringify(folders)};
var pages = ${JSON.stringify(pages?.map((page) => page.split("/").slice(1)) ?? null)};
function kindOf(uri) {
  var parts = uri.split("/").slice(1);
  var isFile = parts.length > 1 ? folders.indexOf(parts[0]) >= 0 : /\\.[A-Za-z0-9]+$/.test(parts[0]);
  if (isFile) return "file";
  if (!pages) return "page";
  if (parts.length > 1 && parts[parts.length - 1] === "") parts.pop();
  var isPage = pages.some(function (page) {
    return page.length === parts.length && page.every(function (part, at) {
      return part === "*" ? parts[at] !== "" : part === parts[at];
    });
  });
  return isPage ? "page" : "unknown";
}`;

/**
 * Function that rewrites a Region's sign-in path (`/auth/us-east-1/`) to Cognito's endpoint, and admits only the storefront's
 * operations, so that the site does not expose the rest of that API.
 */
export const SIGN_IN = `var service = "AWSCognitoIdentityProviderService.";
var operations = ${JSON.stringify(SIGN_IN_OPERATIONS)};
function handler(event) {
  var request = event.request;
  var target = request.headers["x-amz-target"];
  var called = target && target.value.indexOf(service) === 0 ? target.value.slice(service.length) : "";
  if (request.method !== "POST" || !/^\\/auth\\/[a-z0-9-]+\\/$/.test(request.uri) || operations.indexOf(called) < 0) {
    return ${NOT_FOUND};
  }
  request.uri = "/";
  return request;
}
`;

/** Function that removes the Region from the path of its APIs: `/regions/us-west-2/api/orders` becomes `/api/orders`. */
export const REGION_API = `function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\\/regions\\/[a-z0-9-]+/, "");
  return request;
}
`;

/**
 * Returns the function that names a page in `PAGE_HEADER` and rewrites its path to the file that both origins of pages have. Cached copies
 * differ by that header alone, so unknown parameters of the query string are left out. A sitemap keeps its path.
 *
 * @param parameters of query strings on which pages depend: `["q", "category"]`.
 */
export function nameOfPage(parameters: readonly string[]): string {
  return `var parameters = ${JSON.stringify(parameters)};
function handler(event) {
  var request = event.request;
  var query = [];
  parameters.forEach(function (name) {
    var found = request.querystring[name];
    if (!found) return;
    (found.multiValue || [found]).forEach(function (one) { query.push(name + "=" + one.value); });
  });
  var address = "https://" + request.headers.host.value + request.uri + (query.length > 0 ? "?" + query.join("&") : "");
  request.headers["${PAGE_HEADER}"] = { value: address };
  request.querystring = {};
  if (!/\\.xml$/.test(request.uri)) request.uri = "/index.html";
  return request;
}
`;
}
