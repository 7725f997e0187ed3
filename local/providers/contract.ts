/**
 * The contract between the store and the outside world, as the systems of the local run speak it.
 *
 * JSON over HTTP, `Authorization: Bearer KEY`, each call keyed by the order's id and safe to repeat.
 * `docs/providers.md` is the same contract in prose, with the mapping to a real provider.
 */

/** What the payment system's book says of an order. */
export type PaymentStatus = "none" | "pending" | "authorized" | "declined" | "captured" | "voided" | "refunded";

/** What the shipping system's book says of an order. */
export type ShipmentStatus = "none" | "accepted" | "impossible" | "in-transit" | "delivered";

/** Body of `PUT /payments/{orderId}/authorization`. One of `card` and `token`; neither for an amount of 0. */
export interface AuthorizationRequest {
  /** Minor units of `currency`: an integer from 0 to `MAX_TOTAL_AMOUNT`. */
  amount: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** Whose order it is. A token that is kept for another customer is declined. */
  customerId: string;
  card?: { number: string; expiry: string; code: string };
  token?: string;
}

/** Body of `PUT /shipments/{orderId}`. */
export interface ShipmentRequest {
  address: Record<string, unknown>;
  lines: unknown[];
}

/** What a system answers: an HTTP status and its JSON body. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** One thing that happened to a payment, in the order of happening. */
export interface PaymentEntry {
  /** ISO 8601, UTC. */
  at: string;
  what: "authorized" | "pending" | "declined" | "captured" | "voided" | "refunded";
  /** Minor units. Absent where no money is concerned. */
  amount?: number;
  currency?: string;
  /** Why a card was declined. */
  reason?: string;
}

/** One thing that happened to a shipment, in the order of happening. */
export interface ShipmentEntry {
  /** ISO 8601, UTC. */
  at: string;
  what: Exclude<ShipmentStatus, "none">;
  reason?: string;
}

/** An order in the payment system's book. */
export interface PaymentRecord {
  orderId: string;
  status: PaymentStatus;
  /** The system's own name for the payment, given at the first authorization. */
  reference?: string;
  amount?: number;
  currency?: string;
  /** All that is ever kept of a card. */
  card?: { brand: string; last4: string };
  reason?: string;
  /** A pending authorization's outcome, and when the bank will tell it. */
  settles?: { at: string; as: "authorized" | "declined" };
  entries: PaymentEntry[];
}

/** An order in the shipping system's book. */
export interface ShipmentRecord {
  orderId: string;
  status: ShipmentStatus;
  trackingNumber?: string;
  carrier?: string;
  reason?: string;
  entries: ShipmentEntry[];
}

/** Both books on one order: what a proof of "charged once, shipped once" reads. */
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
  /** Acceptances: more than one would be a parcel too many. */
  shipments: ShipmentEntry[];
}

/** The keys that the store and the two systems share. */
export interface ProviderSecrets {
  /** Bearer key of the payment system's API. */
  paymentApiKey: string;
  /** Bearer key of the shipping system's API. */
  shippingApiKey: string;
  /** Standard Webhooks secret, `whsec_` and base64, that payment webhooks are signed with. */
  paymentWebhookSecret: string;
  /** The same for shipping webhooks. */
  shippingWebhookSecret: string;
}

/** How fast the outside world moves, in milliseconds. */
export interface Pace {
  /** Until a pending authorization is settled. Default 3,000. */
  pendingMs: number;
  /** From accepted to in-transit, and from there to delivered. Default 4,000. */
  shipmentStepMs: number;
}

export const defaultPace: Pace = { pendingMs: 3_000, shipmentStepMs: 4_000 };
