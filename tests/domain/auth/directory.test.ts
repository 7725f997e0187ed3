import { expect } from "chai";
import fc from "fast-check";
import { addressKey, type CustomerItem, customerAmong, decideIdentity } from "../../../domain/auth";

const NOW = "2026-11-22T12:00:00.000Z";

function item(region: string, sub: string, at: string): CustomerItem {
  return { person: "p", region, schema: 1, customerId: sub, sub, at };
}

const account = (region: string, sub: string, verified = true) => ({ region, sub, verified });

describe("decideIdentity", () => {
  it("makes the account of an unknown person a new customer, and stores it", () => {
    expect(decideIdentity([], account("east", "a"), NOW)).to.deep.equal({
      customerId: "a",
      put: { region: "east", customerId: "a", sub: "a", at: NOW },
    });
  });

  it("returns the customer of another Region, and stores nothing", () => {
    const items = [item("east", "a", "2026-01-01T00:00:00.000Z")];
    expect(decideIdentity(items, account("west", "b"), NOW)).to.deep.equal({ customerId: "a" });
    expect(decideIdentity(items, account("east", "a"), NOW)).to.deep.equal({ customerId: "a" });
  });

  it("returns the account's subject while the address is unconfirmed", () => {
    const items = [item("east", "a", "2026-01-01T00:00:00.000Z")];
    expect(decideIdentity(items, account("west", "b", false), NOW)).to.deep.equal({ customerId: "b" });
  });

  it("makes a sign-up with the address of a deleted account a new customer", () => {
    const items = [item("east", "a", "2026-01-01T00:00:00.000Z")];
    const { customerId, put, replaces } = decideIdentity(items, account("east", "c"), NOW);
    expect(customerId).to.equal("c");
    expect(put).to.include({ region: "east", customerId: "c", sub: "c" });
    expect(replaces).to.equal("a");
  });

  it("keeps the customer of a lost and recreated pool, unless it had a second factor", () => {
    const lost = { ...item("east", "a", "2026-01-01T00:00:00.000Z"), pool: "east_1" };
    const made = { ...account("east", "c"), pool: "east_2" };
    const { customerId, put, replaces } = decideIdentity([lost], made, NOW);
    expect(customerId).to.equal("a");
    expect(put).to.include({ customerId: "a", sub: "c", pool: "east_2", at: lost.at });
    expect(replaces).to.equal("a");
    expect(decideIdentity([{ ...lost, secondFactor: true }], made, NOW)).to.deep.equal({
      customerId: "a",
      secondFactorIn: "east",
    });
    expect(decideIdentity([lost], { ...made, pool: "east_1" }, NOW).customerId).to.equal("c");
  });

  it("returns the same customer in both Regions for sign-ups before replication", () => {
    const times = fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z");
    fc.assert(
      fc.property(times, times, fc.boolean(), (at, other, turned) => {
        const items = [item("east", "a", at), item("west", "b", other)];
        if (turned) items.reverse();
        const east = decideIdentity(items, account("east", "a"), NOW);
        const west = decideIdentity(items, account("west", "b"), NOW);
        expect(east).to.deep.equal(west);
        expect(east.customerId).to.equal(customerAmong(items)?.customerId);
        expect(east.put).to.equal(undefined);
      }),
    );
  });

  it("normalizes the spelling of an address", () => {
    expect(addressKey("  Ada@Example.COM ")).to.equal("ada@example.com");
    expect(addressKey("e\u0301va@example.com")).to.equal(addressKey("\u00e9va@example.com"));
  });

  it("never makes the key of an address with other characters that of a plain one", () => {
    const plain: string[] = [];
    for (let code = 0x80; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      const key = addressKey(`a${character}a@example.com`);
      if (/^[\0-\x7f]*$/.test(key)) plain.push(code.toString(16));
    }
    expect(plain).to.deep.equal([]);
  });
});
