import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { EDGE_HEADER } from "../edgeHeader";

type Response = APIGatewayProxyStructuredResultV2;

/** Header with the Region that forwarded a request. The receiving Region never forwards it again. */
export const FORWARDED_BY = "x-stayopen-forwarded-by";

/**
 * Forwarded request headers. `authorization` is the caller's own token, valid in every Region; with the edge header the peer Region
 * accepts the request as this one did.
 */
const FORWARDED_HEADERS = ["authorization", "content-type", "if-match", EDGE_HEADER];
/** Response headers that are returned to the caller. */
const RETURNED_HEADERS = ["content-type", "cache-control", "x-content-type-options", "etag", "retry-after"];

const ATTEMPTS = 2;
const LONGEST_WAIT_MS = 300;

/** Forwarded parts of an API Gateway request. */
export type ForwardedRequest = Pick<APIGatewayProxyEventV2, "headers" | "body" | "isBase64Encoded" | "rawPath"> & {
  requestContext: { http: { method: string } };
};

export interface ForwardDeps {
  /** Finds the address of the same service's API in a Region, without a trailing slash. */
  addressOf(region: string): Promise<string | undefined>;
  /** The forwarding Region. */
  region: string;
  /** Time limit of each of two attempts, in milliseconds. Default: 5,000. */
  timeoutMs?: number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** Returns true if another Region has forwarded this request; it must not be forwarded again. */
export const isForwarded = (request: Pick<ForwardedRequest, "headers">): boolean =>
  request.headers[FORWARDED_BY] !== undefined;

/**
 * Forwards a request to the same service in another Region and returns its response, refusals included. An attempt without a
 * response is retried once, so the request must be idempotent.
 *
 * @returns `undefined` if that Region does not respond, or only its infrastructure does.
 * @example
 * const answer = await forwardRequest({ addressOf, region: "us-east-1" }, "us-west-2", event);
 */
export async function forwardRequest(
  asking: ForwardDeps,
  region: string,
  request: ForwardedRequest,
): Promise<Response | undefined> {
  const address = await asking.addressOf(region);
  if (address === undefined) return undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_WAIT_MS));
    const answer = await askOnce(asking, `${address}${request.rawPath}`, request);
    if (answer) return answer;
  }
  return undefined;
}

async function askOnce(
  { region, timeoutMs = 5_000, fetch: send = fetch }: ForwardDeps,
  url: string,
  request: ForwardedRequest,
): Promise<Response | undefined> {
  const headers: Record<string, string> = { [FORWARDED_BY]: region };
  for (const name of FORWARDED_HEADERS) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  try {
    const answer = await send(url, {
      method: request.requestContext.http.method,
      headers,
      body:
        request.body === undefined ? undefined : Buffer.from(request.body, request.isBase64Encoded ? "base64" : "utf8"),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await answer.text();
    // The service's own errors are problem documents; any other 5xx comes from API Gateway.
    const contentType = answer.headers.get("content-type") ?? "";
    if (answer.status >= 500 && !contentType.startsWith("application/problem+json")) return undefined;
    return { statusCode: answer.status, headers: selectHeaders(answer.headers), ...(body && { body }) };
  } catch {
    // Refused, interrupted or timed out: the caller reports that the Region does not respond.
    return undefined;
  }
}

function selectHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    RETURNED_HEADERS.flatMap((name): [string, string][] => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
