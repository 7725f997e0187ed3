import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

type Response = APIGatewayProxyStructuredResultV2;

/** Names the Region that sent a request on. Whoever gets it does it or refuses, and never sends it on again. */
export const FORWARDED_BY = "x-stayopen-forwarded-by";

/** What the other Region must see of the request; `authorization` is the caller's own token, good in every Region. */
const SENT_ON = ["authorization", "content-type", "if-match"];
/** What the caller must see of the answer. */
const HANDED_BACK = ["content-type", "cache-control", "x-content-type-options", "etag", "retry-after"];

const ATTEMPTS = 2;
const LONGEST_WAIT_MS = 300;

/** What is sent on of a request as API Gateway hands it over. */
export type ForwardedRequest = Pick<APIGatewayProxyEventV2, "headers" | "body" | "isBase64Encoded" | "rawPath"> & {
  requestContext: { http: { method: string } };
};

export interface ForwardDeps {
  /** Address of a Region's API of the same service, without a trailing slash. */
  addressOf(region: string): Promise<string | undefined>;
  /** The Region that asks. */
  region: string;
  /** Of one attempt, in milliseconds; there are two. Default: 5,000. */
  timeoutMs?: number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** Whether another Region has sent this request on: it goes no further. */
export const isForwarded = (request: Pick<ForwardedRequest, "headers">): boolean =>
  request.headers[FORWARDED_BY] !== undefined;

/**
 * Sends a request on to the same service in another Region, and hands its answer back, refusals included. An attempt that
 * gets no answer is made once more: only for requests that may come twice.
 *
 * @returns `undefined` when that Region does not answer, or only its infrastructure does.
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
  for (const name of SENT_ON) {
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
    // The service's own refusals are problem documents; anything else of this kind is API Gateway without it.
    const contentType = answer.headers.get("content-type") ?? "";
    if (answer.status >= 500 && !contentType.startsWith("application/problem+json")) return undefined;
    return { statusCode: answer.status, headers: handedBack(answer.headers), ...(body && { body }) };
  } catch {
    // Refused, cut off or too late: all the same to the caller, who is told that the Region does not answer.
    return undefined;
  }
}

function handedBack(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    HANDED_BACK.flatMap((name): [string, string][] => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
