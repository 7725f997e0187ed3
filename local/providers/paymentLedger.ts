import { randomBytes } from "node:crypto";
import type {
  Answer,
  AuthorizationRequest,
  PartialRefundRequest,
  PaymentEntry,
  PaymentRecord,
  PaymentStatus,
} from "./contract";
import type { Journal } from "./journal";
import { behaviourOf, brandOf, cardOfToken, isExpired } from "./testCards";

/** A decision that a fault makes in place of the card. */
export interface ForcedDecline {
  reason: string;
}

/** A customer's answer to a challenge. */
export type ChallengeAnswer = "approve" | "refuse";

/**
 * The payment provider's ledger: one payment an order, and its transitions.
 *
 * Capture and void exclude each other; every operation may be repeated and then answers as before; a void of
 * an order never authorized is remembered and refuses a later authorize. Cards are never kept: brand and last four
 * digits only.
 */
export class PaymentLedger {
  private readonly payments = new Map<string, PaymentRecord>();
  /** Orders whose bank has not spoken yet: the only ones that time moves. */
  private readonly pending = new Set<string>();
  /** Orders by the id of their challenge. */
  private readonly challenges = new Map<string, string>();

  /**
   * @param journal Keeps the ledger over a restart.
   * @param onChange Called after each change of a status, not for repeats.
   * @param challengeUrl Address of a challenge's page. Default: none.
   */
  constructor(
    private readonly journal: Journal<PaymentRecord>,
    private readonly onChange: (payment: PaymentRecord) => void,
    private readonly pendingMs: () => number,
    private readonly now = () => new Date(),
    private readonly challengeUrl: (challengeId: string) => string | undefined = () => undefined,
  ) {
    for (const payment of journal.read()) this.keep(payment);
  }

  authorize(orderId: string, request: AuthorizationRequest, forced?: ForcedDecline): Answer {
    const payment = this.payments.get(orderId) ?? { orderId, status: "none" as const, entries: [] };
    const mismatch = amountMismatch(payment, request);
    if (mismatch) return mismatch;
    switch (payment.status) {
      case "authorized":
      case "captured":
      case "pending":
        return this.answerTo(payment);
      case "voided":
      case "refunded":
        // A refunded order refuses like a voided one: nothing may be shipped for it any more.
        return { status: 409, body: { status: "voided" } };
    }
    const means = meansOf(request);
    const decision = forced
      ? { outcome: "declined", reason: forced.reason }
      : "reason" in means
        ? { outcome: "declined", reason: means.reason }
        : means.number === undefined
          ? { outcome: "authorized" }
          : this.decide(means.number, request.card?.expiry);
    const money = { amount: request.amount, currency: request.currency };
    // The page of an earlier attempt ends with it.
    delete payment.challengeId;
    Object.assign(payment, money, {
      reference: payment.reference ?? `pay_${randomBytes(9).toString("base64url")}`,
      card:
        "number" in means && means.number !== undefined
          ? { brand: brandOf(means.number), last4: means.number.slice(-4) }
          : undefined,
    });
    switch (decision.outcome) {
      case "authorized":
        this.move(payment, "authorized", { what: "authorized", ...money });
        break;
      case "declined":
        payment.reason = decision.reason ?? "card_declined";
        this.move(payment, "declined", { what: "declined", ...money, reason: payment.reason });
        break;
      case "challenge":
        payment.challengeId = randomBytes(24).toString("base64url");
        this.move(payment, "pending", { what: "pending", ...money });
        break;
      default:
        payment.settles = {
          at: new Date(this.now().getTime() + this.pendingMs()).toISOString(),
          as: decision.outcome === "pending-then-authorized" ? "authorized" : "declined",
        };
        this.move(payment, "pending", { what: "pending", ...money });
    }
    return this.answerTo(payment);
  }

  capture(orderId: string): Answer {
    const payment = this.payments.get(orderId);
    switch (payment?.status) {
      case "captured":
        return this.answerTo(payment);
      case "authorized":
        this.move(payment, "captured", { what: "captured", ...moneyOf(payment) });
        return this.answerTo(payment);
      case "voided":
      case "refunded":
        return { status: 409, body: { status: "voided" } };
      default:
        return conflict(payment, "capture");
    }
  }

  void(orderId: string): Answer {
    const payment = this.payments.get(orderId) ?? { orderId, status: "none" as const, entries: [] };
    if (payment.status === "captured") return { status: 409, body: { status: "captured" } };
    if (payment.status !== "voided" && payment.status !== "refunded") {
      delete payment.settles;
      this.move(payment, "voided", { what: "voided", ...(payment.status === "authorized" ? moneyOf(payment) : {}) });
    }
    return { status: 200, body: { status: payment.status } };
  }

  refund(orderId: string): Answer {
    const payment = this.payments.get(orderId);
    if (payment?.status === "captured") {
      this.move(payment, "refunded", { what: "refunded", ...moneyOf(payment), amount: leftOf(payment) });
    } else if (payment?.status !== "refunded") return conflict(payment, "refund");
    return { status: 200, body: { status: "refunded" } };
  }

  /** Refunds a part once for each id. The payment stays captured: only the whole refund decides about the order. */
  refundPart(orderId: string, refundId: string, { amount, currency }: PartialRefundRequest): Answer {
    const payment = this.payments.get(orderId);
    if (payment?.status !== "captured" && payment?.status !== "refunded") return conflict(payment, "refund");
    const made = payment.entries.find((entry) => entry.refundId === refundId);
    const isSame = made?.amount === amount && made.currency === currency;
    const mayBeMade = payment.status === "captured" && payment.currency === currency && amount <= leftOf(payment);
    if (made ? !isSame : !mayBeMade) {
      const detail = made
        ? `The refund ${refundId} was made with ${made.amount} ${made.currency}.`
        : `${leftOf(payment)} ${payment.currency} are left of the payment.`;
      return { status: 409, body: { status: "refused", detail } };
    }
    if (!made) this.move(payment, payment.status, { what: "refunded in part", refundId, amount, currency });
    return { status: 200, body: { status: "refunded" } };
  }

