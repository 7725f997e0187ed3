import type { Price } from "../../../../domain/catalogue/product";
import { toStripeAmount } from "../../../../domain/money";
import { currentLanguage, text } from "../../texts/texts";

/** The part of Stripe.js that the checkout uses. https://docs.stripe.com/js */
interface Stripe {
  elements(options: object): StripeElements;
  createConfirmationToken(options: { elements: StripeElements }): Promise<{
    confirmationToken?: { id: string };
    error?: StripeError;
  }>;
}

interface StripeElements {
  create(type: "payment", options: object): StripePaymentElement;
  update(options: { amount: number }): void;
  /** Checks the fields, and shows errors at them. */
  submit(): Promise<{ error?: StripeError }>;
}

interface StripePaymentElement {
  mount(place: HTMLElement): void;
  destroy(): void;
  on(event: "ready" | "loaderror", listener: () => void): void;
}

interface StripeError {
  /** In the customer's language. */
  message?: string;
}

type ConnectStripe = (publishableKey: string) => Stripe;

/** Mounted card fields of Stripe's. */
export interface StripeForm {
  /** Makes a token of the card, for one payment of this total. Rejects with a sentence for the customer. */
  createToken(total: Price): Promise<string>;
}

/** The release of Stripe.js with the name of the API version that the payment step uses (`stripe` in package.json). */
const ADDRESS = "https://js.stripe.com/endive/stripe.js";
const LOADING_LIMIT_MS = 15_000;
const TOKEN_LIMIT_MS = 30_000;

/**
 * Loads Stripe.js and mounts the Payment Element. The payment itself is created and confirmed by the payment step, with
 * manual capture: https://docs.stripe.com/payments/finalize-payments-on-the-server
 *
 * @param leaving removes the fields.
 * @throws Error when they are not shown in time.
 */
export async function mountCardFields(
  place: HTMLElement,
  { publishableKey, amount, currency }: { publishableKey: string; amount: number; currency: string },
  leaving: AbortSignal,
): Promise<StripeForm> {
  const connect = await within(LOADING_LIMIT_MS, loadStripe());
  leaving.throwIfAborted();
  const stripe = connect(publishableKey);
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const elements = stripe.elements({
    // The same as of the PaymentIntent, which must match.
    mode: "payment",
    amount,
    currency: currency.toLowerCase(),
    captureMethod: "manual",
    paymentMethodTypes: ["card"],
    locale: currentLanguage(),
    appearance: { theme: isDark ? "night" : "stripe", variables: { borderRadius: "8px" } },
  });
  // Wallets need scripts of other companies.
  const fields = elements.create("payment", { wallets: { applePay: "never", googlePay: "never", link: "never" } });
  leaving.addEventListener("abort", () => fields.destroy());
  const shown = new Promise<void>((resolve, reject) => {
    fields.on("ready", resolve);
    fields.on("loaderror", () => reject(new Error("Stripe's fields were not loaded.")));
  });
  fields.mount(place);
  try {
    await within(LOADING_LIMIT_MS, shown);
  } catch (error) {
    if (!leaving.aborted) fields.destroy();
    throw error;
  }
  return {
    createToken: (total) => within(TOKEN_LIMIT_MS, createToken(stripe, elements, total), text.payment.stripeUnanswered),
  };
}

async function createToken(stripe: Stripe, elements: StripeElements, total: Price): Promise<string> {
  const amount = toStripeAmount(total);
  if (typeof amount === "string") throw new Error(text.payment.notByCard);
  elements.update({ amount });
  const checked = await elements.submit();
  if (checked.error) throw new Error(checked.error.message ?? text.payment.checkCard);
  const { confirmationToken, error } = await stripe.createConfirmationToken({ elements });
  if (!confirmationToken) throw new Error(error?.message ?? text.payment.stripeUnanswered);
  return confirmationToken.id;
}

let loading: Promise<ConnectStripe> | undefined;

/** Loads Stripe.js from Stripe's own address, which Stripe requires. A failed attempt is not kept. */
function loadStripe(): Promise<ConnectStripe> {
  loading ??= addScript();
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

function addScript(): Promise<ConnectStripe> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const settle = () => {
      clearTimeout(timer);
      const { Stripe } = window as { Stripe?: ConnectStripe };
      if (Stripe) return resolve(Stripe);
      script.remove();
      reject(new Error("Stripe.js was not loaded."));
    };
    const timer = setTimeout(settle, LOADING_LIMIT_MS);
    script.src = ADDRESS;
    script.onload = settle;
    script.onerror = settle;
    document.head.append(script);
  });
}

function within<Value>(limitMs: number, task: Promise<Value>, sentence = "Timed out."): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), limitMs);
  });
  return Promise.race([task, limit]).finally(() => clearTimeout(timer));
}
