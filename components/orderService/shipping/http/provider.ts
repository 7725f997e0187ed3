import type { ShipAnswer, ShipmentAnswer, ShippableOrder, ShippingProvider } from "../../../../domain/order";
import { callProvider, type ProviderConnection, readConnection } from "../../httpContract/providerClient";

/** Shipping provider behind the HTTP contract of docs/providers.md. */
export class HttpShippingProvider implements ShippingProvider {
  constructor(private readonly connection: ProviderConnection) {}

  ship(order: ShippableOrder): Promise<ShipAnswer> {
    const lines = order.lines.map(({ productId, name, quantity }) => ({ productId, name, quantity }));
    const method = order.shippingMethod?.id;
    const body = { address: order.shipping, lines, ...(method !== undefined && { method }) };
    return callProvider<ShipAnswer>(this.connection, "PUT", path(order), ["accepted", "impossible"], body);
  }

  read(order: ShippableOrder): Promise<ShipmentAnswer> {
    const expected = ["none", "accepted", "impossible", "in-transit", "delivered"] as const;
    return callProvider(this.connection, "GET", path(order), expected);
  }
}

export const connectHttpShipping = (): ShippingProvider => new HttpShippingProvider(readConnection("SHIPPING"));

const path = ({ orderId }: ShippableOrder) => `/shipments/${encodeURIComponent(orderId)}`;
