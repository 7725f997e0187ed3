import type { BucketOrigins } from "./bucketOrigin";
import type { EdgeCache } from "./cache";
import { compressed } from "./compression";
import type { Behavior, Distribution } from "./distribution";
import { EdgeFunctionError } from "./edgeFunction";
import { type EdgeRequest, type EdgeResponse, errorPage, OriginFailure } from "./exchange";
import { matchesPath } from "./pathPattern";
import { onViewerRequest, onViewerResponse } from "./viewerFunctions";
import type { WebOrigins } from "./webOrigin";

export interface Origins {
  buckets: Pick<BucketOrigins, "fetch">;
  web: Pick<WebOrigins, "fetch">;
  /** Copies of responses. Absent: each request goes to its origin. */
  cache?: EdgeCache;
}

/** Methods for which CloudFront may fail over to a second origin. */
const failoverMethods = ["GET", "HEAD", "OPTIONS"];

/** Answers a request as the distribution does: behaviour, functions, origin, error pages, headers and compression, in CloudFront's order. */
export async function respond(
  distribution: Distribution,
  viewerRequest: EdgeRequest,
  origins: Origins,
  log: (line: string) => void,
): Promise<EdgeResponse> {
  const behavior = behaviorFor(distribution, viewerRequest.uri);
  const { method, requestId } = viewerRequest;
  if (!behavior.allowedMethods.includes(method)) {
    return errorPage(
      403,
      "This distribution is not configured to allow the HTTP request method that was used for this request.",
      `${method} is not among ${behavior.allowedMethods.join(", ")}.`,
      requestId,
    );
  }
  if (["GET", "HEAD"].includes(method) && viewerRequest.body.length > 0) {
    return errorPage(403, "Bad request.", `A ${method} request can't have a body.`, requestId);
  }
  try {
    let request = viewerRequest;
    if (behavior.viewerRequest) {
      const outcome = onViewerRequest(behavior.viewerRequest, distribution, request);
      if ("response" in outcome) return outcome.response;
      request = outcome.request;
    }
    let response = await fromOrigin(distribution, behavior, request, origins, log);
    response = withHeaders(response, behavior);
    if (behavior.viewerResponse && response.status < 400) {
      response = onViewerResponse(behavior.viewerResponse, distribution, request, response);
    }
    return compressed(viewerRequest, response, behavior);
  } catch (error) {
    if (!(error instanceof EdgeFunctionError)) throw error;
    log(error.message);
    return errorPage(503, "The CloudFront function associated with this path failed.", error.message, requestId);
  }
}

/** Finds the first behaviour whose pattern matches; the default one matches every path. */
function behaviorFor({ behaviors }: Distribution, uri: string): Behavior {
  const found = behaviors.find(({ pathPattern }) => matchesPath(pathPattern, uri));
  if (!found) throw new Error("The distribution has no default behaviour.");
  return found;
}

/** Returns the origin's response, or the distribution's own page for its error. */
async function fromOrigin(
  distribution: Distribution,
  behavior: Behavior,
  request: EdgeRequest,
  origins: Origins,
  log: (line: string) => void,
): Promise<EdgeResponse> {
  const { defaultRootObject: root } = distribution;
  const asked = request.uri === "/" && root ? { ...request, uri: `/${root}` } : request;
  const response = await fetchOrCopy(distribution, behavior, asked, origins, log);
  const custom = distribution.errorResponses.find(({ errorCode }) => errorCode === response.status);
  if (!custom?.responsePagePath) return response;
  const { responsePagePath: uri, responseCode = response.status } = custom;
  const pageRequest = {
    ...request,
    method: request.method === "HEAD" ? "HEAD" : "GET",
    uri,
    query: "",
    body: Buffer.alloc(0),
  };
  const page = await fetchOrCopy(distribution, behaviorFor(distribution, uri), pageRequest, origins, log);
  if (page.status !== 200) return response;
  return { ...page, status: responseCode };
}

function fetchOrCopy(
  distribution: Distribution,
  behavior: Behavior,
  request: EdgeRequest,
  origins: Origins,
  log: (line: string) => void,
): Promise<EdgeResponse> {
  const fetch = (asked: EdgeRequest) => ask(distribution, behavior, asked, origins, log);
  return origins.cache?.answer({ distribution, behavior, request, ask: fetch }) ?? fetch(request);
}

async function ask(
  distribution: Distribution,
  behavior: Behavior,
  request: EdgeRequest,
  { buckets, web }: Origins,
  log: (line: string) => void,
): Promise<EdgeResponse> {
  const { origins, failoverStatuses } = behavior.target;
  let last: EdgeResponse | undefined;
  for (const [index, origin] of origins.entries()) {
    const mayFailOver = index < origins.length - 1 && failoverMethods.includes(request.method);
    try {
      last = origin.fromBucket
        ? await buckets.fetch(origin, distribution.arn, request)
        : await web.fetch(origin, behavior, request);
      if (!(mayFailOver && failoverStatuses.includes(last.status))) return last;
      if (!Buffer.isBuffer(last.body)) last.body.destroy();
    } catch (error) {
      if (!(error instanceof OriginFailure)) throw error;
      // The path may be what a customer typed.
      log(`edge: ${request.method}: ${error.status} from ${origin.originId}: ${error.message}`);
      last = errorPage(error.status, "CloudFront got no response from the origin.", error.message, request.requestId);
      if (!mayFailOver) return last;
    }
  }
  if (!last) throw new Error(`The behaviour ${behavior.pathPattern} has no origin.`);
  return last;
}

/** Adds the headers of the response headers policy and CloudFront's own. */
function withHeaders(response: EdgeResponse, { responseHeaders }: Behavior): EdgeResponse {
  const headers = { ...response.headers };
  for (const name of responseHeaders.remove) delete headers[name];
  for (const { name, value, override } of responseHeaders.set) {
    const key = name.toLowerCase();
    if (override || headers[key] === undefined) headers[key] = value;
  }
  return { ...response, headers };
}
