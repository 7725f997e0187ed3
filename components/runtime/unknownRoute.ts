import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { noSuchRoute } from "../../domain/http/problem";

/** Key of the route that API Gateway uses when no other route matches. */
export const DEFAULT_ROUTE = "$default";

/**
 * Answers requests of the default route with a 404 problem document, and passes all others on. Without such a route an
 * HTTP API answers them with `{"message":"Not Found"}`, and offers no way to change that text.
 *
 * @example
 * const handler = answerUnknownRoutes((event: APIGatewayProxyEventV2) => respond(event));
 */
export function answerUnknownRoutes<Request extends { routeKey: string }>(
  handle: (request: Request) => Promise<APIGatewayProxyStructuredResultV2>,
): (request: Request) => Promise<APIGatewayProxyStructuredResultV2> {
  return async (request) => (request.routeKey === DEFAULT_ROUTE ? noSuchRoute() : await handle(request));
}
