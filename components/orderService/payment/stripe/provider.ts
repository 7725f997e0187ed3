import Stripe from "stripe";
import { toStripeAmount } from "../../../../domain/money";
import type {
  AuthorizeAnswer,
  CaptureAnswer,
  PartialRefundAnswer,
  PayableOrder,
  PaymentMeans,
  PaymentProvider,
  RefundAnswer,
  RefundPart,
  VoidAnswer,
} from "../../../../domain/order";
import { type OutgoingRequest, outgoing } from "../../../runtime/outgoing";
import { secret } from "../../../runtime/secrets";
import { TransientError } from "../../../runtime/transientError";
import { setting } from "../../handlers/clients";
import { ProviderRefusal } from "../../handlers/steps/providerRefusal";
import { findWholeRefund, isSettled, isStanding, toAuthorizeAnswer, toPortError, toReason, toSettled } from "./answers";
import { FreeOrders, type RequestOptions } from "./freeOrders";

/** Access to a Stripe account. */
export interface StripeConnection {
  /** Read for each call, so that a rotated key needs no deployment. */
  apiKey: () => Promise<string>;
  /** After this many milliseconds without an answer a call of the port counts as unanswered, however many requests it takes. */
  timeoutMs: number;
  /** Page that the customer returns to after a challenge of their bank; `{orderId}` stands for the order. */
  returnUrl: string;
  /** Default: Stripe's API. */
  endpoint?: string;
  /** Sends a request. Default: Node's HTTP client, traced. */
  fetch?: typeof outgoing.fetch;
}

/**
 * Stripe keeps idempotency keys for at least 24 hours. An older order's PaymentIntent is searched for, by metadata that Stripe
 * indexes within a minute; the hour between absorbs clocks that differ.
 */
const KEYS_KEPT_MS = 23 * 3_600_000;

/** Idempotency keys of an order's PaymentIntent: Stripe repeats a 5xx under its key, so the next one takes its place. */
const MOST_KEYS = 3;

/** The charge's refunds tell a whole refund, which decides the order, from partial ones, which do not. */
const EXPAND = { expand: ["latest_charge.refunds"] };

/** Codes of a capture that comes after the bank has released the money. */
const EXPIRED = new Set(["capture_charge_authorization_expired", "charge_expired_for_capture"]);

/** `fetch` as far as Stripe's package uses it. A redirect is an error: no other host may get the key. */
function toFetch(send: typeof outgoing.fetch): typeof fetch {
  const fetchOnce = async (url: string, init: Omit<OutgoingRequest, "headers"> & { headers: [string, string][] }) => {
    const response = await send(url, { ...init, headers: Object.fromEntries(init.headers) });
    if (response.status >= 300 && response.status < 400) throw new Error(`Stripe redirected with ${response.status}.`);
    return response;
  };
  return fetchOnce as unknown as typeof fetch;
}

/**
 * Stripe as the payment provider: one PaymentIntent an order, captured manually. The order's id is its idempotency key and
 * metadata, so both Regions find the same one, whichever created it.
 *
 * Stripe decides between capture and void: a PaymentIntent that is canceled can be neither confirmed nor captured, and one
 * that has succeeded cannot be canceled. A void of an order that was never authorized creates the PaymentIntent and cancels it.
 */
export class StripePaymentProvider implements PaymentProvider {
  private readonly stripe: Stripe;
  private readonly free: FreeOrders;

  constructor(private readonly connection: StripeConnection) {
    const url = connection.endpoint === undefined ? undefined : new URL(connection.endpoint);
    this.stripe = new Stripe("given with each request", {
      // The workflow retries, with a limit and jitter.
      maxNetworkRetries: 0,
      telemetry: false,
      // By this client of Stripe's, a time-out includes the body.
      httpClient: Stripe.createFetchHttpClient(toFetch(connection.fetch ?? ((...call) => outgoing.fetch(...call)))),
      ...(url && { host: url.hostname, port: url.port, protocol: url.protocol === "http:" ? "http" : "https" }),
    });
    this.free = new FreeOrders(this.stripe);
  }

  authorize(order: PayableOrder, means: PaymentMeans): Promise<AuthorizeAnswer> {
    return this.call("authorize", order, async (options) => {
      if (isFree(order)) return this.free.authorize(order, options);
      const intent = await this.intentOf(order, options);
      if ("declined" in intent) return { status: "declined", reason: intent.declined };
      assertTotal(order, intent);
      const recorded = toAuthorizeAnswer(intent);
      if (recorded.status !== "none" && recorded.status !== "declined") return recorded;
      const answer = await this.confirm(order, intent.id, means, options);
      if (answer.status === "none") throw new TransientError(`Stripe has not begun the payment of ${order.orderId}.`);
      return answer;
    });
  }

