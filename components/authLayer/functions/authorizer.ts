import * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import type { RegionStateTable } from "../../regionalFailover";
import { createLogger } from "../../runtime/logger";
import type { AuthFunctionArgs } from "../authFunctions";
import { type AuthorizationRequest, createAuthorizer } from "../handlers/authorize";
import { documentClient } from "../handlers/clients";
import { createEdgeCheck } from "../handlers/edge";
import { createIssuerRegistry, readIssuersFrom } from "../handlers/issuerRegistry";
import type { TrustedIssuer } from "../handlers/trustedIssuer";

/**
 * The authorizer of every API of the store.
 *
 * @param regions the table with the issuers of all Regions. Without it, only `trusted` is accepted.
 * @param edgeHashes hashes of the edge secrets, as JSON. Without it, requests past CloudFront are accepted.
 */
export function createAuthorizerFunction(
  name: string,
  trusted: pulumi.Output<TrustedIssuer>,
  regions: RegionStateTable | undefined,
  edgeHashes: pulumi.Output<string> | undefined,
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-authorizer`,
    {
      description: "Accepts requests with a valid token, and identifies the customer.",
      environment: {
        TRUSTED_ISSUER: pulumi.jsonStringify(trusted),
        ...(regions && { REGION_STATE: regions.tableName }),
        ...(edgeHashes && { EDGE_HASHES: edgeHashes }),
      },
      grants: regions ? [allow(reference("dynamodb:table", regions.tableArn), "dynamodb:Scan")] : [],
      // Two attempts of two seconds to fetch the issuer's documents, twice with discovery; API Gateway waits 10 s.
      timeoutSeconds: 9,
      ...settingsOf(settings, "authorizer"),
      callbackFactory: () => {
        const logger = createLogger("authorizer");
        const { REGION_STATE: table, EDGE_HASHES: hashes } = process.env;
        const others = table ? createIssuerRegistry(readIssuersFrom(documentClient(), table), logger) : undefined;
        const isFromEdge = hashes ? createEdgeCheck(JSON.parse(hashes)) : undefined;
        const authorize = createAuthorizer(JSON.parse(process.env.TRUSTED_ISSUER!), logger, others, isFromEdge);
        return (request: AuthorizationRequest) => authorize(request);
      },
    },
    { parent },
  );
}
