import type { Distribution } from "./distribution";
import {
  type EdgeFunction,
  EdgeFunctionError,
  type FunctionEvent,
  type FunctionResponse,
  type FunctionValue,
} from "./edgeFunction";
import type { EdgeRequest, EdgeResponse } from "./exchange";

/** Runs a viewer-request function, which may change the request or return a response. */
export function onViewerRequest(
  handler: EdgeFunction,
  distribution: Distribution,
  request: EdgeRequest,
): { request: EdgeRequest } | { response: EdgeResponse } {
  const event = eventOf("viewer-request", distribution, request);
  const result = handler.run(event) as Partial<FunctionEvent["request"]> & Partial<FunctionResponse>;
  if (typeof result?.statusCode === "number") return { response: generated(result as FunctionResponse) };
  const { uri, headers = {}, querystring = {}, cookies = {} } = result;
  if (typeof uri !== "string" || !uri.startsWith("/")) {
    throw new EdgeFunctionError(
      `${handler.name} returned the uri ${JSON.stringify(uri)}, which does not begin with "/".`,
    );
  }
  if (headers["host"]?.value !== event.request.headers["host"]?.value) {
    throw new EdgeFunctionError(`${handler.name} changed the Host header, which is read-only.`);
  }
  const unchanged = JSON.stringify(querystring) === JSON.stringify(event.request.querystring);
  const cookie = Object.entries(cookies).map(([name, { value }]) => `${name}=${value}`);
  return {
    request: {
      ...request,
      uri,
      query: unchanged ? request.query : queryOf(querystring),
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name.toLowerCase(), value])),
        ...(cookie.length > 0 && { cookie: cookie.join("; ") }),
      },
    },
  };
}

/** Runs a viewer-response function, which may change status and headers but does not see the body. */
export function onViewerResponse(
  handler: EdgeFunction,
  distribution: Distribution,
  request: EdgeRequest,
  response: EdgeResponse,
): EdgeResponse {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, { value: String(value) }]),
  );
  const event = eventOf("viewer-response", distribution, request);
  const result = handler.run({ ...event, response: { statusCode: response.status, headers } }) as FunctionResponse;
  if (typeof result?.statusCode !== "number") throw new EdgeFunctionError(`${handler.name} returned no response.`);
  return { ...response, status: result.statusCode, headers: headersOf(result) };
}

function eventOf(eventType: string, distribution: Distribution, request: EdgeRequest): FunctionEvent {
  const { cookie = "", ...headers } = request.headers;
  const pairs = cookie.split(/;\s*/).filter((pair) => pair !== "");
  return {
    version: "1.0",
    context: {
      distributionDomainName: distribution.domainName,
      distributionId: distribution.id,
      eventType,
      requestId: request.requestId,
    },
    viewer: { ip: request.viewerIp },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: grouped(request.query.split("&").filter((part) => part !== "")),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value: String(value) }])),
      cookies: grouped(pairs),
    },
  };
}

/** Parses `a=1&a=2` as CloudFront does: the last value, and all values if there are several. */
function grouped(parts: string[]): Record<string, FunctionValue> {
  const values: Record<string, FunctionValue> = {};
  for (const part of parts) {
    const at = part.indexOf("=");
    const [name, value] = at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    const before = values[name];
    values[name] = before ? { value, multiValue: [...(before.multiValue ?? [before]), { value }] } : { value };
  }
  return values;
}

function queryOf(querystring: Record<string, FunctionValue>): string {
  return Object.entries(querystring)
    .flatMap(([name, { value, multiValue }]) => (multiValue ?? [{ value }]).map((one) => `${name}=${one.value}`))
    .join("&");
}

function generated(result: FunctionResponse): EdgeResponse {
  const { body = "" } = result;
  const bytes =
    typeof body === "string"
      ? Buffer.from(body)
      : Buffer.from(body.data, body.encoding === "base64" ? "base64" : "utf8");
  return {
    status: result.statusCode,
    headers: { ...headersOf(result), "content-length": String(bytes.length) },
    body: bytes,
    fromEdge: true,
  };
}

function headersOf({ headers = {}, cookies = {} }: FunctionResponse): EdgeResponse["headers"] {
  const set: EdgeResponse["headers"] = Object.fromEntries(
    Object.entries(headers).map(([name, { value, multiValue }]) => [
      name.toLowerCase(),
      multiValue ? multiValue.map((one) => one.value) : value,
    ]),
  );
  const baked = Object.entries(cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ""}`,
  );
  return baked.length > 0 ? { ...set, "set-cookie": baked } : set;
}