  read(orderId: string): Answer {
    const payment = this.payments.get(orderId);
    return payment ? { status: 200, body: this.bodyOf(payment) } : { status: 200, body: { status: "none" } };
  }

  /** A copy of the payment whose latest challenge this is, open or over. */
  findChallenge(challengeId: string): PaymentRecord | undefined {
    const payment = this.get(this.challenges.get(challengeId) ?? "");
    return payment?.challengeId === challengeId ? payment : undefined;
  }

  /** Decides a challenged payment as the customer wishes. Without effect if it is decided or voided already. */
  answerChallenge(challengeId: string, answer: ChallengeAnswer): void {
    const payment = this.payments.get(this.findChallenge(challengeId)?.orderId ?? "");
    if (payment && isChallenged(payment)) this.settle(payment, answer === "approve" ? "authorized" : "declined");
  }

  /** Settles this order's pending authorization before its time. */
  settleNow(orderId: string): void {
    const settles = this.payments.get(orderId)?.settles;
    if (settles) settles.at = this.now().toISOString();
    this.settleDue();
  }

  /** Settles pending authorizations whose time has come. */
  settleDue(): void {
    const now = this.now().toISOString();
    for (const orderId of this.pending) {
      const payment = this.payments.get(orderId);
      if (!payment?.settles || payment.settles.at > now) continue;
      this.settle(payment, payment.settles.as);
    }
  }

  private settle(payment: PaymentRecord, as: "authorized" | "declined"): void {
    delete payment.settles;
    if (as === "declined") payment.reason = "authentication_failed";
    this.move(payment, as, {
      what: as,
      ...moneyOf(payment),
      ...(as === "declined" ? { reason: payment.reason } : {}),
    });
  }

  /** A copy of one order's payment. */
  get(orderId: string): PaymentRecord | undefined {
    return structuredClone(this.payments.get(orderId));
  }

  /** Copies of all payments, in the order of their first call. */
  list(): PaymentRecord[] {
    return structuredClone([...this.payments.values()]);
  }

  private decide(number: string, expiry: string | undefined): { outcome: string; reason?: string } {
    const behaviour = behaviourOf(number);
    if (expiry === undefined || behaviour.outcome === "declined") return behaviour;
    const expired = isExpired(expiry, this.now());
    if (expired === false) return behaviour;
    return { outcome: "declined", reason: expired ? "expired_card" : "invalid_expiry" };
  }

  private move(payment: PaymentRecord, status: PaymentStatus, entry: Omit<PaymentEntry, "at">): void {
    payment.status = status;
    if (status !== "declined") delete payment.reason;
    payment.entries.push({ at: this.now().toISOString(), ...entry });
    this.keep(payment);
    this.journal.append(payment);
    this.onChange(structuredClone(payment));
  }

  private keep(payment: PaymentRecord): void {
    this.payments.set(payment.orderId, payment);
    if (payment.challengeId !== undefined) this.challenges.set(payment.challengeId, payment.orderId);
    if (payment.status === "pending") this.pending.add(payment.orderId);
    else this.pending.delete(payment.orderId);
  }

  private answerTo(payment: PaymentRecord): Answer {
    const status = { pending: 202, declined: 402 }[payment.status as string] ?? 200;
    return { status, body: this.bodyOf(payment) };
  }

  private bodyOf(payment: PaymentRecord): Record<string, unknown> {
    const { status, reference, amount, currency, card, reason } = payment;
    const challengeUrl = isChallenged(payment) ? this.challengeUrl(payment.challengeId) : undefined;
    return { status, reference, amount, currency, card, reason, challengeUrl };
  }
}

/** True while the payment waits for its customer's answer. */
export function isChallenged(payment: PaymentRecord): payment is PaymentRecord & { challengeId: string } {
  return payment.status === "pending" && payment.challengeId !== undefined;
}

/** The number to charge, none for an amount of 0, or why there is none. */
export function meansOf({
  amount,
  card,
  token,
  customerId,
}: AuthorizationRequest): { number: string | undefined } | { reason: string } {
  if (amount === 0) return { number: undefined };
  return card ? { number: card.number.replace(/[\s-]/g, "") } : cardOfToken(token ?? "", customerId);
}

function moneyOf(payment: PaymentRecord): { amount?: number; currency?: string } {
  return { amount: payment.amount, currency: payment.currency };
}

/** Minor units that are captured and not refunded. */
function leftOf({ status, amount = 0, entries }: PaymentRecord): number {
  if (status === "refunded") return 0;
  return entries.reduce(
    (left, entry) => (entry.what === "refunded in part" ? left - (entry.amount ?? 0) : left),
    amount,
  );
}

function refused(code: string, detail: string): Answer {
  return { status: 400, body: { error: code, detail } };
}

function conflict(payment: PaymentRecord | undefined, operation: string): Answer {
  const status = payment?.status ?? "none";
  return { status: 409, body: { status, detail: `A payment that is "${status}" has nothing to ${operation}.` } };
}

/** A second authorization with another amount is a mistake of the caller, never a second charge. */
function amountMismatch(payment: PaymentRecord, request: AuthorizationRequest): Answer | undefined {
  const held = payment.status === "authorized" || payment.status === "captured" || payment.status === "pending";
  if (!held || (payment.amount === request.amount && payment.currency === request.currency)) return undefined;
  return refused("amount_differs", `The order is ${payment.status} with ${payment.amount} ${payment.currency}.`);
}