  read(order: PayableOrder): Promise<AuthorizeAnswer> {
    return this.call("read", order, async (options) => {
      if (isFree(order)) return this.free.read(order, options);
      const intent = await this.intentOf(order, options);
      return "declined" in intent ? { status: "declined", reason: intent.declined } : toAuthorizeAnswer(intent);
    });
  }

  capture(order: PayableOrder): Promise<CaptureAnswer> {
    return this.call("capture", order, async (options) => {
      if (isFree(order)) return this.free.decide(order, "captured", options);
      const id = await this.idOf(order, options);
      // Never charged, and never will be.
      if (id === undefined) return { status: "voided" };
      try {
        return toSettled(await this.stripe.paymentIntents.capture(id, EXPAND, options()));
      } catch (error) {
        const intent = await this.afterRefusal(error, id, options);
        if (isSettled(intent)) return toSettled(intent);
        if (!EXPIRED.has(codeOf(error))) throw error;
        return toSettled(await this.stripe.paymentIntents.cancel(id, EXPAND, options()));
      }
    });
  }

  void(order: PayableOrder): Promise<VoidAnswer> {
    return this.call("void", order, async (options) => {
      if (isFree(order)) return this.free.decide(order, "voided", options);
      const id = await this.idOf(order, options);
      if (id === undefined) return { status: "voided" };
      try {
        return toSettled(await this.stripe.paymentIntents.cancel(id, EXPAND, options()));
      } catch (error) {
        // A bank that is processing decides soon; then it can be canceled or refunded.
        return toSettled(await this.afterRefusal(error, id, options));
      }
    });
  }

  /**
   * A refund that Stripe has accepted may still fail, so only `succeeded` counts; one that failed is made again. Stripe never
   * refunds more than was captured, so simultaneous refunds of the whole need no idempotency key, under which a 5xx would be repeated.
   */
  refund(order: PayableOrder): Promise<RefundAnswer> {
    return this.call("refund", order, async (options) => {
      if (isFree(order)) return this.free.refund(order, options);
      const { orderId } = order;
      const id = await this.idOf(order, options);
      const intent = id === undefined ? undefined : await this.stripe.paymentIntents.retrieve(id, EXPAND, options());
      if (intent?.status !== "succeeded") throw new ProviderRefusal(`The order ${orderId} was never captured.`);
      const charge = intent.latest_charge;
      const found = findWholeRefund(charge);
      // Its parts were the whole, so nothing is left to refund.
      if (!found && typeof charge === "object" && charge?.refunded) return { status: "refunded" };
      const params = { payment_intent: intent.id, metadata: { orderId } };
      const refund = found ?? (await this.stripe.refunds.create(params, options()).catch(lookAgainIfRefunded));
      if (refund.status === "succeeded") return { status: "refunded" };
      throw new TransientError(`The refund ${refund.id} of ${orderId} has the status “${refund.status}”.`);
    });
  }

  /**
   * A partial refund is a Refund with `metadata[refundId]`. The list of Refunds is asked first, since Stripe forgets idempotency keys
   * after a day; the key makes one Refund of simultaneous calls. A Refund that failed is made again, under another key.
   */
  refundPart(order: PayableOrder, { refundId, amount }: RefundPart): Promise<PartialRefundAnswer> {
    return this.call("refundPart", order, async (options) => {
      const { orderId, total } = order;
      // Nothing is left of a total of 0.
      if (isFree(order)) return { status: "refused" };
      const id = await this.idOf(order, options);
      const intent = id === undefined ? undefined : await this.stripe.paymentIntents.retrieve(id, EXPAND, options());
      // A Refund of an uncaptured payment would release the money that is held.
      if (intent?.status !== "succeeded") throw new ProviderRefusal(`The order ${orderId} was never captured.`);
      const value = toStripeAmount({ ...total, amount });
      if (typeof value === "string" || value < 1) return { status: "refused" };
      const { data } = await this.stripe.refunds.list({ payment_intent: intent.id, limit: 100 }, options());
      const earlier = data.filter(({ metadata }) => metadata?.["refundId"] === refundId);
      const found = earlier.find(isStanding);
      if (found && found.amount !== value) return { status: "refused" };
      const params = { payment_intent: intent.id, amount: value, metadata: { orderId, refundId } };
      try {
        const refund = found ?? (await this.createRefund(params, `${orderId}-${refundId}-${earlier.length}`, options));
        if (refund.status === "succeeded") return { status: "refunded" };
        throw new TransientError(`The refund ${refund.id} of ${orderId} has the status “${refund.status}”.`);
      } catch (error) {
        if (!isInvalid(error)) throw error;
        const { latest_charge: charge } = await this.stripe.paymentIntents.retrieve(intent.id, EXPAND, options());
        const isTooMuch = typeof charge === "object" && charge && value > charge.amount - charge.amount_refunded;
        if (!isTooMuch) throw error;
        return { status: "refused" };
      }
    });
  }

