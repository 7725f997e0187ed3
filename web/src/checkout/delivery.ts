import type { OrderView } from "../../../domain/order/api/view";
import type { Address, Contact } from "../../../domain/order/items";
import { restoreBasket } from "../basket";
import { keepForCustomer, readForCustomer } from "../customerData";
import { text } from "../texts/texts";
import { guessCountry } from "./address/countries";

/** Values as typed. Blanks at the ends and empty fields are removed before sending. */
export type Typed<T> = { [Name in keyof T]-?: string };

/** The part of the contact details that the customer types; the API adds the rest. */
export type TypedContact = Pick<Contact, "email" | "phone">;

/** Address and contact details as typed at checkout. */
export interface Delivery {
  address: Typed<Address>;
  contact: Typed<TypedContact>;
}

const KEPT = "delivery";

/** Starts with the delivery that the customer used last in this tab. */
export function startDelivery(customerId: string | undefined, email = ""): Delivery {
  const address = { name: "", street: "", city: "", postalCode: "", region: "", country: guessCountry() };
  return readForCustomer<Delivery>(customerId, KEPT) ?? { address, contact: { email, phone: "" } };
}

/** Keeps the delivery until sign-out, for another try after a decline and for the next order. */
export function keepDelivery(customerId: string, delivery: Delivery): void {
  keepForCustomer(customerId, KEPT, delivery);
}

/** Prepares checkout for the same order: its lines in the basket, its address and contact details filled in. */
export function prepareSameOrder(customerId: string | undefined, { lines, shipping, contact }: OrderView): void {
  restoreBasket(lines.map(({ unitPrice, ...line }) => ({ ...line, price: unitPrice })));
  const address = { ...shipping, region: shipping.region ?? "" };
  const { email, phone = "" } = contact;
  if (customerId) keepDelivery(customerId, { address, contact: { email, phone } });
}

export function toAddress({ region, country, ...rest }: Typed<Address>): Address {
  const { name, street, city, postalCode } = rest;
  return {
    name: name.trim(),
    street: street.trim(),
    city: city.trim(),
    postalCode: postalCode.trim(),
    country,
    ...(region.trim() && { region: region.trim() }),
  };
}

export function toContact({ email, phone }: Typed<TypedContact>): TypedContact {
  const number = phone.replace(/[\s()./-]/g, "");
  return { email: email.trim(), ...(number && { phone: number }) };
}

export function validatePhone(phone: string): string | undefined {
  const { phone: number } = toContact({ email: "", phone });
  if (number === undefined || /^\+[1-9]\d{6,14}$/.test(number)) return undefined;
  return text.checkout.phoneError;
}
