import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export type Keys = Awaited<ReturnType<typeof keyPair>>;

export async function keyPair(kid: string, alg = "RS256") {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

export function signed(
  keys: Keys,
  claims: JWTPayload,
  expiresIn = 30 * 60,
  header: { kid?: string; typ?: string } = {},
): Promise<string> {
  return unending(keys, { exp: now() + expiresIn, ...claims }, header);
}

/** A token that expires only if the claims say so. */
export function unending(keys: Keys, claims: JWTPayload, header: { kid?: string; typ?: string } = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: keys.alg, kid: keys.kid, ...header })
    .setIssuedAt(now() - 60)
    .sign(keys.privateKey);
}
