import type { CognitoSettings } from "../../../domain/auth/settings";
import { CUSTOMER_CLAIM, customerIdFrom } from "../../../domain/auth/signedIn";
import { browserStorage, readKept } from "../parts/browserStorage";
import { text } from "../texts/texts";
import { type AuthenticationResult, callPool, PoolError, PoolUnreachableError } from "./pool";
import { type Customer, NotSignedInError, type SignInMethod } from "./signInMethod";

/** Session with the pool that issued its tokens: only that pool renews them, whichever Region answers. */
interface Kept {
  pool: CognitoSettings;
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  email?: string;
}

/** Key of the session in the browser's storage. */
export const POOL_SESSION = "stayopen.session";

/** Milliseconds before expiry when a token is renewed. */
const MARGIN_MS = 60_000;

/** Session of a user pool, shared by tabs and visits until sign-out. */
export const poolSession: SignInMethod = {
  accessToken: async (forced) => {
    const kept = read();
    if (!kept) throw new NotSignedInError(text.signInErrors.notSignedIn);
    const leftMs = kept.expiresAt - Date.now();
    if (!forced && leftMs > MARGIN_MS) return kept.accessToken;
    try {
      return (await renewOnce(kept)).accessToken;
    } catch (error) {
      // Every Region accepts the token until it expires, even if the one that issued it is lost.
      if (!forced && leftMs > 0 && error instanceof PoolUnreachableError) return kept.accessToken;
      throw error;
    }
  },
};

/** Removes the session, if there is one, from the browser at once, and then ends it. */
export async function endPoolSession(): Promise<void> {
  const kept = read();
  browserStorage.removeItem(POOL_SESSION);
  if (kept) await revoke(kept);
}

export function readKeptCustomer(): Customer | undefined {
  const kept = read();
  return kept && toCustomer(kept);
}

/** Access token of the session, valid or not; `undefined` without one, and with an external issuer. */
export function readKeptToken(): string | undefined {
  return read()?.accessToken;
}

/** Pool of the session; `undefined` without a session, and with an external issuer. */
export function readKeptPool(): CognitoSettings | undefined {
  return read()?.pool;
}

/** Keeps a new session and revokes the one before it. */
export function startSession(pool: CognitoSettings, tokens: AuthenticationResult): Customer {
  const earlier = read();
  // The earlier session's Region may be lost: then that session expires by itself.
  if (earlier) revoke(earlier).catch(() => undefined);
  return keepTokens(pool, tokens);
}

let renewing: Promise<Kept> | undefined;

/** A refresh token is valid once, so there is one renewal at a time. */
function renewOnce(kept: Kept): Promise<Kept> {
  renewing ??= renew(kept).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renew({ pool, refreshToken }: Kept): Promise<Kept> {
  try {
    const { AuthenticationResult: tokens } = await callPool<{ AuthenticationResult: AuthenticationResult }>(
      pool,
      "GetTokensFromRefreshToken",
      { ClientId: pool.clientId, RefreshToken: refreshToken },
    );
    const renewed = { ...tokens, RefreshToken: tokens.RefreshToken ?? refreshToken };
    const present = read();
    if (present?.refreshToken === refreshToken) keepTokens(pool, renewed);
    // The customer has signed out meanwhile: nothing stays in the browser.
    else if (!present) await revoke({ pool, refreshToken: renewed.RefreshToken }).catch(() => undefined);
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    // Otherwise another tab has renewed the token before.
    if (read()?.refreshToken === refreshToken) {
      browserStorage.removeItem(POOL_SESSION);
      throw new NotSignedInError(text.errors.signInAgain, { cause: error });
    }
  }
  const kept = read();
  if (!kept) throw new NotSignedInError(text.errors.signInAgain);
  return kept;
}

function keepTokens(pool: CognitoSettings, tokens: AuthenticationResult): Customer {
  const { email } = decodeClaims(tokens.IdToken);
  const kept: Kept = {
    pool,
    accessToken: tokens.AccessToken,
    refreshToken: tokens.RefreshToken ?? "",
    expiresAt: Date.now() + tokens.ExpiresIn * 1000,
    email: typeof email === "string" ? email : undefined,
  };
  browserStorage.setItem(POOL_SESSION, JSON.stringify(kept));
  return toCustomer(kept);
}

function toCustomer({ accessToken, email }: Kept): Customer {
  return { customerId: customerIdFrom(decodeClaims(accessToken), CUSTOMER_CLAIM), email };
}

async function revoke({ pool, refreshToken }: Pick<Kept, "pool" | "refreshToken">): Promise<void> {
  await callPool(pool, "RevokeToken", { ClientId: pool.clientId, Token: refreshToken });
}

function read(): Kept | undefined {
  return readKept<Kept>(browserStorage, POOL_SESSION);
}

/** Claims of a token, for display only: the APIs verify it. */
export function decodeClaims(token: string | undefined): Record<string, unknown> {
  const payload = token?.split(".")[1];
  if (!payload) return {};
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
    return Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // An opaque token, readable by its issuer only.
    return {};
  }
}
