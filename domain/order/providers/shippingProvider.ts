import type { OrderItem } from "../items";

/**
 * Port to a shipping provider. Calls and rejections follow the rules of `PaymentProvider`. The first answer to `ship`
 * is permanent, `impossible` included.
 */
export interface ShippingProvider {
  ship(order: ShippableOrder): Promise<ShipAnswer>;
  /** Reads the provider's record; requests no action. */
  read(order: ShippableOrder): Promise<ShipmentAnswer>;
}

/** The part of an order that shipping providers need. */
export type ShippableOrder = Pick<OrderItem, "orderId" | "shipping" | "shippingMethod" | "lines" | "shipment">;

export type ShipAnswer = ({ status: "accepted" } & Tracking) | { status: "impossible"; reason?: string };

export type ShipmentStatus = "none" | "accepted" | "impossible" | "in-transit" | "delivered";

export interface ShipmentAnswer extends Tracking {
  status: ShipmentStatus;
}

/** Number and page by which the customer follows the parcel. */
export interface Tracking {
  trackingNumber?: string;
  carrier?: string;
  /** The carrier's page about the parcel: https, at most 2,000 characters. */
  trackingUrl?: string;
}

/** The parts of an answer that an order keeps. */
export function toTracking({ trackingNumber, carrier, trackingUrl }: Tracking): Tracking {
  if (!trackingNumber) return {};
  return { trackingNumber, ...(carrier && { carrier }), ...(trackingUrl && { trackingUrl }) };
}
