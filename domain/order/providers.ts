/**
 * Answers of the payment and the shipping provider. Requests carry the order id, and each may be repeated.
 * Everything else (429, 5xx, no answer in time) is a transient error.
 */

export interface AuthorizeAnswer {
  /** `none`: nothing is known of the order; only a question (not a request to authorize) is answered so. */
  status: "none" | "pending" | "authorized" | "captured" | "declined" | "voided" | "refunded";
  reference?: string;
  card?: { brand: string; last4: string };
  reason?: string;
}

export interface CaptureAnswer {
  status: "captured" | "voided" | "refunded";
}

/** A void lasts: an authorization that arrives later is refused. */
export interface VoidAnswer {
  status: "voided" | "captured" | "refunded";
}

export interface RefundAnswer {
  status: "refunded";
}

export type ShipAnswer =
  | { status: "accepted"; trackingNumber?: string; carrier?: string }
  | { status: "impossible"; reason?: string };

export type ShipmentStatus = "none" | "accepted" | "impossible" | "in-transit" | "delivered";

export interface ShipmentAnswer {
  status: ShipmentStatus;
  trackingNumber?: string;
  carrier?: string;
}

/** The card as the payment system takes it. Never logged, never stored in clear, never part of an error. */
export interface Card {
  /** Digits only. */
  number: string;
  /** `MM/YY`. */
  expiry: string;
  code: string;
}
