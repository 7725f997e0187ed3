import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { InlineFunction } from "../../inlineFunction";
import type { AuthFunctionArgs } from "../authFunctions";
import type { AuthorizationRequest } from "../handlers/authorize";
import { createEdgeCheck } from "../handlers/edge";

/**
 * Creates the authorizer of routes that need no sign-in: it admits requests from CloudFront. API Gateway caches its answer under the
 * header alone, so that it runs once in five minutes.
 */
export function createEdgeFunction(
  name: string,
  hashes: pulumi.Output<string>,
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction<AuthorizationRequest> {
  return new InlineFunction<AuthorizationRequest>(
    `${name}-edge`,
    {
      description: "Accepts requests that came through CloudFront.",
      environment: { EDGE_HASHES: hashes },
      timeoutSeconds: 5,
      ...settingsOf(settings, "edge"),
      callbackFactory: () => {
        const isFromEdge = createEdgeCheck(JSON.parse(process.env.EDGE_HASHES!));
        return async (request: AuthorizationRequest) => ({ isAuthorized: isFromEdge(request.identitySource?.[0]) });
      },
    },
    { parent },
  );
}
