import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { isIn, type SignedIn } from "../../domain/auth/signedIn";
import { problem } from "../../domain/http/problem";

/** Refuses a caller who is not in the group merchandisers. @param action what only members may do. */
export function refuseUnlessMerchandiser(
  { requestContext }: { requestContext: { authorizer: { lambda: Pick<SignedIn, "groups"> } } },
  action: string,
): APIGatewayProxyStructuredResultV2 | undefined {
  if (isIn("merchandisers", requestContext.authorizer.lambda)) return undefined;
  const detail = `Only members of the group merchandisers may ${action}. Join the group and sign in again.`;
  return problem(403, { title: "Not a merchandiser", detail });
}
