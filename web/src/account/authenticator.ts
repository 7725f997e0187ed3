import { SECOND_FACTOR_CLAIM } from "../../../domain/auth/signedIn";
import { callPool, PoolError } from "../signIn/pool";
import { decodeClaims, readKeptPool } from "../signIn/poolSession";
import { accessToken } from "../signIn/session";
import { text } from "../texts/texts";

/** Secret to be added to an authenticator app. */
export interface Secret {
  /** In groups of four, to type. */
  text: string;
  /** `otpauth:` address, to scan. */
  address: string;
}

/** True if sign-in requires the app's code; `undefined` if an external issuer signs the customer in. */
export async function isAuthenticatorOn(): Promise<boolean | undefined> {
  if (!readKeptPool()) return undefined;
  const { [SECOND_FACTOR_CLAIM]: factor } = decodeClaims(await accessToken());
  if (factor === undefined) throw new Error(text.account.unreadable);
  return factor === "yes";
}

/**
 * Signs in again with the password and, if the app is on, its code. Cognito lets only a token from a sign-in change the
 * account, not a renewed one.
 */
export async function signInAgain(email: string, password: string, code?: string): Promise<void> {
  const { createPasswordSignIn } = await import("../signIn/cognito");
  const signIn = createPasswordSignIn([requirePool()]);
  let outcome = await signIn.signIn(email, password);
  if (outcome.step === "second-factor" && code !== undefined) outcome = await signIn.secondFactor(code);
  if (outcome.step !== "done") throw new Error(text.account.signInAgain);
}

/** Creates a secret. It counts once `turnOn` has confirmed a code made with it. */
export async function createSecret(account: string): Promise<Secret> {
  const { SecretCode } = await call<{ SecretCode: string }>("AssociateSoftwareToken", {});
  const label = encodeURIComponent(`stayopen:${account}`);
  return {
    text: SecretCode.match(/.{1,4}/g)?.join(" ") ?? SecretCode,
    address: `otpauth://totp/${label}?secret=${SecretCode}&issuer=stayopen`,
  };
}

export async function turnOn(code: string): Promise<void> {
  const { Status } = await call<{ Status: string }>("VerifySoftwareToken", { UserCode: code });
  if (Status !== "SUCCESS") throw new PoolError("CodeMismatchException", text.signInErrors.wrongCode);
  await setPreference(true);
}

export async function turnOff(): Promise<void> {
  await setPreference(false);
}

async function setPreference(isOn: boolean): Promise<void> {
  await call("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: isOn, PreferredMfa: isOn } });
  // Issuing a token publishes the setting to the other Regions, where a mailed code would bypass the app.
  await accessToken({ renew: true });
}

async function call<Answer>(operation: Parameters<typeof callPool>[1], input: object): Promise<Answer> {
  const AccessToken = await accessToken();
  return callPool<Answer>(requirePool(), operation, { AccessToken, ...input });
}

function requirePool() {
  const pool = readKeptPool();
  if (!pool) throw new Error(text.errors.signInAgain);
  return pool;
}
