import type { Price } from "../../../domain/catalogue/product";
import type { AuthorizeAnswer, CaptureAnswer, Card, RefundAnswer, VoidAnswer } from "../../../domain/order/providers";
import { callProvider, type ProviderConnection } from "./providerClient";

/** The payment system, asked by order id; each call may be repeated. */
export class HttpPaymentProvider {
  constructor(private readonly connection: ProviderConnection) {}

  /**
   * @param means none for an amount of 0.
   * @param customerId whose order it is: the payment provider declines a token that it keeps for another customer.
   */
  authorize(
    orderId: string,
    total: Price,
    customerId: string,
    means: { card: Card } | { token: string } | undefined,
  ): Promise<AuthorizeAnswer> {
    const expected = ["authorized", "captured", "pending", "declined", "voided", "refunded"] as const;
    const body = { ...total, customerId, ...means };
    return callProvider(this.connection, "PUT", `${path(orderId)}/authorization`, expected, body);
  }

  /** Reads the payment provider's record; requests no action. */
  read(orderId: string): Promise<AuthorizeAnswer> {
    const expected = ["none", "pending", "authorized", "captured", "declined", "voided", "refunded"] as const;
    return callProvider(this.connection, "GET", path(orderId), expected);
  }

  capture(orderId: string): Promise<CaptureAnswer> {
    return callProvider(this.connection, "PUT", `${path(orderId)}/capture`, ["captured", "voided", "refunded"]);
  }

  void(orderId: string): Promise<VoidAnswer> {
    return callProvider(this.connection, "PUT", `${path(orderId)}/void`, ["voided", "captured", "refunded"]);
  }

  refund(orderId: string): Promise<RefundAnswer> {
    return callProvider(this.connection, "PUT", `${path(orderId)}/refund`, ["refunded"]);
  }
}

const path = (orderId: string) => `/payments/${encodeURIComponent(orderId)}`;
