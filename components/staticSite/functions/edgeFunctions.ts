import { SIGN_IN_OPERATIONS } from "../../../domain/auth";
import { noSuchRoute } from "../../../domain/http/problem";

export const TWO_YEARS_IN_SECONDS = 63_072_000;

// Text, because CloudFront runs it in an engine of its own (cloudfront-js-2.0): no modules, no newer built-ins.

/**
 * First segments of the paths that lead to services and never to a page: what has no behaviour of its own there does not exist.
 * `regions` has none on purpose: a check that is pointed at the site must not take a page for a healthy Region.
 */
export const RESERVED_SEGMENTS = ["api", "auth", "regions"];

/** A function's answer for a path that leads nowhere: the same problem document as an API's, made without asking an origin. */
const NOT_FOUND = JSON.stringify(generatedResponse(noSuchRoute()));

/** A response in the form that CloudFront's functions answer with. */
function generatedResponse({ statusCode, headers = {}, body }: ReturnType<typeof noSuchRoute>) {
  // CloudFront's documentation promises the response headers policy for origins' and cached responses, not for these.
  const own = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": `max-age=${TWO_YEARS_IN_SECONDS}; includeSubDomains`,
  };
  const values = Object.entries({ ...headers, ...own }).map(([name, value]) => [name, { value: String(value) }]);
  return { statusCode, statusDescription: "Not Found", headers: Object.fromEntries(values), body };
}

/**
 * Answers 404 for the reserved segments, and gives every other path that is no file the page, so that an address inside the single-page storefront can be opened and
 * reloaded. Files are what lies in one of the build's folders, and top-level names with an ending, such as
 * `/favicon.svg`: a page's own path may have a dot further down, as in `/products/usb-3.2-hub`. A file that is missing
 * stays missing.
 *
 * @param folders the build's own folders: `["assets", "images"]`.
 */
export function pageFallback(folders: string[]): string {
  return `var folders = ${JSON.stringify(folders)};
var reserved = ${JSON.stringify(RESERVED_SEGMENTS)};
function handler(event) {
  var request = event.request;
  var parts = request.uri.split("/");
  if (reserved.indexOf(parts[1]) >= 0) return ${NOT_FOUND};
  var isFile = parts.length > 2 ? folders.indexOf(parts[1]) >= 0 : /\\.[A-Za-z0-9]+$/.test(parts[1]);
  if (!isFile) request.uri = "/index.html";
  return request;
}
`;
}

/**
 * Leads a Region's sign-in path (`/auth/us-east-1/`) to the one endpoint of Cognito there, and lets through only what the storefront calls, so that the site is
 * no open way to the rest of that API.
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
