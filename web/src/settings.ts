import type { SignInSettings } from "../../domain/auth/settings";

/** What the store says about itself at `/api/config`, or the stack at `/config.json`. */
export interface Settings {
  /** Who signs people in in the Region that answered. */
  auth: SignInSettings;
  /** The public key that cards are encrypted to. */
  card: { keyId: string; jwk: JsonWebKey };
  /** ISO 4217: what the store sells in. */
  currency: string;
  region: string;
  /** Each Region's way to sign in, where there are several; `here` is the one that answered. */
  regions?: { region: string; auth: SignInSettings; here: boolean }[];
}

/** Milliseconds after which `/api/config` is asked again: another Region may answer by then. */
const GOOD_FOR_MS = 60_000;

let settings: { read: Promise<Settings>; at: number } | undefined;

/** Read once a minute at most; tried again when it failed. */
export function readSettings(): Promise<Settings> {
  if (settings && Date.now() - settings.at < GOOD_FOR_MS) return settings.read;
  const read = fromApi().then((answer) => answer ?? fromSite());
  settings = { read, at: Date.now() };
  read.catch(() => {
    settings = undefined;
  });
  return read;
}

/** What the Region that is up says; `undefined` where the store has no such API, or it does not answer. */
async function fromApi(): Promise<Settings | undefined> {
  try {
    const response = await fetch("/api/config", { signal: AbortSignal.timeout(4_000) });
    // Without the API the path leads to the page itself.
    const isAnswer = response.ok && response.headers.get("content-type")?.includes("json");
    return isAnswer ? await response.json() : undefined;
  } catch {
    // The site's own file is as good, but for which Region is up.
    return undefined;
  }
}

async function fromSite(): Promise<Settings> {
  const response = await fetch("/config.json", { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`The store's settings can't be read (${response.status}).`);
  return response.json();
}
