import type { Address, OrderLine } from "../../../domain/order/items";
import type { ShipAnswer, ShipmentAnswer } from "../../../domain/order/providers";
import { callProvider, type ProviderConnection } from "./providerClient";

/** The shipping system, asked by order id; each call may be repeated, and “impossible” is remembered for ever. */
export class HttpShippingProvider {
  constructor(private readonly connection: ProviderConnection) {}

  ship(orderId: string, address: Address, lines: readonly OrderLine[]): Promise<ShipAnswer> {
    const parcel = lines.map(({ productId, name, quantity }) => ({ productId, name, quantity }));
    return callProvider<ShipAnswer>(this.connection, "PUT", path(orderId), ["accepted", "impossible"], {
      address,
      lines: parcel,
    });
  }

  read(orderId: string): Promise<ShipmentAnswer> {
    const expected = ["none", "accepted", "impossible", "in-transit", "delivered"] as const;
    return callProvider(this.connection, "GET", path(orderId), expected);
  }
}

const path = (orderId: string) => `/shipments/${encodeURIComponent(orderId)}`;
