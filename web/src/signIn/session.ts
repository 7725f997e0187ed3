import { useSyncExternalStore } from "react";
import { readSettings } from "../settings";

/** Who is signed in, as far as the page shows it. */
export interface Person {
  email?: string;
}

/** A way to be signed in: a user pool, or an issuer. Each is loaded only when somebody needs it. */
export interface SignInWay {
  /** The person who is signed in from an earlier visit. */
  restore(): Promise<Person | undefined>;
  /** A token that is good now. Rejects when nobody is signed in. */
  accessToken(renew: boolean): Promise<string>;
  signOut(): Promise<void>;
}

export type SessionState = { kind: "unknown" } | { kind: "nobody" } | { kind: "person"; person: Person };

let state: SessionState = { kind: "unknown" };
const listeners = new Set<() => void>();

/** Set while somebody is or may be signed in, so that visitors who aren't don't load what signs in. */
const HINT = "stayopen.signedIn";

export async function wayToSignIn(): Promise<SignInWay> {
  const { auth } = await readSettings();
  if (auth.kind === "cognito") return (await import("./cognito")).cognitoWay(auth);
  return (await import("./oidc")).oidcWay(auth);
}

/** Finds out who is signed in; called once when the page starts. */
export async function restoreSession(): Promise<void> {
  if (localStorage.getItem(HINT) === null) return become(undefined);
  try {
    become(await (await wayToSignIn()).restore());
  } catch (error) {
    console.warn("The session could not be restored.", error);
    become(undefined);
  }
}

export function become(person: Person | undefined): void {
  if (person) localStorage.setItem(HINT, "yes");
  else localStorage.removeItem(HINT);
  state = person ? { kind: "person", person } : { kind: "nobody" };
  for (const listener of listeners) listener();
}

export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

export async function accessToken({ renew = false } = {}): Promise<string> {
  try {
    return await (await wayToSignIn()).accessToken(renew);
  } catch (error) {
    if (error instanceof NotSignedInError) become(undefined);
    throw error;
  }
}

export async function signOut(): Promise<void> {
  // Here at once, whatever the network does: somebody who leaves the page in this moment is signed out as well.
  become(undefined);
  await (await wayToSignIn()).signOut();
}

/** The APIs refuse the token even after it was renewed: the session is over, whatever the browser still keeps. */
export async function forgetSession(): Promise<void> {
  await signOut().catch((error: unknown) => console.warn("Signing out did not reach the directory.", error));
}

/** @example const session = useSession(); if (session.kind === "person") … */
export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
