import type { RequestListener } from "node:http";
import type { RequestEvent } from "../../../domain/http";

export interface ReceivedRequests {
  /** Accepts every request with 204. */
  listener: RequestListener;
  /** Requests about this order, oldest first. Waits for the first one, at most five seconds. */
  about(orderId: string): Promise<RequestEvent[]>;
}

/** Keeps webhooks as the order API receives them. */
export function receiveRequests(orderOf: (body: string) => string | undefined): ReceivedRequests {
  const kept = new Map<string | undefined, RequestEvent[]>();
  return {
    listener: (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        const orderId = orderOf(body);
        const headers = request.headers as Record<string, string>;
        kept.set(orderId, [
          ...(kept.get(orderId) ?? []),
          { body, headers, isBase64Encoded: false, rawQueryString: "", pathParameters: undefined },
        ]);
        response.writeHead(204).end();
      });
    },
    async about(orderId) {
      for (const end = Date.now() + 5_000; Date.now() < end; ) {
        const found = kept.get(orderId);
        if (found) return [...found];
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return [];
    },
  };
}
