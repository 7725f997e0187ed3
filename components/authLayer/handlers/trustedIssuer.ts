import type { Logger } from "@aws-lambda-powertools/logger";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { JwtInvalidClaimError } from "aws-jwt-verify/error";
import { assertIsJwks, SimpleJwksCache } from "aws-jwt-verify/jwk";
import { type Claims, CUSTOMER_CLAIM } from "../../../domain/auth";
import { fetchDocument, IssuerUnavailableError } from "./fetchDocument";

export interface TrustedPool {
  kind: "cognito";
  userPoolId: string;
  clientId: string;
}

/** An issuer whose tokens the store accepts, as the authorizer's environment describes it. */
export type TrustedIssuer =
  | TrustedPool
  | {
      kind: "oidc";
      issuer: string;
      audience: string;
      groupsClaim: string;
      /** Requires the token type `at+jwt` of RFC 9068. */
      typedTokens?: boolean;
    };

/** Seconds by which two clocks may differ. */
const CLOCK_LEEWAY_SECONDS = 30;

/** Age at which keys are fetched again, so that a withdrawn key is not trusted for ever. */
const MAX_KEY_AGE_MS = 60 * 60 * 1000;

export interface Verifier {
  /** The claim that lists the caller's groups. */
  groupsClaim: string;
  /** The claim with the customer, where the issuer sets one besides the subject. */
  customerClaim?: string;
  /** Returns the payload of a valid token. Rejects with an error of `aws-jwt-verify` for an invalid one. */
  verify(token: string): Promise<Claims>;
}

/**
 * Verifies the access tokens of one issuer: signature, algorithm, issuer, audience, and times with a leeway.
 *
 * Keys are fetched with the first token, cached while the function lives, and refreshed hourly. While the issuer is
 * unreachable, the cached keys stay in use.
 */
export function verifierFor(trusted: TrustedIssuer, logger: Pick<Logger, "warn">): Verifier {
  if (trusted.kind === "oidc") return oidcVerifier(trusted, logger);
  const { jwksUri } = CognitoJwtVerifier.parseUserPoolId(trusted.userPoolId);
  const keys = keysFrom(jwksUri, logger);
  return poolVerifier(trusted, keys.cache, keys.refreshWhenOld);
}

/**
 * Verifies the access tokens of a user pool with given keys: nothing is fetched, so that it works while the pool's Region
 * is lost. Throws if `jwks` is no JSON Web Key Set.
 */
export function verifierWithKeys(trusted: TrustedPool, jwks: string): Verifier {
  const { jwksUri } = CognitoJwtVerifier.parseUserPoolId(trusted.userPoolId);
  const parsed = JSON.parse(jwks);
  assertIsJwks(parsed);
  const known = new TextEncoder().encode(jwks);
  const cache = new SimpleJwksCache({ fetcher: { fetch: async () => known.buffer } });
  cache.addJwks(jwksUri, parsed);
  return poolVerifier(trusted, cache);
}

function poolVerifier(
  { userPoolId, clientId }: TrustedPool,
  jwksCache: SimpleJwksCache,
  before: () => Promise<void> = async () => {},
): Verifier {
  const verifier = CognitoJwtVerifier.create(
    {
      userPoolId,
      clientId,
      tokenUse: "access",
      graceSeconds: CLOCK_LEEWAY_SECONDS,
      // The library accepts a token that never expires.
      customJwtCheck: ({ header, payload }) => checkAccessToken(header, payload),
    },
    { jwksCache },
  );
  return {
    groupsClaim: "cognito:groups",
    customerClaim: CUSTOMER_CLAIM,
    verify: async (token) => {
      await before();
      return verifier.verify(token);
    },
  };
}

/** A token that is no access token, or never expires. */
class NoAccessTokenError extends JwtInvalidClaimError {}

/** Header types of an access token: RFC 9068's, and those of issuers that don't follow it. */
const TYPED = ["at+jwt", "application/at+jwt"];
const UNTYPED = [...TYPED, "jwt", "application/jwt"];

/** Claims that only other tokens have: id tokens (OpenID Connect Core), logout tokens and other security events (RFC 8417). */
const FOREIGN_CLAIMS = ["nonce", "at_hash", "c_hash", "s_hash", "events", "toe"];

/** Values of `token_use` (Cognito) and of the claim `typ` (Keycloak) in an access token. */
const ACCESS = ["access", "bearer", "dpop", ...UNTYPED];

