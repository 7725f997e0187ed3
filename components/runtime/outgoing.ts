import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { beginRequest } from "./tracing";

export interface OutgoingRequest {
  method?: "DELETE" | "GET" | "POST" | "PUT";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Ends the call: every call has a time-out. */
  signal: AbortSignal;
  /** Largest body of a response, which is kept in memory. Default: 4 MiB; a page of 100 payments of Stripe's has less than 1. */
  maxBytes?: number;
}

/** The part of `fetch`'s response that callers use. */
export type OutgoingResponse = Pick<Response, "status" | "ok" | "text" | "arrayBuffer"> & {
  /** Names in lower case. */
  headers: Iterable<[string, string]>;
};

/**
 * Calls of other hosts than AWS's: `fetch` as far as the store needs it, by Node's HTTP client. The global `fetch` costs 50 ms of processor
 * time when it is first used, and three times as much for each call. Redirects are not followed. It honours the proxy variables of Node
 * (`NODE_USE_ENV_PROXY`), and adds each call to the function's trace. A member, so that tests and simulations can replace it.
 */
export const outgoing = {
  async fetch(url: string, request: OutgoingRequest): Promise<OutgoingResponse> {
    const end = beginRequest(request.method ?? "GET", url);
    try {
      const response = await exchange(new URL(url), request);
      end?.({ status: response.status });
      return response;
    } catch (error) {
      end?.({ error });
      throw error;
    }
  },
};

function exchange(url: URL, given: OutgoingRequest): Promise<OutgoingResponse> {
  const { method = "GET", headers, body, signal, maxBytes = 4 * 1024 * 1024 } = given;
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const send = url.protocol === "http:" ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers: { ...headers, ...length }, signal }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes <= maxBytes) return parts.push(part);
        reject(new Error(`the response is larger than ${maxBytes} bytes`));
        response.destroy();
      });
      response.on("end", () => resolve(toResponse(response, Buffer.concat(parts))));
      response.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // The server has closed an idle connection, as after a function was frozen.
      if (isRepeatable(given) && request.reusedSocket && error.code === "ECONNRESET")
        exchange(url, given).then(resolve, reject);
      else reject(signal.aborted ? signal.reason : error);
    });
    request.end(body);
  });
}

/** A POST may be repeated under its idempotency key only. */
const isRepeatable = ({ method, headers = {} }: OutgoingRequest): boolean =>
  method !== "POST" || Object.keys(headers).some((name) => name.toLowerCase() === "idempotency-key");

function toResponse({ statusCode: status = 0, headers }: IncomingMessage, body: Buffer): OutgoingResponse {
  return {
    status,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
    ok: status >= 200 && status < 300,
    text: async () => body.toString("utf8"),
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}
