import type { OrderItem, RefundItem } from "./items";
import { isRefundOpen, type RefundWrite } from "./refunds";
import { isFinal } from "./status";
import type { Write } from "./writes";

/** Text in place of erased data. */
export const ERASED = "erased";

/** A reserved name: no address below it can belong to a person. */
const ERASED_EMAIL = "erased@erased.invalid";

/**
 * Replaces what identifies the customer in an own, finished item; `undefined` if that has been done.
 *
 * Accounting keeps lines, prices, dates, the country (of the tax) and the payment provider's reference. The customer's id stays: it is
 * random, and no longer leads to a person when the account and the directory's item are gone.
 *
 * @throws {Error} for an order that is not finished, whose address is still needed.
 */
export function eraseOrder(own: OrderItem, at: string): Write<OrderItem> | undefined {
  if (!isFinal(own.status)) throw new Error(`Order ${own.orderId} is ${own.status}; only finished orders are erased.`);
  if (own.contact.email === ERASED_EMAIL) return undefined;
  const { kind, reference } = own.payment;
  const { country } = own.shipping;
  return {
    item: {
      ...own,
      shipping: { name: ERASED, street: ERASED, city: ERASED, postalCode: ERASED, country },
      contact: { email: ERASED_EMAIL },
      payment: { kind, ...(reference !== undefined && { reference }) },
      // The carrier's record leads to the address.
      shipment: {},
      // A hash of the request could be compared with guessed addresses.
      requestHash: ERASED,
      version: own.version + 1,
      updatedAt: at,
    },
    condition: { absent: false, epoch: own.epoch, version: own.version, statuses: [own.status] },
    deleteCard: false,
  };
}

/**
 * Replaces the free text of an own refund, and the hash that could be compared with guessed texts; `undefined` if that has been done. The
 * amount, its lines and its dates, which the credit note has, stay with the records of sales.
 *
 * @throws {Error} for a refund that is still to be made, whose execution writes the item.
 */
export function eraseRefund(own: RefundItem): RefundWrite | undefined {
  const { refundId, orderId, version } = own;
  if (isRefundOpen(own))
    throw new Error(
      `The refund ${refundId} of the order ${orderId} is still to be made. Erase the customer afterwards.`,
    );
  if (own.reason === ERASED && own.requestHash === ERASED) return undefined;
  return { item: { ...own, reason: ERASED, requestHash: ERASED, version: version + 1 }, version };
}
