import type { OrderRecords, PaymentRecord, ShipmentRecord } from "./contract";

/** Sums up what both ledgers have of an order. */
export function toOrderRecords(orderId: string, payment?: PaymentRecord, shipment?: ShipmentRecord): OrderRecords {
  const entries = payment?.entries ?? [];
  const of = (what: string) => entries.filter((entry) => entry.what === what);
  const sum = (what: string) => of(what).reduce((total, entry) => total + (entry.amount ?? 0), 0);
  return {
    orderId,
    payment,
    shipment,
    paidAmount: sum("captured") - sum("refunded") - sum("refunded in part"),
    authorizations: of("authorized"),
    captures: of("captured"),
    voids: of("voided"),
    refunds: [...of("refunded"), ...of("refunded in part")],
    shipments: (shipment?.entries ?? []).filter((entry) => entry.what === "accepted"),
  };
}