/**
 * Refuses signed tokens of the same issuer and audience that are no access tokens, and tokens that never expire.
 *
 * @param isTyped accepts only tokens whose header has the type `at+jwt`.
 */
function checkAccessToken(header: object, payload: object, isTyped = false): void {
  const { typ } = header as Record<string, unknown>;
  const claims = payload as Record<string, unknown>;
  if (!Number.isFinite(claims["exp"])) throw refusal("exp", claims["exp"], "a time in seconds");
  const types = isTyped ? TYPED : UNTYPED;
  if ((typ !== undefined || isTyped) && !isAmong(types, typ)) throw refusal("typ", typ, types.join(" or "));
  for (const use of ["token_use", "typ"]) {
    if (claims[use] !== undefined && !isAmong(ACCESS, claims[use]))
      throw refusal(use, claims[use], ACCESS.join(" or "));
  }
  const foreign = FOREIGN_CLAIMS.find((claim) => claims[claim] !== undefined);
  if (foreign) throw refusal(foreign, claims[foreign], "no such claim in an access token");
}

const isAmong = (names: string[], value: unknown): boolean =>
  typeof value === "string" && names.includes(value.toLowerCase());

function refusal(claim: string, value: unknown, expected: string): JwtInvalidClaimError {
  return new NoAccessTokenError(`${claim} does not fit an access token`, String(value), expected);
}

/** Returns the `iss` claim of a pool's tokens and the address of its keys. */
export function addressesOf({ userPoolId }: TrustedPool): { issuer: string; jwksUri: string } {
  return CognitoJwtVerifier.parseUserPoolId(userPoolId);
}

function oidcVerifier(trusted: TrustedIssuer & { kind: "oidc" }, logger: Pick<Logger, "warn">): Verifier {
  const prepare = async () => {
    const keys = keysFrom(await discoverJwksUri(trusted.issuer), logger);
    const { issuer, audience, typedTokens } = trusted;
    const verifier = JwtVerifier.create(
      {
        issuer,
        audience,
        jwksUri: keys.jwksUri,
        graceSeconds: CLOCK_LEEWAY_SECONDS,
        customJwtCheck: ({ header, payload }) => checkAccessToken(header, payload, typedTokens),
      },
      { jwksCache: keys.cache },
    );
    return { keys, verifier };
  };
  let prepared: ReturnType<typeof prepare> | undefined;
  return {
    groupsClaim: trusted.groupsClaim,
    verify: async (token) => {
      prepared ??= prepare();
      try {
        const { keys, verifier } = await prepared;
        await keys.refreshWhenOld();
        return await verifier.verify(token);
      } catch (error) {
        // A failed discovery is retried with the next token; a successful one resolves here.
        await prepared.catch(() => {
          prepared = undefined;
        });
        throw error;
      }
    },
  };
}

function keysFrom(jwksUri: string, logger: Pick<Logger, "warn">) {
  let fetchedAt: number | undefined;
  const cache = new SimpleJwksCache({
    fetcher: {
      fetch: async (uri) => {
        const document = await fetchDocument(uri);
        fetchedAt = Date.now();
        return document;
      },
    },
  });
  return {
    cache,
    jwksUri,
    refreshWhenOld: async () => {
      if (fetchedAt === undefined || Date.now() - fetchedAt < MAX_KEY_AGE_MS) return;
      // At most one refresh an hour, also while the issuer is unreachable.
      fetchedAt = Date.now();
      await cache.getJwks(jwksUri).catch((error: unknown) => {
        logger.warn("Refreshing the issuer's keys failed; using the cached ones", { jwksUri, error });
      });
    },
  };
}

/** Reads the address of the issuer's keys from its OpenID Connect discovery document. */
async function discoverJwksUri(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { issuer: named, jwks_uri: jwksUri } = discoveryDocument(url, await fetchDocument(url));
  if (named !== issuer) throw new IssuerUnavailableError(`${url} names the issuer ${String(named)}, not ${issuer}.`);
  if (typeof jwksUri !== "string" || !isTrustworthy(jwksUri)) {
    throw new IssuerUnavailableError(`${url} has no jwks_uri that starts with https://.`);
  }
  return jwksUri;
}

function discoveryDocument(url: string, body: ArrayBuffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    throw new IssuerUnavailableError(`${url} is not JSON.`, { cause: error });
  }
}

/** Returns true for `https://` and loopback: keys read over plain HTTP would let an attacker sign tokens. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
