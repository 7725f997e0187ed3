import type { Logger } from "@aws-lambda-powertools/logger";
import {
  JwksValidationError,
  JwkValidationError,
  JwtBaseError,
  JwtExpiredError,
  JwtInvalidClaimError,
  JwtInvalidSignatureError,
} from "aws-jwt-verify/error";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import { type SignedIn, signedInFrom } from "../../../domain/auth";
import { createLogger } from "../../runtime/logger";
import type { EdgeCheck } from "./edge";
import { IssuerUnavailableError } from "./fetchDocument";
import type { IssuerRegistry } from "./issuerRegistry";
import { addressesOf, type TrustedIssuer, type Verifier, verifierFor } from "./trustedIssuer";

/** An authorizer's response to API Gateway (HTTP APIs, simple responses). */
export type AuthorizationAnswer = { isAuthorized: false } | { isAuthorized: true; context: SignedIn };

/** The part of API Gateway's event that the decision needs. */
export type AuthorizationRequest = Pick<APIGatewayRequestAuthorizerEventV2, "identitySource" | "routeKey">;

/**
 * Decides whether the bearer of a token may call a route, and as whom.
 *
 * An invalid token is refused, and API Gateway caches the refusal. If the issuer's keys are unavailable, the token can't be
 * verified: the authorizer then throws, which API Gateway doesn't cache.
 *
 * @example
 * const authorize = createAuthorizer({ kind: "cognito", userPoolId: "us-east-1_AbCdEfGhI", clientId: "…" });
 * await authorize(event); // { isAuthorized: true, context: { customerId: "…", groups: "customers" } }
 *
 * @param others user pools of the peer Regions; without it only the own issuer's tokens are accepted.
 * @param isFromEdge checks the second identity source, `EDGE_HEADER`; without it requests past CloudFront are accepted.
 */
export function createAuthorizer(
  trusted: TrustedIssuer,
  logger: Pick<Logger, "info" | "warn"> = createLogger("authorizer"),
  others?: IssuerRegistry,
  isFromEdge?: EdgeCheck,
) {
  const own = verifierFor(trusted, logger);
  const ownIssuer = trusted.kind === "cognito" ? addressesOf(trusted).issuer : trusted.issuer;

  /** Selects the keys by the unverified `iss` claim, which decides nothing else. */
  const verifierOf = async (token: string): Promise<Verifier> => {
    if (!others) return own;
    const { iss } = decomposeUnverifiedJwt(token).payload;
    if (typeof iss !== "string" || iss === ownIssuer) return own;
    // The own verifier refuses an issuer that no Region knows.
    return (await others.verifierOf(iss)) ?? own;
  };

  return async (request: AuthorizationRequest): Promise<AuthorizationAnswer> => {
    if (isFromEdge && !isFromEdge(request.identitySource?.[1])) return refuse("not through CloudFront");
    const token = bearerToken(request.identitySource?.[0]);
    if (!token) return refuse("no bearer token");
    try {
      const verifier = await verifierOf(token);
      const claims = await verifier.verify(token);
      const context = signedInFrom(claims, verifier.groupsClaim, verifier.customerClaim);
      return context ? { isAuthorized: true, context } : refuse("no subject");
    } catch (error) {
      if (isIssuersFault(error)) throw error;
      return refuse(reasonOf(error));
    }
  };

  function refuse(reason: string): AuthorizationAnswer {
    logger.info("Refused a token", { reason });
    return { isAuthorized: false };
  }
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? "")?.[1];
}

function isIssuersFault(error: unknown): boolean {
  return (
    error instanceof IssuerUnavailableError ||
    error instanceof JwksValidationError ||
    error instanceof JwkValidationError
  );
}

/** Reason for the log. The error's own message quotes parts of the token, and its class name is lost in the bundle. */
function reasonOf(error: unknown): string {
  if (error instanceof JwtExpiredError) return "expired";
  if (error instanceof JwtInvalidSignatureError) return "wrong signature";
  if (error instanceof JwtInvalidClaimError) return "meant for another issuer, audience, use or time";
  if (error instanceof JwtBaseError) return "not a token of the issuer";
  return "unreadable";
}
