import { forgetCustomerAnswers, forgetCustomerData } from "../customerData";
import { createStore } from "../parts/store";
import { readSettings } from "../settings";
import { text } from "../texts/texts";
import { readOidcCustomer, readOidcTokens, takeOidcTokens } from "./oidcTokens";
import { PoolUnreachableError } from "./pool";
import { endPoolSession, POOL_SESSION, poolSession, readKeptCustomer, readKeptToken } from "./poolSession";
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

/** Restores the session of an earlier visit, without the network. Called once, when the page starts. */
export function restoreSession(): void {
  setCustomer(readCustomer());
  // Tabs share the session of a pool: the page follows when another tab signs out, or in as another customer.
  addEventListener("storage", (event) => {
    if (event.key === POOL_SESSION && !isShown(readCustomer())) setCustomer(readCustomer());
  });
}

function readCustomer(): Customer | undefined {
  return readKeptCustomer() ?? readOidcCustomer();
}

/** True if the page shows this session, or none without one. */
function isShown(kept: Customer | undefined): boolean {
  const state = session.get();
  if (!kept) return state.kind === "signed-out";
  return state.kind === "signed-in" && state.customer.customerId === kept.customerId;
}

export function setCustomer(customer: Customer | undefined): void {
  forgetCustomerAnswers();
  session.set(customer ? { kind: "signed-in", customer } : { kind: "signed-out" });
}

function currentCustomer(): Customer | undefined {
  const state = session.get();
  return "customer" in state ? state.customer : undefined;
}

export async function accessToken({ renew = false } = {}): Promise<string> {
  const customer = currentCustomer();
  try {
    const token = await (await findMethod()).accessToken(renew);
    // Nothing that one customer began is done as another one, who has signed in in another tab.
    if (customer && readCustomer()?.customerId !== customer.customerId)
      throw new NotSignedInError(text.errors.signInAgain);
    return token;
  } catch (error) {
    // Meanwhile a customer may have signed in again.
    if (currentCustomer() !== customer) throw error;
    if (error instanceof NotSignedInError) setCustomer(readKeptCustomer());
    if (error instanceof PoolUnreachableError && customer) {
      // The tokens stay in the browser until the Region is back.
      session.set({ kind: "stranded", customer });
    }
    throw error;
  }
}

async function findMethod(): Promise<SignInMethod> {
  // The pool that issued the tokens renews them, whichever Region answers now.
  if (readKeptCustomer() || !readOidcTokens()) return poolSession;
  const oidc = await loadOidcSignIn();
  if (oidc) return oidc;
  // The store had another way to sign in before.
  takeOidcTokens();
  return poolSession;
}

/** The code for an external issuer, which other visitors do not load; `undefined` if the store signs in with pools. */
async function loadOidcSignIn() {
  const { auth } = await readSettings();
  return auth.kind === "oidc" ? (await import("./oidc")).createOidcSignIn(auth) : undefined;
}

/** Removes the session from the browser at once, even if the network fails or the customer leaves, and then ends it. */
async function endSession(): Promise<void> {
  const tokens = takeOidcTokens();
  await endPoolSession();
  if (tokens) await (await loadOidcSignIn())?.revoke(tokens);
}

/** Signs out at the customer's request and removes what this browser tab keeps of them. */
export async function signOut(): Promise<void> {
  forgetCustomerData();
  await forgetSession();
}

/** Signs out because the account is deleted. */
export function leaveDeletedAccount(): void {
  forgetCustomerData();
  // The deletion may have ended the session before.
  endSession().catch(() => undefined);
  session.set({ kind: "signed-out", isAccountDeleted: true });
}

/** Ends the session whose token the APIs refuse, unless it has another one by now: renewed in another tab, or of the next customer. */
export async function leaveRefusedSession(token: string): Promise<void> {
  if ((readKeptToken() ?? readOidcTokens()?.accessToken) === token) await forgetSession();
}

/** Ends the session. An order without an answer stays, for when the same customer signs in again. */
export async function forgetSession(): Promise<void> {
  const ended = endSession();
  setCustomer(undefined);
  try {
    await ended;
  } catch (error) {
    console.warn("The session could not be revoked.", error);
  }
}
