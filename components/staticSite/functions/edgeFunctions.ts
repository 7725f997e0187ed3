import { SIGN_IN_OPERATIONS } from "../../../domain/auth";

// Text, because CloudFront runs it in an engine of its own (cloudfront-js-2.0): no modules, no newer built-ins.

/**
 * Gives every path that is no file the page, so that an address inside the single-page storefront can be opened and
 * reloaded. Files are what lies in one of the build's folders, and top-level names with an ending, such as
 * `/favicon.svg`: a page's own path may have a dot further down, as in `/products/usb-3.2-hub`. A file that is missing
 * stays missing.
 *
 * @param folders the build's own folders: `["assets", "images"]`.
 */
export function pageFallback(folders: string[]): string {
  return `var folders = ${JSON.stringify(folders)};
function handler(event) {
  var request = event.request;
  var parts = request.uri.split("/");
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
    return { statusCode: 404, statusDescription: "Not Found" };
  }
  request.uri = "/";
  return request;
}
`;
