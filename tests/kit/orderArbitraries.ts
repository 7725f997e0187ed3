import fc from "fast-check";
import {
  ORDER_STATUSES,
  type OrderItem,
  type RefundItem,
  requestRefund,
  type Standing,
  withBookkeeping,
} from "../../domain/order";

const at = fc.integer({ min: 0, max: 4 }).map((minutes) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString());

/** Few values of each, so that ties are common. */
export const standing = (
  region: fc.Arbitrary<string> = fc.constantFrom("us-east-1", "us-west-2"),
): fc.Arbitrary<Standing> =>
  fc.record({
    region,
    epoch: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom(...ORDER_STATUSES),
    createdAt: at,
  });

/** Items of an order in one Region's replica: at least one, and at most one from each Region. */
export const standings: fc.Arbitrary<Standing[]> = fc.oneof(
  standing().map((one) => [one]),
  fc.tuple(standing(fc.constant("us-east-1")), standing(fc.constant("us-west-2"))),
);

/** A refund that was requested of `itemOf()`, with these values. */
export function refundItemOf(given: Partial<RefundItem> = {}): RefundItem {
  const { item } = requestRefund(
    {
      refundId: "RFNDG6789ABCDEFGHJKMNPQRST",
      orderId: itemOf().orderId,
      owner: given.owner ?? "us-east-1",
      customerId: "customer-ann",
      amount: { amount: 500, currency: "EUR" },
      reason: "A scratch.",
      requestedBy: "merchandiser-1",
      requestHash: "hash",
    },
    0,
    { at: "2026-01-02T00:00:00.000Z" },
  );
  return { ...item, ...given };
}

/** A complete item with these values. */
export function itemOf(given: Partial<OrderItem> = {}): OrderItem {
  const item: OrderItem = {
    kind: "order",
    schema: 1,
    orderId: "0123456789ABCDEFGHJKMNPQRS",
    region: "us-east-1",
    epoch: 1,
    version: 3,
    status: "PLACED",
    customerId: "customer-ann",
    lines: [{ productId: "kettle", name: "Kettle", quantity: 2, unitPrice: { amount: 3_490, currency: "EUR" } }],
    total: { amount: 6_980, currency: "EUR" },
    shipping: { name: "Ann Example", street: "1 High Street", city: "Springfield", postalCode: "12345", country: "US" },
    contact: { email: "ann@example.com" },
    payment: { kind: "card" },
    shipment: {},
    history: [],
    requestHash: "hash",
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...given,
  };
  return withBookkeeping(item, { at: item.updatedAt });
}
