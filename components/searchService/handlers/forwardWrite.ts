import type { APIGatewayProxyEventV2WithLambdaAuthorizer, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { SignedIn } from "../../../domain/auth";
import { isSearchRules } from "../../../domain/catalogue/search/searchRules";
import { problem } from "../../../domain/http";
import { type ForwardDeps, forwardRequest } from "../../runtime/peerRegion";
import type { Log } from "./index/indexer";

/** A request that the authorizer has accepted. */
export type SignedInRequest = APIGatewayProxyEventV2WithLambdaAuthorizer<SignedIn>;

type Response = APIGatewayProxyStructuredResultV2;

/** Forwards a change to the product's home Region. */
export type Forward = (event: SignedInRequest, productId: string, homeRegion: string) => Promise<Response>;

/**
 * Creates the function that forwards a change to the product's home Region, the only writer, and returns its response.
 *
 * An attempt without a response may have succeeded. The second one then finds the change made, since a change names the
 * version that it replaces. If the home Region does not respond, the change is refused with 503: writing in this Region
 * too would let two versions tie.
 */
export function createForward({ log, ...asking }: ForwardDeps & { log: Log }): Forward {
  return async (event, productId, homeRegion) => {
    const answer = await forwardRequest(asking, homeRegion, event);
    if (answer) {
      log.info("Forwarded a change", { productId, homeRegion, status: answer.statusCode });
      return answer;
    }
    log.warn("Home Region did not respond", { productId, homeRegion });
    return homeUnavailable(productId, homeRegion, asking.region);
  };
}

function homeUnavailable(productId: string, homeRegion: string, region: string): Response {
  const subject = isSearchRules(productId) ? "The search rules are" : `Product ${productId} is`;
  return problem(
    503,
    {
      title: "Home Region unavailable",
      detail:
        `${subject} written in ${homeRegion} only, which does not respond. Try again in a minute. If that ` +
        `Region is lost, an operator can move its products: npm run region -- move-home ${homeRegion} ${region}`,
      homeRegion,
    },
    { "retry-after": "60" },
  );
}