  /** Creates a Refund. A 5xx that Stripe keeps under a key had no effect, or the list of Refunds would have it. */
  private async createRefund(params: Stripe.RefundCreateParams, key: string, options: RequestOptions) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.stripe.refunds.create(params, options(attempt === 1 ? key : `${key}-${attempt}`));
      } catch (error) {
        if (!isKeptError(error) || attempt === MOST_KEYS) throw error;
      }
    }
  }

  /** Runs one call of the port within its time, and maps what Stripe throws. */
  private async call<Answer>(
    operation: string,
    { orderId }: PayableOrder,
    act: (options: RequestOptions) => Promise<Answer>,
  ): Promise<Answer> {
    const what = `The call “${operation}” for ${orderId}`;
    const apiKey = await this.connection.apiKey();
    const end = Date.now() + this.connection.timeoutMs;
    try {
      return await act((idempotencyKey) => {
        const timeout = end - Date.now();
        if (timeout <= 0) throw new TransientError(`${what} took longer than ${this.connection.timeoutMs} ms.`);
        return { apiKey, timeout, idempotencyKey };
      });
    } catch (error) {
      throw toPortError(what, error);
    }
  }

  /** The order's PaymentIntent as it is now, created if there is none; or the reason why its total cannot be charged. */
  private async intentOf(
    order: PayableOrder,
    options: RequestOptions,
  ): Promise<Stripe.PaymentIntent | { declined: string }> {
    const known = order.payment.reference ?? (await this.search(order, options));
    if (known !== undefined) return this.stripe.paymentIntents.retrieve(known, EXPAND, options());
    const amount = toStripeAmount(order.total);
    if (typeof amount === "string") return { declined: amount };
    try {
      const created = await this.create(order, amount, options);
      const isReplayed = new Headers(created.lastResponse.headers).has("idempotent-replayed");
      return isReplayed ? await this.stripe.paymentIntents.retrieve(created.id, EXPAND, options()) : created;
    } catch (error) {
      const code = codeOf(error);
      if (code === "amount_too_small" || code === "amount_too_large") return { declined: code };
      if (isInvalid(error) && error.param === "currency") return { declined: "currency_not_supported" };
      throw error;
    }
  }

  private async idOf(order: PayableOrder, options: RequestOptions): Promise<string | undefined> {
    if (order.payment.reference !== undefined) return order.payment.reference;
    const intent = await this.intentOf(order, options);
    return "declined" in intent ? undefined : intent.id;
  }

  /** Creates the PaymentIntent, or returns what its first creation returned. Every parameter follows from the order. */
  private async create(order: PayableOrder, amount: number, options: RequestOptions) {
    const { orderId, total } = order;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.stripe.paymentIntents.create(
          {
            amount,
            currency: total.currency.toLowerCase(),
            capture_method: "manual",
            allowed_payment_method_types: ["card"],
            description: `Order ${orderId}`,
            metadata: { orderId },
          },
          options(attempt === 1 ? orderId : `${orderId}-${attempt}`),
        );
      } catch (error) {
        // The same for every caller, in both Regions, as long as Stripe keeps the key.
        if (!isKeptError(error) || attempt === MOST_KEYS) throw error;
      }
    }
  }

  /** Finds the PaymentIntent of an order that is older than Stripe keeps its key. */
  private async search({ orderId, createdAt }: PayableOrder, options: RequestOptions): Promise<string | undefined> {
    if (Date.now() - Date.parse(createdAt) < KEYS_KEPT_MS) return undefined;
    const query = `metadata["orderId"]:"${orderId}"`;
    const { data } = await this.stripe.paymentIntents.search({ query, limit: 100 }, options());
    // One that was begun comes before those that a 5xx left behind.
    const begun = data.find(
      ({ status, last_payment_error }) => status !== "requires_payment_method" || last_payment_error,
    );
    return (begun ?? data.at(-1))?.id;
  }

  private async confirm(
    order: PayableOrder,
    id: string,
    means: PaymentMeans,
    options: RequestOptions,
  ): Promise<AuthorizeAnswer> {
    try {
      const method = await this.methodOf(order, means, options);
      if ("declined" in method) return { status: "declined", reason: method.declined };
      if (method.customer) await this.stripe.paymentIntents.update(id, { customer: method.customer }, options());
      const returnUrl = this.connection.returnUrl.replaceAll("{orderId}", order.orderId);
      const params = { ...method.params, return_url: returnUrl, ...EXPAND };
      return toAuthorizeAnswer(await this.stripe.paymentIntents.confirm(id, params, options()));
    } catch (error) {
      if (isDecline(error))
        return { status: "declined", reference: id, reason: toReason(error.decline_code ?? error.code) };
      if (!isInvalid(error)) throw error;
      // Another call was first, or the token cannot be used, as one that this payment has used up: the record tells which.
      const answer = toAuthorizeAnswer(await this.stripe.paymentIntents.retrieve(id, EXPAND, options()));
      const isUnpaid = answer.status === "none" || answer.status === "declined";
      if (!isUnpaid) return answer;
      if (means.kind !== "token") throw error;
      if (answer.status === "declined") return answer;
      return { status: "declined", reference: id, reason: "token_refused" };
    }
  }

  /** The PaymentMethod or confirmation token to confirm with. A saved PaymentMethod belongs to a Stripe Customer whose metadata names the store's customer. */
  private async methodOf(
    { customerId }: PayableOrder,
    means: PaymentMeans,
    options: RequestOptions,
  ): Promise<{ params: Stripe.PaymentIntentConfirmParams; customer?: string } | { declined: string }> {
    if (means.kind === "card") {
      const [month = "", year = ""] = means.card.expiry.split("/");
      const { number, code: cvc } = means.card;
      const card = { number, cvc, exp_month: Number(month), exp_year: 2000 + Number(year) };
      const { id } = await this.stripe.paymentMethods.create({ type: "card", card }, options());
      return { params: { payment_method: id } };
    }
    const token = means.kind === "token" ? means.token : "";
    // New card details from Stripe's fields, to be used once. Stripe refuses one of a saved PaymentMethod, because the PaymentIntent has no
    // customer. By default Stripe.js would lead through a challenge; without it Stripe names a page.
    if (/^ctoken_\w{1,200}$/.test(token)) return { params: { confirmation_token: token, use_stripe_sdk: false } };
    if (!/^pm_\w{1,200}$/.test(token)) return { declined: "token_unknown" };
    const { id, customer } = await this.stripe.paymentMethods.retrieve(token, { expand: ["customer"] }, options());
    if (customer === null) return { params: { payment_method: id } };
    if (typeof customer === "string" || customer.deleted || customer.metadata["customerId"] !== customerId) {
      return { declined: "token_of_another_customer" };
    }
    return { params: { payment_method: id }, customer: customer.id };
  }

  /** The PaymentIntent after Stripe has refused to change it; any other error is thrown again. */
  private async afterRefusal(error: unknown, id: string, options: RequestOptions): Promise<Stripe.PaymentIntent> {
    if (!isInvalid(error) && !isDecline(error)) throw error;
    return this.stripe.paymentIntents.retrieve(id, EXPAND, options());
  }
}

