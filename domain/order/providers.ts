/**
 * What the payment and the shipping system answer. Both are asked by order id, and each call may be repeated.
 * Everything else they may say (429, 5xx, nothing in time) is trouble that passes.
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
