import { randomBytes } from "node:crypto";
import {
  type ChargeRecord,
  type IntentRecord,
  type MethodRecord,
  type ProductRecord,
  type RefundRecord,
  refusal,
  type StripeAnswer,
} from "./records";

/** A request's parameters, form fields nested by their brackets. */
export type Parameters = Record<string, unknown>;

const CARDS: Record<string, MethodRecord["outcome"]> = {
  "4242424242424242": "approved",
  "4000000000009995": "insufficient_funds",
  "4000000000003220": "challenge-then-approved",
  "4000008400001629": "challenge-then-declined",
};

/** Stripe's objects and their transitions, as far as the adapter uses them. */
export class StripeLedger {
  readonly intents = new Map<string, IntentRecord>();
  readonly refunds: RefundRecord[] = [];
  /** Orders whose authorization the bank has released. */
  readonly expired = new Set<string>();
  /** The status of the next refund. */
  nextRefund: RefundRecord["status"] = "succeeded";
  /** Authorizations and captures by order. */
  readonly done: { orderId: string; what: "authorized" | "captured"; amount: number }[] = [];
  private readonly charges = new Map<string, ChargeRecord>();
  private readonly products = new Map<string, ProductRecord>();
  private readonly methods = new Map<string, MethodRecord>();
  /** Methods by the confirmation tokens that no confirmation has used. */
  private readonly tokens = new Map<string, string>();

  /** @param onChange called with the event type after each change of a PaymentIntent. */
  constructor(private readonly onChange: (type: string, intent: IntentRecord) => void) {
    this.addMethod({ id: "pm_card_visa", outcome: "approved" });
    this.addMethod({ id: "pm_card_insufficientFunds", outcome: "insufficient_funds" });
    this.addMethod({ id: "pm_card_challengeApproved", outcome: "challenge-then-approved" });
    this.addMethod({ id: "pm_card_challengeDeclined", outcome: "challenge-then-declined" });
  }

  addMethod(method: MethodRecord): string {
    this.methods.set(method.id, method);
    return method.id;
  }

  /** A token that Stripe's card fields make of a card, to be used once. */
  addConfirmationToken(method: string): string {
    const id = newId("ctoken");
    this.tokens.set(id, method);
    return id;
  }

