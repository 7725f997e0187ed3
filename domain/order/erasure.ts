import type { OrderItem } from "./items";
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
