import type { CognitoSettings } from "../../../domain/auth/settings";
import { CUSTOMER_CLAIM, customerIdFrom } from "../../../domain/auth/signedIn";
import { type AuthenticationResult, callPool, PoolError, PoolUnreachableError } from "./pool";
import { NotSignedInError, type Person, type SignInWay } from "./way";

/** Somebody's sign-in, with the pool that gave out the tokens: it alone renews them, whichever Region answers. */
interface Kept {
  pool: CognitoSettings;
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  email?: string;
}

const KEPT = "stayopen.session";

/** Milliseconds before its end when a token is renewed. */
const MARGIN_MS = 60_000;

/** Signed in by a user pool; over tabs and visits, until signing out. */
export const poolSession: SignInWay = {
  restore: async () => keptPerson(),
  accessToken: async (forced) => {
    const kept = read();
    if (!kept) throw new NotSignedInError("Please sign in.");
    const left = kept.expiresAt - Date.now();
    if (!forced && left > MARGIN_MS) return kept.accessToken;
    try {
      return (await renewOnce(kept)).accessToken;
    } catch (error) {
      // Every Region takes it to its end, whatever has become of the one that gave it out.
      if (!forced && left > 0 && error instanceof PoolUnreachableError) return kept.accessToken;
      throw error;
    }
  },
  signOut: async () => {
    const kept = read();
    localStorage.removeItem(KEPT);
    if (kept) await revoke(kept);
  },
};

/** Who is signed in, as far as this browser remembers. */
export function keptPerson(): Person | undefined {
  const kept = read();
  return kept && personOf(kept);
}

/** The pool that somebody is signed in by; `undefined` for nobody, and with an issuer of one's own. */
export function keptPool(): CognitoSettings | undefined {
  return read()?.pool;
}

/** Remembers a new sign-in, and ends the one before it. */
export function keep(pool: CognitoSettings, tokens: AuthenticationResult): Person {
  const earlier = read();
  // An earlier session may belong to a Region that is gone: then it ends by itself.
  if (earlier) revoke(earlier).catch(() => undefined);
  return remember(pool, tokens);
}

let renewing: Promise<Kept> | undefined;

/** A refresh token is good once, so that there is one renewal at a time. */
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
    remember(pool, { ...tokens, RefreshToken: tokens.RefreshToken ?? refreshToken });
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    // Another tab was quicker, and has replaced the token.
    if (read()?.refreshToken === refreshToken) {
      localStorage.removeItem(KEPT);
      throw new NotSignedInError("Please sign in again.", { cause: error });
    }
  }
  const kept = read();
  if (!kept) throw new NotSignedInError("Please sign in again.");
  return kept;
}

function remember(pool: CognitoSettings, tokens: AuthenticationResult): Person {
  const { email } = claimsOf(tokens.IdToken);
  const kept: Kept = {
    pool,
    accessToken: tokens.AccessToken,
    refreshToken: tokens.RefreshToken ?? "",
    expiresAt: Date.now() + tokens.ExpiresIn * 1000,
    email: typeof email === "string" ? email : undefined,
  };
  localStorage.setItem(KEPT, JSON.stringify(kept));
  return personOf(kept);
}

function personOf({ accessToken, email }: Kept): Person {
  return { customerId: customerIdFrom(claimsOf(accessToken), CUSTOMER_CLAIM), email };
}

async function revoke({ pool, refreshToken }: Kept): Promise<void> {
  await callPool(pool, "RevokeToken", { ClientId: pool.clientId, Token: refreshToken });
}

function read(): Kept | undefined {
  const text = localStorage.getItem(KEPT);
  return text === null ? undefined : JSON.parse(text);
}

/** What a token says, for the page to show: whether it is true, the APIs find out. */
export function claimsOf(token: string | undefined): Record<string, unknown> {
  const payload = token?.split(".")[1];
  if (!payload) return {};
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
    return Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // A token that only the issuer can read.
    return {};
  }
}
