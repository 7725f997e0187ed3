import { forgetCustomerAnswers, forgetCustomerData } from "../customerData";
import { browserStorage } from "../parts/browserStorage";
import { createStore } from "../parts/store";
import { readSettings } from "../settings";
import { PoolUnreachableError } from "./pool";
import { poolSession, readKeptCustomer } from "./poolSession";
import { type Customer, NotSignedInError, type SignInMethod } from "./signInMethod";

export type { Customer } from "./signInMethod";

/** `stranded`: the Region that issued the session can't be reached to renew it. */
export type SessionState =
  | { kind: "unknown" }
  | { kind: "signed-out"; isAccountDeleted?: true }
  | { kind: "signed-in"; customer: Customer }
  | { kind: "stranded"; customer: Customer };

const session = createStore<SessionState>({ kind: "unknown" });

/** @example const session = useSession(); if (session.kind === "signed-in") … */
export const useSession = session.use;

/** Set while a customer may be signed in, so that other visitors do not load the sign-in code. */
const HINT = "stayopen.signedIn";

async function findMethod(): Promise<SignInMethod> {
  // The pool that issued the tokens renews them, whichever Region answers now.
  if (readKeptCustomer()) return poolSession;
  const { auth } = await readSettings();
  return auth.kind === "cognito" ? poolSession : (await import("./oidc")).createOidcSignIn(auth);
}

/** Restores the session of an earlier visit. Called once, when the page starts. */
export async function restoreSession(): Promise<void> {
  if (browserStorage.getItem(HINT) === null) return setCustomer(undefined);
  try {
    setCustomer(await (await findMethod()).restore());
  } catch (error) {
    console.warn("The session could not be restored.", error);
    setCustomer(undefined);
  }
}

export function setCustomer(customer: Customer | undefined): void {
  if (customer) browserStorage.setItem(HINT, "yes");
  else browserStorage.removeItem(HINT);
  forgetCustomerAnswers();
  session.set(customer ? { kind: "signed-in", customer } : { kind: "signed-out" });
}

export async function accessToken({ renew = false } = {}): Promise<string> {
  try {
    return await (await findMethod()).accessToken(renew);
  } catch (error) {
    if (error instanceof NotSignedInError) setCustomer(undefined);
    const state = session.get();
    if (error instanceof PoolUnreachableError && state.kind === "signed-in") {
      // The tokens stay in the browser until the Region is back.
      session.set({ kind: "stranded", customer: state.customer });
    }
    throw error;
  }
}

/** Signs out at the customer's request and removes what this browser tab keeps of them. */
export async function signOut(): Promise<void> {
  forgetCustomerData();
  await forgetSession();
}

/** Signs out because the account is deleted. */
export function leaveDeletedAccount(): void {
  const method = findMethod();
  forgetCustomerData();
  browserStorage.removeItem(HINT);
  session.set({ kind: "signed-out", isAccountDeleted: true });
  // The deletion may have ended the session before.
  method.then(({ signOut }) => signOut()).catch(() => undefined);
}

/** Ends the session. An order without an answer stays, for when the same customer signs in again. */
export async function forgetSession(): Promise<void> {
  const method = findMethod();
  // The page signs out at once, even if the network fails or the customer leaves.
  setCustomer(undefined);
  try {
    await (await method).signOut();
  } catch (error) {
    console.warn("The session could not be revoked.", error);
  }
}
