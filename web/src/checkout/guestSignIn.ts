import type { CognitoSettings } from "../../../domain/auth/settings";
import { keepForCustomer, readForCustomer, removeForCustomer } from "../customerData";
import { enterCode, type MailedCode, requestCode } from "../signIn/mailedCode";
import { PoolError } from "../signIn/pool";
import type { Customer } from "../signIn/signInMethod";
import { text } from "../texts/texts";

/** Code that was mailed to a guest. The tab keeps it over a reload, until the guest is signed in. */
export interface GuestDraft {
  email: string;
  /** Of the new account. It is random, and no one needs it again: later sign-ins use mailed codes, or a password reset. */
  password?: string;
  /** The address has an account already, so a sign-in code was sent. */
  mailed?: MailedCode;
}

const KEPT = "guest";
/** No customer is signed in yet. */
const NO_CUSTOMER = "";

const readPasswordSignIn = async (pools: CognitoSettings[]) =>
  (await import("../signIn/cognito")).createPasswordSignIn(pools);

export const readGuestDraft = (): GuestDraft => readForCustomer(NO_CUSTOMER, KEPT) ?? { email: "" };

/**
 * Sends a code to the address: to confirm a new account, or to sign in to the one that it has. Rejects if it has an account and the
 * store mails no sign-in codes.
 */
export async function sendGuestCode(
  pools: [CognitoSettings, ...CognitoSettings[]],
  email: string,
): Promise<GuestDraft> {
  const draft = await startAccount(pools, email);
  keepForCustomer(NO_CUSTOMER, KEPT, draft);
  return draft;
}

async function startAccount(pools: [CognitoSettings, ...CognitoSettings[]], email: string): Promise<GuestDraft> {
  const signIn = await readPasswordSignIn(pools);
  const kept = readGuestDraft();
  if (kept.email === email && kept.password !== undefined) {
    // Cognito sends no new code to an account that another tab or device has confirmed meanwhile, and does not say so.
    if (pools[0].codes !== undefined) return { email, mailed: await requestCode(email) };
    await signIn.resendCode(email);
    return kept;
  }
  const password = `Aa1-${crypto.randomUUID()}`;
  try {
    await signIn.signUp(email, password);
    return { email, password };
  } catch (error) {
    if (!isPoolError(error, "UsernameExistsException") || pools[0].codes === undefined) throw error;
  }
  // Also for an account that was never confirmed, whose password is lost with its tab or another person's: the store replaces it.
  return { email, mailed: await requestCode(email) };
}

/** Signs the guest in with the code. */
export async function enterGuestCode(
  pools: CognitoSettings[],
  { email, password, mailed }: GuestDraft,
  code: string,
): Promise<Customer> {
  if (mailed) return finish(await enterCode(mailed, code));
  const signIn = await readPasswordSignIn(pools);
  await signIn.confirm(email, code).catch((error: unknown) => {
    // Confirmed by an attempt before, whose sign-in failed.
    if (!isPoolError(error, "NotAuthorizedException")) throw error;
  });
  const outcome = await signIn.signIn(email, password ?? "");
  if (outcome.step !== "done") throw new Error(text.signInErrors.failed);
  return finish(outcome.customer);
}

const isPoolError = (error: unknown, name: string) => error instanceof PoolError && error.name === name;

function finish(customer: Customer): Customer {
  removeForCustomer(KEPT);
  return customer;
}
