import * as oauth from "oauth4webapi";
import type { OidcSettings } from "../../../domain/auth/settings";
import { readKept, tabStorage } from "../parts/browserStorage";
import { text } from "../texts/texts";
import { keepOidcTokens, type OidcTokens, readOidcTokens, takeOidcTokens, toOidcCustomer } from "./oidcTokens";
import { type Customer, NotSignedInError, type SignInMethod } from "./signInMethod";

/** Sign-in at an external issuer: authorization code flow with PKCE, by redirect. */
export interface OidcSignIn extends SignInMethod {
  /**
   * Leaves for the issuer's page, which returns to `/signed-in`.
   *
   * @param isNew the issuer asks for the password even if it has a session.
   */
  redirectToIssuer(returnTo: string, isNew?: boolean): Promise<void>;
  /** Finishes the sign-in at `/signed-in`. */
  finish(address: URL): Promise<{ customer: Customer; returnTo: string }>;
  /** Ends the session of tokens that the browser no longer keeps. */
  revoke(tokens: OidcTokens): Promise<void>;
}

interface Pending {
  state: string;
  verifier: string;
  nonce: string;
  returnTo: string;
}

const PENDING = "stayopen.oidc.pending";

/** Seconds before expiry when a token is renewed. */
const MARGIN_SECONDS = 30;

let created: OidcSignIn | undefined;

export function createOidcSignIn(settings: OidcSettings): OidcSignIn {
  created ??= create(settings);
  return created;
}

function create(settings: OidcSettings): OidcSignIn {
  const issuer = new URL(settings.issuer);
  const client: oauth.Client = { client_id: settings.clientId };
  const redirectUri = `${location.origin}/signed-in`;
  // HTTP without TLS is allowed for this machine only.
  const http = { [oauth.allowInsecureRequests]: ["127.0.0.1", "localhost"].includes(issuer.hostname) };
  const options = () => ({ ...http, signal: AbortSignal.timeout(10_000) });

  let discovered: Promise<oauth.AuthorizationServer> | undefined;
  const server = () => {
    discovered ??= oauth
      .discoveryRequest(issuer, options())
      .then((response) => oauth.processDiscoveryResponse(issuer, response))
      .catch((error: unknown) => {
        discovered = undefined;
        throw error;
      });
    return discovered;
  };

  const revoke = async (refreshToken: string) => {
    const as = await server();
    if (!as.revocation_endpoint) return;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, oauth.None(), refreshToken, options()),
    );
  };

  const renew = async (refreshToken: string): Promise<OidcTokens> => {
    const as = await server();
    const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), refreshToken, options());
    try {
      const granted = await oauth.processRefreshTokenResponse(as, client, response);
      const before = readOidcTokens();
      if (before) return keep(granted, before);
      // The customer has signed out meanwhile: nothing stays in the tab, nor at the issuer.
      await revoke(granted.refresh_token ?? refreshToken).catch(() => undefined);
      throw new NotSignedInError(text.errors.signInAgain);
    } catch (error) {
      if (!(error instanceof oauth.ResponseBodyError) || error.error !== "invalid_grant") throw error;
      // The issuer has ended the session.
      takeOidcTokens();
      throw new NotSignedInError(text.errors.signInAgain, { cause: error });
    }
  };

  let renewing: Promise<OidcTokens> | undefined;
  // An issuer that rotates refresh tokens takes one for stolen that comes twice, so there is one renewal at a time.
  const renewOnce = (refreshToken: string): Promise<OidcTokens> => {
    renewing ??= renew(refreshToken).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  return {
    accessToken: async (forced) => {
      const tokens = readOidcTokens();
      if (!tokens) throw new NotSignedInError(text.signInErrors.notSignedIn);
      const isGood = tokens.expiresAt - MARGIN_SECONDS > Date.now() / 1000;
      if (isGood && !forced) return tokens.accessToken;
      if (!tokens.refreshToken) {
        takeOidcTokens();
        throw new NotSignedInError(text.errors.signInAgain);
      }
      return (await renewOnce(tokens.refreshToken)).accessToken;
    },
    revoke: async ({ refreshToken }) => {
      if (refreshToken) await revoke(refreshToken);
    },
    redirectToIssuer: async (returnTo, isNew = false) => {
      const as = await server();
      if (!as.authorization_endpoint) throw new Error(text.signInErrors.noSignInPage);
      const pending: Pending = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
        returnTo,
      };
      tabStorage.setItem(PENDING, JSON.stringify(pending));
      const address = new URL(as.authorization_endpoint);
      const parameters = {
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: settings.scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
        ...(settings.audience !== settings.clientId && { audience: settings.audience }),
        ...(isNew && { prompt: "login" }),
      };
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
      location.assign(address);
    },
    finish: async (address) => {
      const pending = readKept<Pending>(tabStorage, PENDING);
      if (!pending) throw new Error(text.signInErrors.otherTab);
      tabStorage.removeItem(PENDING);
      const as = await server();
      const answer = oauth.validateAuthResponse(as, client, address, pending.state);
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        oauth.None(),
        answer,
        redirectUri,
        pending.verifier,
        options(),
      );
      const granted = await oauth.processAuthorizationCodeResponse(as, client, response, {
        expectedNonce: pending.nonce,
        requireIdToken: settings.scope.split(" ").includes("openid"),
      });
      return { customer: toOidcCustomer(keep(granted)), returnTo: pending.returnTo };
    },
  };
}

function keep(granted: oauth.TokenEndpointResponse, before?: OidcTokens): OidcTokens {
  const email = oauth.getValidatedIdTokenClaims(granted)?.["email"] ?? before?.email;
  const tokens: OidcTokens = {
    accessToken: granted.access_token,
    // Without rotation a renewal has no refresh token.
    refreshToken: granted.refresh_token ?? before?.refreshToken,
    expiresAt: Date.now() / 1000 + (granted.expires_in ?? 300),
    email: typeof email === "string" ? email : undefined,
  };
  keepOidcTokens(tokens);
  return tokens;
}
