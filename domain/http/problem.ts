import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** A problem as defined by RFC 9457. */
export interface Problem {
  /** Short, stable and the same for every problem of this type. */
  title: string;
  /** Explanation of this case, and what the caller can do. */
  detail: string;
  /** Last part of the type, a reference relative to the API (`/problems/TYPE`); by default the title in lower case with hyphens. */
  type?: string;
  /** Further members, such as the new total. */
  [extension: string]: unknown;
}

/** An invalid value of a request. */
export interface Violation {
  /** JSON pointer into the body (`#/lines/0/quantity`), or `query/NAME`, `path/NAME`, `header/NAME`. */
  pointer: string;
  detail: string;
}

const secureHeaders = {
  // Responses differ by customer and change quickly, so no cache may keep them.
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/**
 * Creates an error response, `application/problem+json` (RFC 9457).
 *
 * @example
 * return problem(404, { title: "Order not found", detail: "There is no order ord123 of yours. Check the id." });
 */
export function problem(
  status: number,
  { type, title, detail, ...extensions }: Problem,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { "content-type": "application/problem+json", ...secureHeaders, ...headers },
    body: JSON.stringify({ type: `/problems/${type ?? slug(title)}`, title, status, detail, ...extensions }),
  };
}

/** Creates a JSON response that no cache keeps, unless `headers` allow it. */
export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return jsonText(status, JSON.stringify(body), headers);
}

/** Creates the same response from a body that is JSON already. */
export function jsonText(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { "content-type": "application/json", ...secureHeaders, ...headers }, body };
}

/** Creates the response to an unknown path or method. */
export function noSuchRoute(): APIGatewayProxyStructuredResultV2 {
  return problem(404, {
    title: "No such route",
    detail: "The store has no API with this method and path. Check both; an API lists its own at its openapi.json.",
  });
}

/** Creates the response to an internal error: no details, but the request id, by which the logs are searched. */
export function internalError(requestId: string): APIGatewayProxyStructuredResultV2 {
  return problem(
    500,
    {
      title: "Internal error",
      detail: `The request failed on our side. Try again in a moment. If it fails again, give support the id ${requestId}.`,
      requestId,
    },
    { "retry-after": "2" },
  );
}

const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
