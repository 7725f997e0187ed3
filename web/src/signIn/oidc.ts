import * as oauth from "oauth4webapi";
import type { OidcSettings } from "../../../domain/auth/settings";
import { customerIdFrom } from "../../../domain/auth/signedIn";
import { claimsOf } from "./poolSession";
import { NotSignedInError, type Person, type SignInWay } from "./way";

/** Signing in at an issuer of the store's own choice: authorization code flow with PKCE, by redirect. */
export interface OidcWay extends SignInWay {
  /** Leaves the page for the issuer's; it comes back to `/signed-in`. */
  leaveToSignIn(returnTo: string): Promise<void>;
  /** Finishes the sign-in at `/signed-in`, and says where the person was before. */
  finish(address: URL): Promise<{ person: Person; returnTo: string }>;
}

interface Tokens {
  accessToken: string;
  refreshToken?: string;
  expiresAt: number;
  email?: string;
}

interface Pending {
  state: string;
  verifier: string;
  nonce: string;
  returnTo: string;
}

// A tab's own storage: the tokens end with the tab, and the issuer remembers the person.
const TOKENS = "stayopen.oidc.tokens";
const PENDING = "stayopen.oidc.pending";

/** Seconds before its end when a token is renewed. */
const MARGIN_SECONDS = 30;

let made: OidcWay | undefined;

export function oidcWay(settings: OidcSettings): OidcWay {
  made ??= make(settings);
  return made;
}

function make(settings: OidcSettings): OidcWay {
  const issuer = new URL(settings.issuer);
  const client: oauth.Client = { client_id: settings.clientId };
  const redirectUri = `${location.origin}/signed-in`;
  // Tokens over an open network only from this very machine.
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

  const renew = async (refreshToken: string): Promise<Tokens> => {
    const as = await server();
    const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), refreshToken, options());
    return keep(await oauth.processRefreshTokenResponse(as, client, response), read<Tokens>(TOKENS));
  };

  return {
    restore: async () => {
      const tokens = read<Tokens>(TOKENS);
      return tokens && personOf(tokens);
    },
    accessToken: async (forced) => {
      const tokens = read<Tokens>(TOKENS);
      if (!tokens) throw new NotSignedInError("Please sign in.");
      const isGood = tokens.expiresAt - MARGIN_SECONDS > Date.now() / 1000;
      if (isGood && !forced) return tokens.accessToken;
      if (!tokens.refreshToken) {
        sessionStorage.removeItem(TOKENS);
        throw new NotSignedInError("Please sign in again.");
      }
      return (await renew(tokens.refreshToken)).accessToken;
    },
    signOut: async () => {
      const tokens = read<Tokens>(TOKENS);
      sessionStorage.removeItem(TOKENS);
      const as = await server();
      if (!tokens?.refreshToken || !as.revocation_endpoint) return;
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(as, client, oauth.None(), tokens.refreshToken, options()),
      );
    },
    leaveToSignIn: async (returnTo) => {
      const as = await server();
      if (!as.authorization_endpoint) throw new Error("The sign-in service names no page to sign in at.");
      const pending: Pending = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
        returnTo,
      };
      sessionStorage.setItem(PENDING, JSON.stringify(pending));
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
      };
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
      location.assign(address);
    },
    finish: async (address) => {
      const pending = read<Pending>(PENDING);
      if (!pending) throw new Error("This sign-in was begun in another tab. Please sign in again.");
      sessionStorage.removeItem(PENDING);
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
      return { person: personOf(keep(granted)), returnTo: pending.returnTo };
    },
  };
}

function personOf({ accessToken, email }: Tokens): Person {
  return { customerId: customerIdFrom(claimsOf(accessToken)), email };
}

function keep(granted: oauth.TokenEndpointResponse, before?: Tokens): Tokens {
  const email = oauth.getValidatedIdTokenClaims(granted)?.["email"] ?? before?.email;
  const tokens: Tokens = {
    accessToken: granted.access_token,
    // An issuer that doesn't rotate sends none with a renewal.
    refreshToken: granted.refresh_token ?? before?.refreshToken,
    expiresAt: Date.now() / 1000 + (granted.expires_in ?? 300),
    email: typeof email === "string" ? email : undefined,
  };
  sessionStorage.setItem(TOKENS, JSON.stringify(tokens));
  return tokens;
}

function read<Kept>(key: string): Kept | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : JSON.parse(text);
}
