import { useState } from "react";
import { useLocation, useSearch } from "wouter";
import { keepForCustomer, readForCustomer, removeForCustomer } from "../customerData";
import type { MailedCode } from "./mailedCode";
import { setCustomer } from "./session";
import type { Customer } from "./signInMethod";

const STEPS = [
  "sign-in",
  "sign-up",
  "confirm",
  "second-factor",
  "forgot",
  "new-password",
  "code",
  "enter-code",
] as const;
export type SignInStep = (typeof STEPS)[number];

/** Entries that later steps need after a reload. The password is not among them. */
interface Draft {
  email: string;
  mailed?: MailedCode;
}

const KEPT = "signIn";
/** No customer is signed in yet. */
const NO_CUSTOMER = "";

interface SignInSteps extends Draft {
  step: SignInStep;
  setEmail(email: string): void;
  /** Opens a step as a separate page in the history. */
  move(step: SignInStep, mailed?: MailedCode): void;
  finish(customer: Customer): void;
}

/** Steps of signing in and up. Each has an address, so that reloading and going back work. */
export function useSignInSteps(start: SignInStep, initialEmail: string): SignInSteps {
  const [path, go] = useLocation();
  const parameters = new URLSearchParams(useSearch());
  const [draft, setDraft] = useState<Draft>(() => readForCustomer(NO_CUSTOMER, KEPT) ?? { email: initialEmail });
  const requested = STEPS.find((step) => step === parameters.get("step")) ?? start;
  return {
    ...draft,
    step: isPossible(requested, draft) ? requested : start,
    setEmail: (email) => setDraft((now) => ({ ...now, email })),
    move: (step, mailed) => {
      const changed = { email: draft.email.trim(), mailed: mailed ?? draft.mailed };
      setDraft(changed);
      keepForCustomer(NO_CUSTOMER, KEPT, changed);
      parameters.set("step", step);
      go(`${path}?${parameters}`, { replace: step === requested });
    },
    finish: (customer) => {
      removeForCustomer(KEPT);
      setCustomer(customer);
    },
  };
}

function isPossible(step: SignInStep, { email, mailed }: Draft): boolean {
  if (step === "enter-code") return mailed !== undefined;
  return email !== "" || !["confirm", "second-factor", "new-password"].includes(step);
}
