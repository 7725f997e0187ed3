import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** The page that a visitor sees. */
export function pageOf(visits: number): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: 200,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    body: `<!doctype html><title>Counter</title><p>Visitors before you: ${visits}.</p>`,
  };
}
