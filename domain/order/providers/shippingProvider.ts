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

export type ShipAnswer =
  | { status: "accepted"; trackingNumber?: string; carrier?: string }
  | { status: "impossible"; reason?: string };

export type ShipmentStatus = "none" | "accepted" | "impossible" | "in-transit" | "delivered";

export interface ShipmentAnswer {
  status: ShipmentStatus;
  trackingNumber?: string;
  carrier?: string;
}
