import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEventV2WithLambdaAuthorizer, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { SignedIn } from "../../../../domain/auth";
import { internalError, problem } from "../../../../domain/http/problem";
import { isTransientAwsError, TransientError } from "../../../runtime/transientError";

/** A request of a signed-in caller; on public routes the authorizer's part is missing. */
export type HttpRequest = APIGatewayProxyEventV2WithLambdaAuthorizer<SignedIn>;
export type HttpResponse = APIGatewayProxyStructuredResultV2;

/** The part of a logger that handlers use. */
export type Log = Pick<Logger, "error" | "warn" | "info">;

/**
 * Answers a request even if its handler throws: 503 with `Retry-After` for trouble that passes, else 500 with the id
 * that finds the error in the logs.
 */
export function handleRequest(log: Log, handle: (request: HttpRequest) => Promise<HttpResponse>) {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      return await handle(request);
    } catch (error) {
      const { requestId } = request.requestContext;
      log.error("A request failed", { requestId, error: error instanceof Error ? error : String(error) });
      const passes = error instanceof TransientError || isTransientAwsError(error);
      return passes ? busy() : internalError(requestId);
    }
  };
}

export function customerOf(request: HttpRequest): string {
  return request.requestContext.authorizer.lambda.customerId;
}

function busy(): HttpResponse {
  const detail = "The store is busy. Repeat the request in a moment, with the same Idempotency-Key if it had one.";
  return problem(503, { title: "Busy", detail }, { "retry-after": "2" });
}
