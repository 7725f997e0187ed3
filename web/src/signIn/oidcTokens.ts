import { customerIdFrom } from "../../../domain/auth/signedIn";
import { readKept, tabStorage } from "../parts/browserStorage";
import { decodeClaims } from "./poolSession";
import type { Customer } from "./signInMethod";

/** Tokens of an external issuer. */
export interface OidcTokens {
  accessToken: string;
  refreshToken?: string;
  /** Seconds since 1970. */
  expiresAt: number;
  email?: string;
}

// The tokens end with the tab; the issuer keeps its own session.
const TOKENS = "stayopen.oidc.tokens";

export function readOidcTokens(): OidcTokens | undefined {
  return readKept<OidcTokens>(tabStorage, TOKENS);
}

export function keepOidcTokens(tokens: OidcTokens): void {
  tabStorage.setItem(TOKENS, JSON.stringify(tokens));
}

/** Removes the tokens, and returns them. */
export function takeOidcTokens(): OidcTokens | undefined {
  const tokens = readOidcTokens();
  tabStorage.removeItem(TOKENS);
  return tokens;
}

export function readOidcCustomer(): Customer | undefined {
  const tokens = readOidcTokens();
  return tokens && toOidcCustomer(tokens);
}

export function toOidcCustomer({ accessToken, email }: OidcTokens): Customer {
  return { customerId: customerIdFrom(decodeClaims(accessToken)), email };
}
