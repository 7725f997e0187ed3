import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** A problem as RFC 9457 describes it; `detail` is a sentence that the caller can act on. */
export interface Problem {
  /** Short, stable and the same for every problem of this type. */
  title: string;
  /** What went wrong this time and what to do about it. */
  detail: string;
  /** Last part of the type, a reference relative to the API (`/problems/TYPE`); by default the title in lower case with hyphens. */
  type?: string;
  /** What the caller needs besides, such as the new total. */
  [extension: string]: unknown;
}

/** One value of a request that is not as the API's document says. */
export interface Violation {
  /** JSON pointer into the body (`#/lines/0/quantity`), or `query/NAME`, `path/NAME`, `header/NAME`. */
  pointer: string;
  detail: string;
}

const secureHeaders = {
  // Answers differ by customer and by the second: no cache between here and the page may keep one.
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/**
 * An error response, `application/problem+json` (RFC 9457).
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

/** A JSON response that no cache keeps, unless `headers` say otherwise. */
export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { "content-type": "application/json", ...secureHeaders, ...headers },
    body: JSON.stringify(body),
  };
}

/** The response to a path, or a method of a path, that no API of the store has. */
export function noSuchRoute(): APIGatewayProxyStructuredResultV2 {
  return problem(404, {
    title: "No such route",
    detail: "The store has no API with this method and path. Check both; an API lists its own at its openapi.json.",
  });
}

/** What a caller hears of an error that is ours: nothing of its insides, and the id that finds it in the logs. */
export function internalError(requestId: string): APIGatewayProxyStructuredResultV2 {
  return problem(
    500,
    {
      title: "Internal error",
      detail: `Something failed on our side. Repeat the request in a moment; if it fails again, give support the id ${requestId}.`,
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
