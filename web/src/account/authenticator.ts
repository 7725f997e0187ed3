import { SECOND_FACTOR_CLAIM } from "../../../domain/auth/signedIn";
import { callPool, PoolError } from "../signIn/pool";
import { claimsOf, keptPool } from "../signIn/poolSession";
import { accessToken } from "../signIn/session";

/** What an authenticator app must know. */
export interface Secret {
  /** To type, in groups of four. */
  text: string;
  /** To scan. */
  address: string;
}

/** Whether signing in asks for the app's digits; `undefined` where the store's pools don't decide that. */
export async function isSetUp(): Promise<boolean | undefined> {
  if (!keptPool()) return undefined;
  const { [SECOND_FACTOR_CLAIM]: known } = claimsOf(await accessToken());
  if (known === undefined) throw new Error("Your sign-in settings can't be read at the moment. Try again.");
  return known === "yes";
}

/**
 * Signs in again, with the password and, where the app is on, its digits. Only a token of a sign-in may change the account;
 * Cognito refuses a renewed one.
 */
export async function proveOwnership(email: string, password: string, digits?: string): Promise<void> {
  const pool = keptPool();
  if (!pool) throw new Error("Please sign in again.");
  const { passwordSignIn } = await import("../signIn/cognito");
  const way = passwordSignIn([pool]);
  let outcome = await way.signIn(email, password);
  if (outcome.step === "second-factor" && digits !== undefined) outcome = await way.secondFactor(digits);
  if (outcome.step !== "done") throw new Error("Sign out and in again, then come back to this page.");
}

/** A new secret, which counts once digits made of it have come back. */
export async function newSecret(account: string): Promise<Secret> {
  const { SecretCode } = await call<{ SecretCode: string }>("AssociateSoftwareToken", {});
  const label = encodeURIComponent(`stayopen:${account}`);
  return {
    text: SecretCode.match(/.{1,4}/g)?.join(" ") ?? SecretCode,
    address: `otpauth://totp/${label}?secret=${SecretCode}&issuer=stayopen`,
  };
}

/** From now on signing in asks for the digits. */
export async function turnOn(digits: string): Promise<void> {
  const { Status } = await call<{ Status: string }>("VerifySoftwareToken", { UserCode: digits });
  if (Status !== "SUCCESS") throw new PoolError("CodeMismatchException", "The digits are wrong.");
  await call("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
  await tell();
}

export async function turnOff(): Promise<void> {
  await call("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } });
  await tell();
}

/** With a new token the pool tells the other Regions, where codes by mail would get around the app. */
async function tell(): Promise<void> {
  await accessToken({ renew: true });
}

async function call<Answer>(operation: Parameters<typeof callPool>[1], input: object): Promise<Answer> {
  const AccessToken = await accessToken();
  const pool = keptPool();
  if (!pool) throw new Error("Please sign in again.");
  return callPool<Answer>(pool, operation, { AccessToken, ...input });
}
