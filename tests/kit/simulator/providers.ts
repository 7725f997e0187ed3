import { Webhook } from "standardwebhooks";
import type { PaymentRecord, ShipmentRecord } from "../../../local/providers/contract";
import { PaymentLedger } from "../../../local/providers/paymentLedger";
import { ShippingLedger } from "../../../local/providers/shippingLedger";
import { PAYMENT_URL, WEBHOOK_SECRETS } from "./program";
import type { World } from "./world";

interface Answer {
  status: number;
  body: unknown;
}

/** Milliseconds until the bank has decided on a pending payment. */
const PENDING_MS = 90_000;
/** Milliseconds from one station of a parcel to the next. */
const STATION_MS = 240_000;

/** The payment and the shipping provider: the ledgers of the local run under virtual time, with webhooks that repeat and overtake. */
export class Providers {
  readonly payments: PaymentLedger;
  readonly shipments: ShippingLedger;
  /** Calls with an effect or a look, by operation. */
  readonly calls = new Map<string, number>();
  /** Calls by order. */
  readonly callsOfOrder = new Map<string, number>();
  private webhooks = 0;
  /** Called after each change of a record. */
  onChange: (orderId: string, isByItself: boolean) => void = () => {};
  private isByItself = false;
  /** Partial refunds are answered with 503 until then, in milliseconds since 1970. */
  refundsAwayUntil = 0;

  constructor(
    private readonly world: World,
    /** Delivers a webhook; true if it was accepted. */
    private readonly deliver: (
      kind: "payment" | "shipping",
      request: object,
      done: (accepted: boolean) => void,
    ) => void,
    private readonly trouble: { duplicates: number; lost: number },
  ) {
    const journal = { read: () => [], append: () => {} };
    const now = () => new Date(world.now());
    const changed = (kind: "payment" | "shipping") => (record: PaymentRecord | ShipmentRecord) => {
      world.tell(`${kind} provider: ${record.orderId.slice(0, 6)} is ${record.status}`);
      this.onChange(record.orderId, this.isByItself);
      if (record.status === "accepted" || record.status === "in-transit") this.moveLater(record.orderId, record.status);
      this.announce(kind, record.orderId);
    };
    this.payments = new PaymentLedger(journal as never, changed("payment"), () => PENDING_MS, now);
    this.shipments = new ShippingLedger(journal as never, changed("shipping"), () => STATION_MS, now);
  }

  /** Answers a request of the HTTP contract. */
  answer(method: string, url: string, body: unknown): Answer {
    const [, kind, id = "", operation, refundId] = new URL(url).pathname.split("/");
    const name = `${method} ${kind}${operation ? `/${operation}` : ""}`;
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const orderId = decodeURIComponent(id);
    this.callsOfOrder.set(orderId, (this.callsOfOrder.get(orderId) ?? 0) + 1);
    if (url.startsWith(PAYMENT_URL)) {
      if (method === "GET") return this.payments.read(orderId);
      if (operation === "capture") return this.payments.capture(orderId);
      if (operation === "void") return this.payments.void(orderId);
      if (operation === "refund") return this.payments.refund(orderId);
      if (operation === "refunds" && refundId !== undefined) {
        if (this.world.now() < this.refundsAwayUntil) return { status: 503, body: { error: "unavailable" } };
        return this.payments.refundPart(orderId, decodeURIComponent(refundId), body as never);
      }
      const answer = this.payments.authorize(orderId, body as never);
      if (answer.status === 202) this.settleLater(orderId);
      return answer;
    }
    if (method === "GET") return this.shipments.read(orderId);
    return this.shipments.ship(orderId, body as never);
  }

  private settleLater(orderId: string): void {
    const delay = this.world.latency(`bank/${orderId}`, PENDING_MS);
    this.world.after(Math.max(delay, PENDING_MS) + 1, undefined, () => {
      this.isByItself = true;
      this.payments.settleDue();
      this.isByItself = false;
    });
  }

  private moveLater(orderId: string, status: string): void {
    const extra = this.world.latency(`parcel/${orderId}/${status}`, STATION_MS);
    this.world.after(STATION_MS + extra, undefined, () => this.shipments.moveDue());
  }

  private announce(kind: "payment" | "shipping", orderId: string): void {
    const id = `msg_${++this.webhooks}`;
    const label = `webhook/${kind}/${id}`;
    if (this.world.strikes(`${label}/lost`, this.trouble.lost, "a webhook is never sent")) return;
    this.send(kind, orderId, id, label, 0);
    if (this.world.strikes(`${label}/twice`, this.trouble.duplicates, "a webhook is sent twice")) {
      this.send(kind, orderId, id, `${label}/2`, 0);
    }
  }

  private send(kind: "payment" | "shipping", orderId: string, id: string, label: string, attempt: number): void {
    const delay =
      attempt === 0 ? this.world.latency(label, 300) : this.world.latency(`${label}/${attempt}`, 5_000 * 3 ** attempt);
    this.world.after(delay, undefined, () => {
      const at = new Date(this.world.now());
      const type = kind === "payment" ? "payment.updated" : "shipment.updated";
      const body = JSON.stringify({ type, orderId });
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": new Webhook(WEBHOOK_SECRETS[kind]).sign(id, at, body),
      };
      this.deliver(kind, { headers, body }, (accepted) => {
        if (!accepted && attempt < 4) this.send(kind, orderId, id, label, attempt + 1);
      });
    });
  }
}