export const connectStripePayment = (): PaymentProvider =>
  new StripePaymentProvider({
    apiKey: secret(setting("STRIPE_KEY_PARAMETER")),
    timeoutMs: Number(setting("STRIPE_TIMEOUT_MS")),
    returnUrl: setting("STRIPE_RETURN_URL"),
    endpoint: process.env["STRIPE_ENDPOINT"],
  });

const isFree = ({ total }: PayableOrder) => total.amount === 0;

const isInvalid = (error: unknown): error is Stripe.errors.StripeInvalidRequestError =>
  error instanceof Stripe.errors.StripeInvalidRequestError;

const isServerError = (error: unknown): error is Stripe.errors.StripeAPIError =>
  error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500;

/** True of a 5xx that Stripe repeats under its idempotency key. */
const isKeptError = (error: unknown): boolean =>
  isServerError(error) && new Headers(error.headers).has("idempotent-replayed");

/** 402 also refuses accounts that may not send card numbers, which is no decline. */
const isDecline = (error: unknown): error is Stripe.errors.StripeCardError =>
  error instanceof Stripe.errors.StripeCardError && error.rawType === "card_error";

const codeOf = (error: unknown): string => (error instanceof Stripe.errors.StripeError ? (error.code ?? "") : "");

function lookAgainIfRefunded(error: unknown): never {
  if (codeOf(error) === "charge_already_refunded") throw new TransientError("The charge was refunded meanwhile.");
  throw error;
}

/** An order never changes its total; a PaymentIntent with another one belongs to a mistake. */
function assertTotal({ orderId, total }: PayableOrder, { id, amount, currency }: Stripe.PaymentIntent): void {
  if (amount === toStripeAmount(total) && currency === total.currency.toLowerCase()) return;
  throw new ProviderRefusal(`The PaymentIntent ${id} of ${orderId} has another amount, ${amount} ${currency}.`);
}
