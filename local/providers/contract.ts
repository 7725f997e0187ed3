/**
 * The contract between the store and the providers, as the local run implements it.
 *
 * JSON over HTTP, `Authorization: Bearer KEY`, each call keyed by the order's id and safe to repeat.
 * `docs/providers.md` is the same contract in prose, with the mapping to a real provider.
 */

/** Status of an order in the payment ledger. */
export type PaymentStatus = "none" | "pending" | "authorized" | "declined" | "captured" | "voided" | "refunded";

/** Status of an order in the shipping ledger. */
export type ShipmentStatus = "none" | "accepted" | "impossible" | "in-transit" | "delivered";

/** Body of `PUT /payments/{orderId}/authorization`. One of `card` and `token`; neither for an amount of 0. */
export interface AuthorizationRequest {
  /** Minor units of `currency`: an integer from 0 to `MAX_TOTAL_AMOUNT`. */
  amount: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** Customer of the order. A token of another customer is declined. */
  customerId: string;
  card?: { number: string; expiry: string; code: string };
  token?: string;
}

/** Body of `PUT /payments/{orderId}/refunds/{refundId}`. */
export interface PartialRefundRequest {
  /** Minor units of `currency`, at least 1. */
  amount: number;
  /** ISO 4217, upper case. */
  currency: string;
}

/** Body of `PUT /shipments/{orderId}`. */
export interface ShipmentRequest {
  address: Record<string, unknown>;
  lines: unknown[];
  /** Id of the order's shipping method. Absent if the store has none. */
  method?: string;
}

/** A provider's answer: HTTP status and JSON body. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** One event of a payment. */
export interface PaymentEntry {
  /** ISO 8601, UTC. */
  at: string;
  what: "authorized" | "pending" | "declined" | "captured" | "voided" | "refunded" | "refunded in part";
  /** Minor units. Absent if no money is concerned. */
  amount?: number;
  currency?: string;
  /** Reason of a decline. */
  reason?: string;
  /** Id of a partial refund. */
  refundId?: string;
}

/** One event of a shipment. */
export interface ShipmentEntry {
  /** ISO 8601, UTC. */
  at: string;
  what: Exclude<ShipmentStatus, "none">;
  reason?: string;
}

/** Payment of an order in the ledger. */
export interface PaymentRecord {
  orderId: string;
  status: PaymentStatus;
  /** The provider's id of the payment, assigned at the first authorization. */
  reference?: string;
  amount?: number;
  currency?: string;
  /** The only card data that are stored. */
  card?: { brand: string; last4: string };
  reason?: string;
  /** Outcome of a pending authorization, and its time. */
  settles?: { at: string; as: "authorized" | "declined" };
  /** Unguessable id of the page on which the customer confirms the payment. Kept afterwards, so that an open page can say that it is over. */
  challengeId?: string;
  entries: PaymentEntry[];
}

/** Shipment of an order in the ledger. */
export interface ShipmentRecord {
  orderId: string;
  status: ShipmentStatus;
  trackingNumber?: string;
  carrier?: string;
  trackingUrl?: string;
  reason?: string;
  entries: ShipmentEntry[];
}

/** Records of both ledgers for one order; tests read them to prove "charged once, shipped once". */
export interface OrderRecords {
  orderId: string;
  payment?: PaymentRecord;
  shipment?: ShipmentRecord;
  /** Sum of captures less refunds, minor units. */
  paidAmount: number;
  authorizations: PaymentEntry[];
  captures: PaymentEntry[];
  voids: PaymentEntry[];
  refunds: PaymentEntry[];
  /** Acceptances: more than one means two parcels. */
  shipments: ShipmentEntry[];
}

/** Keys that the store and the two providers share. */
export interface ProviderSecrets {
  /** Bearer key of the payment provider's API. */
  paymentApiKey: string;
  /** Bearer key of the shipping provider's API. */
  shippingApiKey: string;
  /** Standard Webhooks secret, `whsec_` and base64, that payment webhooks are signed with. */
  paymentWebhookSecret: string;
  /** The same for shipping webhooks. */
  shippingWebhookSecret: string;
}

/** Delays of the providers, in milliseconds. */
export interface Pace {
  /** Until a pending authorization is settled. Default 3,000. */
  pendingMs: number;
  /** From accepted to in-transit, and from there to delivered. Default 4,000. */
  shipmentStepMs: number;
}

export const defaultPace: Pace = { pendingMs: 3_000, shipmentStepMs: 4_000 };
