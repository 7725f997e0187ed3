import type { APIGatewayProxyEventV2WithLambdaAuthorizer, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { SignedIn } from "../../../domain/auth";
import { problem } from "../../../domain/http";
import { type ForwardDeps, forwardRequest } from "../../runtime/peerRegion";
import type { Log } from "./indexer";

/** A request that the authorizer has accepted. */
export type SignedInRequest = APIGatewayProxyEventV2WithLambdaAuthorizer<SignedIn>;

type Response = APIGatewayProxyStructuredResultV2;

/** Has a product's home Region do what was asked of this one. */
export type Forward = (event: SignedInRequest, productId: string, homeRegion: string) => Promise<Response>;

/**
 * Makes what sends a change on to the product's home Region, the only one that writes it, and hands its answer back.
 *
 * An attempt that got no answer may have been carried out all the same; the second one then finds what it wants there,
 * since a change names the version that it replaces. When the home does not answer, the change is refused with 503:
 * writing here as well would let two versions tie.
 */
export function createForward({ log, ...asking }: ForwardDeps & { log: Log }): Forward {
  return async (event, productId, homeRegion) => {
    const answer = await forwardRequest(asking, homeRegion, event);
    if (answer) {
      log.info("Forwarded a change", { productId, homeRegion, status: answer.statusCode });
      return answer;
    }
    log.warn("A home Region does not answer", { productId, homeRegion });
    return homeUnavailable(productId, homeRegion, asking.region);
  };
}

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
