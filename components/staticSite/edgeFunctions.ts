import { SIGN_IN_OPERATIONS, SIGN_IN_PATH } from "../../domain/auth";

// Text, because CloudFront runs it in an engine of its own (cloudfront-js-2.0): no modules, no newer built-ins.

/**
 * Gives every path that is no file the page, so that an address inside the single-page storefront can be opened and
 * reloaded. Files are whatever lies below `assets/`, and top-level names with an ending, such as `/favicon.svg`: a page's
 * own path may have a dot in a deeper part, as in `/products/usb-3.2-hub`. A file that is missing stays missing.
 */
export const PAGE_FALLBACK = `function handler(event) {
  var request = event.request;
  var isAsset = request.uri.indexOf("/assets/") === 0;
  var isTopLevelFile = /^\\/[^/]+\\.[A-Za-z0-9]+$/.test(request.uri);
  if (!isAsset && !isTopLevelFile) request.uri = "/index.html";
  return request;
}
`;

/**
 * Leads the sign-in path to Cognito's one endpoint, and lets through only what the storefront calls, so that the site is
 * no open way to the rest of that API.
 */
export const SIGN_IN = `var service = "AWSCognitoIdentityProviderService.";
var operations = ${JSON.stringify(SIGN_IN_OPERATIONS)};
function handler(event) {
  var request = event.request;
  var target = request.headers["x-amz-target"];
  var called = target && target.value.indexOf(service) === 0 ? target.value.slice(service.length) : "";
  if (request.method !== "POST" || request.uri !== ${JSON.stringify(SIGN_IN_PATH)} || operations.indexOf(called) < 0) {
    return { statusCode: 404, statusDescription: "Not Found" };
  }
  request.uri = "/";
  return request;
}
`;
