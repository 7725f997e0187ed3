import type { CognitoSettings, SignInSettings } from "../../domain/auth/settings";
import type { PaymentElement } from "../../domain/order/providers/paymentElement";
import { callApi, regionChoice, toKnownRegions } from "./publicApi";
import { text } from "./texts/texts";

/** Settings of the store, from `/api/config` or the stack's `/config.json`. */
export interface Settings {
  /** Sign-in in the Region that answered. */
  auth: SignInSettings;
  /** Public key for encrypting cards. */
  card: { keyId: string; jwk: JsonWebKey };
  /** The payment provider's own card fields. Absent: the page encrypts cards. */
  paymentElement?: PaymentElement;
  /** The store has shipping methods or taxes, which a quote has. Absent: a total is the sum of the lines. */
  quotes?: boolean;
  /** ISO 4217 code of all prices. */
  currency: string;
  region: string;
  /** Sign-in in each Region, if there are several; `here` marks the one that answered. */
  regions?: { region: string; auth: SignInSettings; here: boolean }[];
  /** All Regions of the store. */
  storeRegions?: string[];
}

/** User pools of the Region that answered and of the others; `undefined` if an external issuer signs customers in. */
export function userPools({ auth, regions = [] }: Settings): [CognitoSettings, ...CognitoSettings[]] | undefined {
  if (auth.kind !== "cognito") return undefined;
  const others = regions.filter(({ here }) => !here).map((region) => region.auth);
  return [auth, ...others.filter((other) => other.kind === "cognito")];
}

/** Milliseconds before `/api/config` is read again: another Region may answer by then. */
const GOOD_FOR_MS = 60_000;

let settings: { read: Promise<Settings>; at: number; away: string | undefined } | undefined;

/** Reads the settings at most once a minute, and after a move to another Region. A failed read is not kept. */
export function readSettings(): Promise<Settings> {
  const away = regionChoice.away;
  if (settings && settings.away === away && Date.now() - settings.at < GOOD_FOR_MS) return settings.read;
  const read = readFromApi().then((answer) => answer ?? readFromSite());
  settings = { read, at: Date.now(), away };
  read.catch(() => {
    settings = undefined;
  });
  return read;
}

/** `undefined` if the store has no such API, or no Region answers. */
async function readFromApi(): Promise<Settings | undefined> {
  try {
    const answer = await callApi<Settings>("/api/config", { signal: AbortSignal.timeout(10_000) });
    regionChoice.know(toKnownRegions(answer));
    return answer;
  } catch {
    // The site's file has the same settings, except for the Region that is up.
    return undefined;
  }
}

async function readFromSite(): Promise<Settings> {
  const response = await fetch("/config.json", { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(text.errors.unavailable);
  return response.json();
}
