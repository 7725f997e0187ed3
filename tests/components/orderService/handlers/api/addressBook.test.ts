import { expect } from "chai";
import {
  listAddresses,
  removeAddress,
  saveAddress,
} from "../../../../../components/orderService/handlers/api/addressBook";
import type { HttpRequest, HttpResponse } from "../../../../../components/orderService/handlers/api/http";
import type { AddressBookItem } from "../../../../../domain/order";

const ada = { name: "Ada Example", street: "Main Street 1", city: "Springfield", postalCode: "12345", country: "US" };

class Books {
  readonly region = "us-east-1";
  items: AddressBookItem[] = [];
  refusals = 0;
  async addressBooks(customerId: string) {
    return this.items.filter(({ orderId }) => orderId === `addresses#${customerId}`);
  }
  async writeAddressBook(item: AddressBookItem) {
    if (this.refusals-- > 0) return false;
    this.items = [...this.items.filter(({ orderId }) => orderId !== item.orderId), item];
    return true;
  }
}

function requestOf(
  method: string,
  { body, addressId }: { body?: object; addressId?: string } = {},
  customerId = "ada",
) {
  return {
    routeKey: `${method} /api/orders/addresses`,
    rawPath: "/api/orders/addresses",
    rawQueryString: "",
    headers: { "content-type": "application/json" },
    isBase64Encoded: false,
    ...(addressId && { pathParameters: { addressId } }),
    ...(body && { body: JSON.stringify(body) }),
    requestContext: { requestId: "r", http: { method }, authorizer: { lambda: { customerId, groups: "customers" } } },
  } as unknown as HttpRequest;
}
const answer = ({ statusCode, body }: HttpResponse) => ({ status: statusCode, ...JSON.parse(body ?? "{}") });

describe("the address book's API", () => {
  it("saves, lists and removes the caller's addresses, each by repeatable requests", async () => {
    const store = new Books();
    const saved = answer(await saveAddress(store)(requestOf("POST", { body: ada })));
    expect(saved.addresses).to.have.length(1);
    expect(saved.addresses[0].address).to.deep.equal(ada);
    expect(answer(await saveAddress(store)(requestOf("POST", { body: ada })))).to.deep.equal(saved);
    expect(answer(await listAddresses(store)(requestOf("GET")))).to.deep.equal(saved);
    expect(answer(await listAddresses(store)(requestOf("GET", {}, "bob"))).addresses).to.deep.equal([]);
    const { addressId } = saved.addresses[0];
    await removeAddress(store)(requestOf("DELETE", { addressId }, "bob"));
    for (const _ of [1, 2])
      expect(answer(await removeAddress(store)(requestOf("DELETE", { addressId }))).addresses).to.deep.equal([]);
  });

  it("tries again after a concurrent change, and then asks to repeat the request", async () => {
    const store = new Books();
    store.refusals = 2;
    expect((await saveAddress(store)(requestOf("POST", { body: ada }))).statusCode).to.equal(200);
    store.refusals = 3;
    const other = { ...ada, city: "Shelbyville" };
    const failure = await saveAddress(store)(requestOf("POST", { body: other })).catch((error: unknown) => error);
    expect(failure).to.be.an("error").with.property("message", "The saved addresses were changed concurrently.");
  });

  it("refuses an address that is none, and a card number in it", async () => {
    const store = new Books();
    const { city: _, ...none } = ada;
    expect((await saveAddress(store)(requestOf("POST", { body: none }))).statusCode).to.equal(422);
    const card = { ...ada, street: "4242 4242 4242 4242" };
    expect((await saveAddress(store)(requestOf("POST", { body: card }))).statusCode).to.equal(422);
    expect((await removeAddress(store)(requestOf("DELETE", { addressId: "x" }))).statusCode).to.equal(422);
    expect(store.items).to.deep.equal([]);
  });
});
