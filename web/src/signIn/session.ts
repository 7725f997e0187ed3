import { useSyncExternalStore } from "react";
import { readSettings } from "../settings";
import { PoolUnreachableError } from "./pool";
import { keptPerson, poolSession } from "./poolSession";
import { NotSignedInError, type Person, type SignInWay } from "./way";

export type { Person } from "./way";

/** `stranded`: signed in once, by a Region that can't be reached now to go on with it. */
export type SessionState =
  | { kind: "unknown" }
  | { kind: "nobody" }
  | { kind: "person"; person: Person }
  | { kind: "stranded"; person: Person };

let state: SessionState = { kind: "unknown" };
const listeners = new Set<() => void>();

/** Set while somebody is or may be signed in, so that visitors who aren't don't load what signs in. */
const HINT = "stayopen.signedIn";

async function way(): Promise<SignInWay> {
  // Tokens of a user pool are renewed there, whichever Region answers now.
  if (keptPerson()) return poolSession;
  const { auth } = await readSettings();
  return auth.kind === "cognito" ? poolSession : (await import("./oidc")).oidcWay(auth);
}

/** Finds out who is signed in; called once when the page starts. */
export async function restoreSession(): Promise<void> {
  if (localStorage.getItem(HINT) === null) return become(undefined);
  try {
    become(await (await way()).restore());
  } catch (error) {
    console.warn("The session could not be restored.", error);
    become(undefined);
  }
}

export function become(person: Person | undefined): void {
  if (person) localStorage.setItem(HINT, "yes");
  else localStorage.removeItem(HINT);
  change(person ? { kind: "person", person } : { kind: "nobody" });
}

function change(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export async function accessToken({ renew = false } = {}): Promise<string> {
  try {
    return await (await way()).accessToken(renew);
  } catch (error) {
    if (error instanceof NotSignedInError) become(undefined);
    if (error instanceof PoolUnreachableError && state.kind === "person") {
      // What the browser keeps stays, for when the Region is back.
      change({ kind: "stranded", person: state.person });
    }
    throw error;
  }
}

export async function signOut(): Promise<void> {
  const signedInBy = way();
  // Here at once, whatever the network does: somebody who leaves the page in this moment is signed out as well.
  become(undefined);
  await (await signedInBy).signOut();
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