  perform(method: string, path: string, parameters: Parameters): StripeAnswer {
    const [, resource = "", id, action] = /^\/v1\/([a-z_]+)(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
    switch (`${method} ${resource} ${action ?? (id === undefined ? "" : id === "search" ? "search" : "{id}")}`) {
      case "POST payment_intents ":
        return this.create(parameters);
      case "GET payment_intents search":
        return this.search(String(parameters["query"]));
      case "GET payment_intents {id}":
        return this.withIntent(id, (intent) => this.shown(intent, parameters));
      case "POST payment_intents {id}":
        return this.withIntent(id, (intent) => {
          intent.customer = String(parameters["customer"]);
          return this.shown(intent, parameters);
        });
      case "POST payment_intents confirm":
        return this.withIntent(id, (intent) => this.confirm(intent, parameters));
      case "POST payment_intents capture":
        return this.withIntent(id, (intent) => this.capture(intent, parameters));
      case "POST payment_intents cancel":
        return this.withIntent(id, (intent) => this.cancel(intent, parameters));
      case "POST payment_methods ":
        return this.createMethod(parameters);
      case "GET payment_methods {id}":
        return this.showMethod(id);
      case "GET refunds ":
        return this.listRefunds(String(parameters["payment_intent"]));
      case "POST refunds ":
        return this.withIntent(String(parameters["payment_intent"]), (intent) => this.refund(intent, parameters));
      case "POST products ":
        return this.createProduct(parameters);
      case "GET products {id}":
      case "POST products {id}":
        return this.changeProduct(id!, parameters);
      default:
        return refusal(404, "url_invalid");
    }
  }

  /** Ends the challenge of the customer's bank, as the means of payment says, or as the customer answers. */
  settle(orderId: string, answer?: "confirmed" | "refused"): void {
    const intent = this.intentOf(orderId);
    if (intent?.status !== "requires_action") return;
    intent.next_action = null;
    const { outcome } = this.methods.get(intent.payment_method!)!;
    const isApproved = answer === undefined ? outcome === "challenge-then-approved" : answer === "confirmed";
    if (isApproved) this.authorize(intent);
    else this.decline(intent, { code: "payment_intent_authentication_failure" });
  }

  intentOf(orderId: string): IntentRecord | undefined {
    return [...this.intents.values()].find(({ metadata }) => metadata["orderId"] === orderId);
  }

  private create({ amount, currency, metadata, description, expand: _expand, ...more }: Parameters): StripeAnswer {
    if (more["capture_method"] !== "manual") return refusal(400, "parameter_unknown", { param: "capture_method" });
    if (Number(amount) < 50) return refusal(400, "amount_too_small", { param: "amount" });
    if (Number(amount) > 99_999_999) return refusal(400, "amount_too_large", { param: "amount" });
    const intent: IntentRecord = {
      id: newId("pi"),
      object: "payment_intent",
      amount: Number(amount),
      amount_capturable: 0,
      amount_received: 0,
      capture_method: "manual",
      created: Math.floor(Date.now() / 1000),
      currency: String(currency),
      customer: null,
      description: String(description),
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata: { ...(metadata as Record<string, string>) },
      next_action: null,
      payment_method: null,
      status: "requires_payment_method",
    };
    this.intents.set(intent.id, intent);
    return this.shown(intent, {});
  }

  private search(query: string): StripeAnswer {
    const [, orderId] = /^metadata\["orderId"\]:"(\w+)"$/.exec(query) ?? [];
    const data = [...this.intents.values()].filter(({ metadata }) => metadata["orderId"] === orderId);
    return { status: 200, body: { object: "search_result", data: structuredClone(data), has_more: false } };
  }

  private confirm(intent: IntentRecord, parameters: Parameters): StripeAnswer {
    if (intent.status !== "requires_payment_method") return this.unexpected(intent);
    const token = parameters["confirmation_token"];
    const methodId = token === undefined ? parameters["payment_method"] : this.tokens.get(String(token));
    const method = this.methods.get(String(methodId));
    if (!method) return refusal(404, "resource_missing", { param: token ? "confirmation_token" : "payment_method" });
    this.tokens.delete(String(token));
    if (method.customer && method.customer.id !== intent.customer) {
      return refusal(400, "payment_method_customer_decline", { param: "payment_method" });
    }
    intent.payment_method = method.id;
    switch (method.outcome) {
      case "approved":
        this.authorize(intent);
        break;
      case "insufficient_funds": {
        this.decline(intent, { code: "card_declined", decline_code: "insufficient_funds" });
        return refusal(402, "card_declined", { ...intent.last_payment_error, payment_intent: structuredClone(intent) });
      }
      default: {
        const return_url = String(parameters["return_url"]);
        const url = `https://hooks.stripe.com/3d_secure/${intent.id}`;
        // Stripe.js handles the challenge of a confirmation token, unless the confirmation says otherwise.
        const isForPage = token === undefined || parameters["use_stripe_sdk"] === "false";
        intent.next_action = isForPage ? { type: "redirect_to_url", redirect_to_url: { url, return_url } } : null;
        intent.status = "requires_action";
        this.onChange("payment_intent.requires_action", intent);
      }
    }
    return this.shown(intent, parameters);
  }

  private authorize(intent: IntentRecord): void {
    const charge: ChargeRecord = {
      id: newId("ch"),
      object: "charge",
      amount: intent.amount,
      amount_refunded: 0,
      captured: false,
      payment_intent: intent.id,
      payment_method_details: { type: "card", card: { brand: "visa", last4: "4242" } },
      refunded: false,
    };
    this.charges.set(charge.id, charge);
    Object.assign(intent, {
      status: "requires_capture",
      amount_capturable: intent.amount,
      last_payment_error: null,
      latest_charge: charge.id,
    });
    this.record(intent, "authorized");
    this.onChange("payment_intent.amount_capturable_updated", intent);
  }

  private decline(intent: IntentRecord, error: { code: string; decline_code?: string }): void {
    intent.status = "requires_payment_method";
    intent.last_payment_error = { type: "card_error", message: "The card was declined.", ...error };
    this.onChange("payment_intent.payment_failed", intent);
  }

  private capture(intent: IntentRecord, parameters: Parameters): StripeAnswer {
    if (intent.status !== "requires_capture") return this.unexpected(intent);
    if (this.expired.has(intent.metadata["orderId"]!)) return refusal(400, "capture_charge_authorization_expired");
    Object.assign(intent, { status: "succeeded", amount_capturable: 0, amount_received: intent.amount });
    this.charges.get(intent.latest_charge!)!.captured = true;
    this.record(intent, "captured");
    this.onChange("payment_intent.succeeded", intent);
    return this.shown(intent, parameters);
  }

  private cancel(intent: IntentRecord, parameters: Parameters): StripeAnswer {
    if (["succeeded", "canceled", "processing"].includes(intent.status)) return this.unexpected(intent);
    Object.assign(intent, { status: "canceled", amount_capturable: 0, next_action: null });
    this.onChange("payment_intent.canceled", intent);
    return this.shown(intent, parameters);
  }

  private listRefunds(intent: string): StripeAnswer {
    const data = this.refunds.filter((each) => each.payment_intent === intent).reverse();
    return { status: 200, body: { object: "list", data: structuredClone(data), has_more: false, url: "/v1/refunds" } };
  }

  private refund(intent: IntentRecord, { metadata, amount }: Parameters): StripeAnswer {
    const charge = this.charges.get(intent.latest_charge ?? "");
    if (!charge?.captured) return refusal(400, "payment_intent_unexpected_state");
    if (charge.refunded) return refusal(400, "charge_already_refunded");
    const left = charge.amount - charge.amount_refunded;
    const value = amount === undefined ? left : Number(amount);
    // Stripe's own answer has no code, only a message.
    if (value > left) return refusal(400, "", { param: "amount" });
    const refund: RefundRecord = {
      id: newId("re"),
      object: "refund",
      amount: value,
      charge: charge.id,
      metadata: { ...(metadata as Record<string, string>) },
      payment_intent: intent.id,
      status: this.nextRefund,
    };
    this.nextRefund = "succeeded";
    this.refunds.push(refund);
    if (refund.status !== "failed") {
      const amount_refunded = charge.amount_refunded + value;
      Object.assign(charge, { amount_refunded, refunded: amount_refunded === charge.amount });
    }
    return { status: 200, body: { ...refund } };
  }

  private createMethod({ card }: Parameters): StripeAnswer {
    const { number } = card as { number: string };
    const outcome = CARDS[number];
    if (!outcome) return refusal(402, "incorrect_number", { param: "number" });
    return this.showMethod(this.addMethod({ id: newId("pm"), outcome }));
  }

  private showMethod(id: string | undefined): StripeAnswer {
    const method = this.methods.get(id ?? "");
    if (!method) return refusal(404, "resource_missing", { param: "payment_method" });
    const customer = method.customer ? { object: "customer", ...method.customer } : null;
    return { status: 200, body: { id, object: "payment_method", type: "card", customer } };
  }

  private createProduct({ id, name, metadata }: Parameters): StripeAnswer {
    const key = String(id);
    if (this.products.has(key)) return refusal(400, "resource_already_exists");
    const own = { ...(metadata as Record<string, string>) };
    this.products.set(key, { id: key, object: "product", active: false, metadata: own, name: String(name) });
    return this.changeProduct(key, {});
  }

  private changeProduct(id: string, { metadata }: Parameters): StripeAnswer {
    const product = this.products.get(id);
    if (!product) return refusal(404, "resource_missing", { param: "id" });
    Object.assign(product.metadata, metadata);
    return { status: 200, body: structuredClone({ ...product }) };
  }

  private withIntent(id: string | undefined, act: (intent: IntentRecord) => StripeAnswer): StripeAnswer {
    const intent = this.intents.get(id ?? "");
    return intent ? act(intent) : refusal(404, "resource_missing", { param: "intent" });
  }

  private unexpected(intent: IntentRecord): StripeAnswer {
    return refusal(400, "payment_intent_unexpected_state", { payment_intent: structuredClone(intent) });
  }

  private shown(intent: IntentRecord, { expand }: Parameters): StripeAnswer {
    const expanded = Object.values(Object(expand)) as string[];
    const charge = this.charges.get(intent.latest_charge ?? "");
    if (!charge || expanded.length === 0) return { status: 200, body: structuredClone({ ...intent }) };
    const refunds = expanded.includes("latest_charge.refunds")
      ? { refunds: { object: "list", data: this.refunds.filter((each) => each.charge === charge.id) } }
      : {};
    return { status: 200, body: structuredClone({ ...intent, latest_charge: { ...charge, ...refunds } }) };
  }

  private record(intent: IntentRecord, what: "authorized" | "captured"): void {
    this.done.push({ orderId: intent.metadata["orderId"]!, what, amount: intent.amount });
  }
}

const newId = (prefix: string) => `${prefix}_${randomBytes(9).toString("hex")}`;
