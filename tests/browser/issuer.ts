import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import { closeServer } from "../../local/servers/listen";

export interface Issuer {
  url: string;
  /** Grant types for which it issued tokens. */
  grants: string[];
  stop(): Promise<void>;
}

/** One second more than the storefront's renewal margin, so that a token is renewed after a second. */
const TOKEN_SECONDS = 31;

/**
 * Starts a certified OpenID provider that accepts any login.
 *
 * @param siteUrl is called after both servers listen.
 */
export async function startIssuer(siteUrl: () => string, clientId: string, audience: string): Promise<Issuer> {
  const server = createServer();
  // Unlike the local run's servers, an issuer answers pages of another origin: the store's.
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: [`${siteUrl()}/signed-in`],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: "one" }] },
    cookies: { keys: ["only for tests"] },
    pkce: { required: () => true },
    clientBasedCORS: (_, origin) => origin === siteUrl(),
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: `${accountId}@example.com`, email_verified: true }),
    }),
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    issueRefreshToken: async () => true,
    extraTokenClaims: () => ({ groups: ["merchandisers"] }),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "https://store.example.com",
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: TOKEN_SECONDS,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  });
  const grants: string[] = [];
  provider.on("grant.success", ({ oidc }) => grants.push(String(oidc.params?.["grant_type"])));
  server.on("request", provider.callback());
  return { url, grants, stop: () => closeServer(server) };
}
