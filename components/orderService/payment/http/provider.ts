import type {
  AuthorizeAnswer,
  CaptureAnswer,
  PartialRefundAnswer,
  PayableOrder,
  PaymentMeans,
  PaymentProvider,
  RefundAnswer,
  RefundPart,
  VoidAnswer,
} from "../../../../domain/order";
import { callProvider, type ProviderConnection, readConnection } from "../../httpContract/providerClient";

/** Payment provider behind the HTTP contract of docs/providers.md. */
export class HttpPaymentProvider implements PaymentProvider {
  constructor(private readonly connection: ProviderConnection) {}

  authorize(order: PayableOrder, means: PaymentMeans): Promise<AuthorizeAnswer> {
    const { kind: _kind, ...cardOrToken } = means;
    const body = { ...order.total, customerId: order.customerId, ...cardOrToken };
    const expected = ["authorized", "captured", "pending", "declined", "voided", "refunded"] as const;
    return callProvider(this.connection, "PUT", `${path(order)}/authorization`, expected, body);
  }

  read(order: PayableOrder): Promise<AuthorizeAnswer> {
    const expected = ["none", "pending", "authorized", "captured", "declined", "voided", "refunded"] as const;
    return callProvider(this.connection, "GET", path(order), expected);
  }

  capture(order: PayableOrder): Promise<CaptureAnswer> {
    return callProvider(this.connection, "PUT", `${path(order)}/capture`, ["captured", "voided", "refunded"]);
  }

  void(order: PayableOrder): Promise<VoidAnswer> {
    return callProvider(this.connection, "PUT", `${path(order)}/void`, ["voided", "captured", "refunded"]);
  }

  refund(order: PayableOrder): Promise<RefundAnswer> {
    return callProvider(this.connection, "PUT", `${path(order)}/refund`, ["refunded"]);
  }

  refundPart(order: PayableOrder, { refundId, amount }: RefundPart): Promise<PartialRefundAnswer> {
    const { currency } = order.total;
    const refund = `${path(order)}/refunds/${encodeURIComponent(refundId)}`;
    return callProvider(this.connection, "PUT", refund, ["refunded", "refused"], { amount, currency });
  }
}

export const connectHttpPayment = (): PaymentProvider => new HttpPaymentProvider(readConnection("PAYMENT"));

const path = ({ orderId }: PayableOrder) => `/payments/${encodeURIComponent(orderId)}`;
