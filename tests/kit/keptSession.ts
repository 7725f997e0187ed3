/** A token that nothing verifies, for modules of the page. */
export function unsignedToken(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
}

/** Key of a pool's session in the browser's storage. */
export const POOL_SESSION = "stayopen.session";

/** A pool's session as the page keeps it, good for an hour. */
export function keptSession(accessToken: string, refreshToken = "refresh", more: object = {}): string {
  const pool = { kind: "cognito", userPoolId: "us-east-1_a", clientId: "client", path: "/pool" };
  return JSON.stringify({ pool, accessToken, refreshToken, expiresAt: Date.now() + 3_600_000, ...more });
}
