import { json, validator } from "../../../../domain/http";
import { type Address, changeAddresses, pointersToCardNumbers, savedAddresses } from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { TransientError } from "../../../runtime/transientError";
import type { OrderStore } from "../orderStore";
import { customerOf, type HttpRequest, type HttpResponse } from "./http";
import { cardNumberWritten } from "./refusals";

type AddressStore = Pick<OrderStore, "region" | "addressBooks" | "writeAddressBook">;

/** Attempts of a write while the customer changes addresses in another window. */
const ATTEMPTS = 3;

/** `GET /api/orders/addresses`: the caller's saved addresses, the one saved last first. */
export function listAddresses(store: AddressStore) {
  return async (request: HttpRequest): Promise<HttpResponse> =>
    json(200, { addresses: savedAddresses(await store.addressBooks(customerOf(request))) });
}

/** `POST /api/orders/addresses`: saves an address. A repeated request changes nothing. */
export function saveAddress(store: AddressStore) {
  const check = validator<Address>(operations.saveAddress);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const refused = cardNumberWritten(pointersToCardNumbers(valid.body));
    return refused ?? (await change(store, customerOf(request), { save: valid.body }));
  };
}

/** `DELETE /api/orders/addresses/{addressId}`: removes an address, whichever Region saved it. A repeated request changes nothing. */
export function removeAddress(store: AddressStore) {
  const check = validator<undefined, { addressId: string }>(operations.removeAddress);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    return await change(store, customerOf(request), { remove: valid.parameters.addressId });
  };
}

async function change(
  store: AddressStore,
  customerId: string,
  wanted: Parameters<typeof changeAddresses>[1],
): Promise<HttpResponse> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const items = await store.addressBooks(customerId);
    const now = new Date().toISOString();
    const item = changeAddresses(items, wanted, { customerId, region: store.region, now });
    if (item === undefined) return json(200, { addresses: savedAddresses(items) });
    if (!(await store.writeAddressBook(item))) continue;
    const others = items.filter(({ region }) => region !== store.region);
    return json(200, { addresses: savedAddresses([...others, item]) });
  }
  throw new TransientError("The saved addresses were changed concurrently.");
}
