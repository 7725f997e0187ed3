import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { TrustedPool } from "../../components/authLayer/handlers/trustedIssuer";

/** User pools of two Regions, and tokens signed for them. */
export const EAST: TrustedPool = { kind: "cognito", userPoolId: "us-east-1_AbCdEfGhI", clientId: "east" };

export const WEST: TrustedPool = { kind: "cognito", userPoolId: "us-west-2_JkLmNoPqR", clientId: "west" };

const issuerOf = ({ userPoolId }: TrustedPool) =>
  `https://cognito-idp.${userPoolId.split("_")[0]}.amazonaws.com/${userPoolId}`;

export async function keyPair(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}

export type Keys = Awaited<ReturnType<typeof keyPair>>;

export function token(pool: TrustedPool, keys: Keys, claims: object = {}): Promise<string> {
  return new SignJWT({ token_use: "access", client_id: pool.clientId, sub: "b", ...claims })
    .setProtectedHeader({ alg: "RS256", kid: keys.kid })
    .setIssuer(issuerOf(pool))
    .setIssuedAt()
    .setExpirationTime("30m")
    .sign(keys.privateKey);
}

export const request = (text: string) => ({ routeKey: "GET /api/orders", identitySource: [`Bearer ${text}`] });
