import { expect } from "chai";
import fc from "fast-check";
import { addressKey, type CustomerItem, customerAmong, identityOf } from "../../../domain/auth";

const NOW = "2026-11-22T12:00:00.000Z";

function item(region: string, sub: string, at: string): CustomerItem {
  return { person: "p", region, schema: 1, customerId: sub, sub, at };
}

const account = (region: string, sub: string, verified = true) => ({ region, sub, verified });

describe("the customer that an account stands for", () => {
  it("is the account itself where nobody knows the person, and the Region remembers it", () => {
    expect(identityOf([], account("east", "a"), NOW)).to.deep.equal({
      customerId: "a",
      put: { region: "east", customerId: "a", sub: "a", at: NOW },
    });
  });

  it("stays the one that another Region knows, and nothing is written", () => {
    const items = [item("east", "a", "2026-01-01T00:00:00.000Z")];
    expect(identityOf(items, account("west", "b"), NOW)).to.deep.equal({ customerId: "a" });
    expect(identityOf(items, account("east", "a"), NOW)).to.deep.equal({ customerId: "a" });
  });

  it("is nobody else while the address is not confirmed", () => {
    const items = [item("east", "a", "2026-01-01T00:00:00.000Z")];
    expect(identityOf(items, account("west", "b", false), NOW)).to.deep.equal({ customerId: "b" });
  });

  it("is new when the address of a deleted account signs up again", () => {
    const items = [item("east", "a", "2026-01-01T00:00:00.000Z")];
    const { customerId, put, replaces } = identityOf(items, account("east", "c"), NOW);
    expect(customerId).to.equal("c");
    expect(put).to.include({ region: "east", customerId: "c", sub: "c" });
    expect(replaces).to.equal("a");
  });

  it("stays the same when the Region's pool was lost and made again, unless it held a second factor", () => {
    const lost = { ...item("east", "a", "2026-01-01T00:00:00.000Z"), pool: "east_1" };
    const made = { ...account("east", "c"), pool: "east_2" };
    const { customerId, put, replaces } = identityOf([lost], made, NOW);
    expect(customerId).to.equal("a");
    expect(put).to.include({ customerId: "a", sub: "c", pool: "east_2", at: lost.at });
    expect(replaces).to.equal("a");
    expect(identityOf([{ ...lost, secondFactor: true }], made, NOW)).to.deep.equal({
      customerId: "a",
      secondFactorIn: "east",
    });
    expect(identityOf([lost], { ...made, pool: "east_1" }, NOW).customerId).to.equal("c");
  });

  it("is the same in both Regions when somebody signed up in both before either knew of the other", () => {
    const times = fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z");
    fc.assert(
      fc.property(times, times, fc.boolean(), (at, other, turned) => {
        const items = [item("east", "a", at), item("west", "b", other)];
        if (turned) items.reverse();
        const east = identityOf(items, account("east", "a"), NOW);
        const west = identityOf(items, account("west", "b"), NOW);
        expect(east).to.deep.equal(west);
        expect(east.customerId).to.equal(customerAmong(items)?.customerId);
        expect(east.put).to.equal(undefined);
      }),
    );
  });

  it("is found whichever way the address is typed", () => {
    expect(addressKey("  Ada@Example.COM ")).to.equal("ada@example.com");
    expect(addressKey("e\u0301va@example.com")).to.equal(addressKey("\u00e9va@example.com"));
  });
});
