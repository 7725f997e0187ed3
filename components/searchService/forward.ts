import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { problem } from "../../domain/http";
import type { Log } from "./indexer";
import { reasonOf } from "./openSearch";
import type { SignedInRequest } from "./productApi";

type Response = APIGatewayProxyStructuredResultV2;

/** Names the Region that a change came from. Whoever gets it writes the product or refuses, and never sends it on. */
export const FORWARDED_BY = "x-stayopen-forwarded-by";

/** What the home Region must see of the request; `authorization` is the caller's own token, good in every Region. */
const SENT_ON = ["authorization", "content-type", "if-match"];
/** What the caller must see of the answer. */
const HANDED_BACK = ["content-type", "cache-control", "x-content-type-options", "etag", "retry-after"];

const ATTEMPTS = 2;
const LONGEST_WAIT_MS = 300;

export interface Forwarding {
  /** Address of a Region's catalogue API, without a trailing slash. */
  addressOf(region: string): Promise<string | undefined>;
  /** The Region that forwards. */
  region: string;
  log: Log;
  /** Of one attempt, in milliseconds. Default: 5,000. */
  timeoutMs?: number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** Has a product's home Region do what was asked of this one. */
export type Forward = (event: SignedInRequest, productId: string, homeRegion: string) => Promise<Response>;

/** Whether another Region has sent this request on: it goes no further. */
export const isForwarded = (event: Pick<SignedInRequest, "headers">): boolean =>
  event.headers[FORWARDED_BY] !== undefined;

/**
 * Makes what sends a change on to the product's home Region, the only one that writes it, and hands its answer back.
 *
 * An attempt that got no answer may have been carried out all the same; the second one then finds what it wants there,
 * since a change names the version that it replaces. When the home does not answer, the change is refused with 503:
 * writing here as well would let two versions tie.
 */
export function forwarderOf(forwarding: Forwarding): Forward {
  const { addressOf, region, log } = forwarding;
  return async (event, productId, homeRegion) => {
    const address = await addressOf(homeRegion);
    if (address === undefined) return homeUnavailable(productId, homeRegion, region);
    try {
      const answer = await ask(forwarding, `${address}${event.rawPath}`, event);
      log.info("Forwarded a change", { productId, homeRegion, status: answer.statusCode });
      // The home's own words, its refusals included; what only its infrastructure says helps nobody.
      return isWorthless(answer) ? homeUnavailable(productId, homeRegion, region) : answer;
    } catch (error) {
      log.warn("A home Region does not answer", { productId, homeRegion, reason: reasonOf(error) });
      return homeUnavailable(productId, homeRegion, region);
    }
  };
}

async function ask(forwarding: Forwarding, url: string, event: SignedInRequest): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await askOnce(forwarding, url, event);
      if (attempt >= ATTEMPTS || !isWorthless(answer)) return answer;
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_WAIT_MS));
  }
}

async function askOnce(
  { region, timeoutMs = 5_000, fetch: send = fetch }: Forwarding,
  url: string,
  event: SignedInRequest,
): Promise<Response> {
  const headers: Record<string, string> = { [FORWARDED_BY]: region };
  for (const name of SENT_ON) {
    const value = event.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const answer = await send(url, {
    method: event.requestContext.http.method,
    headers,
    body: event.body === undefined ? undefined : Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8"),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const back = HANDED_BACK.flatMap((name): [string, string][] => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const body = await answer.text();
  return { statusCode: answer.status, headers: Object.fromEntries(back), ...(body && { body }) };
}

/** API Gateway without a working function behind it; the function's own refusals are problem documents. */
const isWorthless = ({ statusCode = 500, headers }: Response) =>
  statusCode >= 500 && !String(headers?.["content-type"]).startsWith("application/problem+json");

function homeUnavailable(productId: string, homeRegion: string, region: string): Response {
  return problem(
    503,
    {
      title: "Home Region unavailable",
      detail:
        `Product ${productId} is written in ${homeRegion} only, which does not answer. Try again in a minute. If that ` +
        `Region is lost, an operator can move its products: npm run region -- move-home ${homeRegion} ${region}`,
      homeRegion,
    },
    { "retry-after": "60" },
  );
}
