import { expect } from "chai";
import { type AddressBookItem, changeAddresses, MAX_ADDRESSES, savedAddresses } from "../../../domain/order";

const street = (number: number) => ({
  ...{ name: "Ada Example", street: `Main Street ${number}`, city: "Springfield", postalCode: "12345", country: "US" },
});
const later = (seconds: number) => new Date(Date.UTC(2026, 10, 30, 12, 0, seconds)).toISOString();

/** Applies a change in a Region; other Regions' items stay. */
function change(items: AddressBookItem[], wanted: Parameters<typeof changeAddresses>[1], region: string, now: string) {
  const item = changeAddresses(items, wanted, { customerId: "ada", region, now });
  return item ? [...items.filter((other) => other.region !== region), item] : items;
}
const streets = (items: AddressBookItem[]) => savedAddresses(items).map(({ address }) => address.street);

describe("saved addresses", () => {
  it("list the one saved last first, and each once", () => {
    let items: AddressBookItem[] = [];
    for (const [at, number] of [1, 2, 1].entries())
      items = change(items, { save: street(number) }, "us-east-1", later(at));
    expect(streets(items)).to.deep.equal(["Main Street 1", "Main Street 2"]);
    expect(items[0]).to.include({ orderId: "addresses#ada", version: 3 });
    expect(
      changeAddresses(items, { save: street(1) }, { customerId: "ada", region: "us-east-1", now: later(9) }),
    ).to.equal(undefined);
  });

  it("are removed in any Region, also by a clock that is behind", () => {
    const east = change([], { save: street(1) }, "us-east-1", later(30));
    const { addressId } = savedAddresses(east)[0]!;
    const both = change(east, { remove: addressId }, "us-west-2", later(0));
    expect(savedAddresses(both)).to.deep.equal([]);
    expect(both.map(({ region }) => region)).to.deep.equal(["us-east-1", "us-west-2"]);
    expect(change(both, { remove: addressId }, "us-east-1", later(40))).to.equal(both);
    expect(streets(change(both, { save: street(1) }, "us-east-1", later(50)))).to.deep.equal(["Main Street 1"]);
  });

  it("are at most ten, in an item of bounded size", () => {
    let items: AddressBookItem[] = [];
    for (let number = 0; number < 60; number++)
      items = change(items, { save: street(number) }, "us-east-1", later(number));
    expect(streets(items)).to.have.length(MAX_ADDRESSES);
    expect(streets(items)[0]).to.equal("Main Street 59");
    expect(items[0]!.entries).to.have.length(40);
  });
});
