import type { SignInSettings } from "../../domain/auth/settings";

/** What the stack says about itself at `/config.json`. */
export interface Settings {
  auth: SignInSettings;
  /** The public key that cards are encrypted to. */
  card: { keyId: string; jwk: JsonWebKey };
  /** ISO 4217: what the store sells in. */
  currency: string;
  region: string;
}

let settings: Promise<Settings> | undefined;

/** Read once; tried again when it failed. */
export function readSettings(): Promise<Settings> {
  settings ??= read().catch((error: unknown) => {
    settings = undefined;
    throw error;
  });
  return settings;
}

async function read(): Promise<Settings> {
  const response = await fetch("/config.json", { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`The store's settings can't be read (${response.status}).`);
  return response.json();
}
