import { expect } from "chai";
import sinon from "sinon";
import { CustomerDirectory, createKeyedHash } from "../../../../components/authLayer/handlers/customerDirectory";
import type { PeerAccount } from "../../../../components/authLayer/handlers/peerAccounts";
import { SECOND_FACTOR_ELSEWHERE, SecondFactorElsewhereError } from "../../../../domain/auth";
import { FakeTable, fakeHash, named, rejection } from "../../../kit/authFakes";

describe("CustomerDirectory", () => {
  let table: FakeTable;
  let directory: CustomerDirectory;

  beforeEach(() => {
    table = new FakeTable(["person", "region"]);
    directory = new CustomerDirectory(table.client, "customers", fakeHash);
  });

  const LATER = "2099-01-01T00:00:00.000Z";
  const of = (region: string, sub: string, email = "Ada@example.com", now?: string) =>
    directory.customerOf(email, { region, sub, verified: true }, now);

  const persons = () => [...table.items.values()].filter(({ person }) => !String(person).startsWith("account#"));

  it("gives a person the same id in every Region, whatever the spelling of the address", async () => {
    expect(await of("east", "a")).to.equal("a");
    expect(await of("east", "a")).to.equal("a");
    expect(await of("west", "b", " ada@EXAMPLE.com")).to.equal("a");
    expect(await of("west", "c", "grace@example.com")).to.equal("c");
    expect(persons().map(({ region, customerId }) => [region, customerId])).to.deep.equal([
      ["east", "a"],
      ["west", "c"],
    ]);
  });

  it("stores no address", async () => {
    await of("east", "a");
    expect(JSON.stringify([...table.items])).not.to.match(/ada|example/i);
  });

  it("uses the item written first when two tokens are issued concurrently", async () => {
    let isFirst = true;
    table.before = (command) => {
      if (command !== "PutCommand" || !isFirst) return;
      isFirst = false;
      // A concurrent token writes first.
      const [person] = personOf;
      table.add({ person, region: "east", customerId: "a", sub: "a", at: "2026-01-01T00:00:00.000Z", schema: 1 });
    };
    const personOf = [await directory.person("ada@example.com")];
    expect(await of("east", "a")).to.equal("a");
    expect(persons()).to.have.length(1);
  });

  it("gives a new id to a sign-up with the address of a deleted account", async () => {
    await of("east", "a");
    expect(await of("east", "z")).to.equal("z");
    expect(await of("east", "z")).to.equal("z");
    expect(persons()).to.have.length(1);
  });

  it("stores in each Region's item when a second factor is turned on or off", async () => {
    const factorsAfter = async (region: string, sub: string, secondFactor?: boolean) => {
      expect(await directory.customerOf("ada@example.com", { region, sub, verified: true, secondFactor })).to.equal(
        "a",
      );
      return (await directory.items(await directory.person("ada@example.com"))).map(
        (item) => item.secondFactor ?? false,
      );
    };
    expect(await factorsAfter("east", "a", false)).to.deep.equal([false]);
    expect(await factorsAfter("east", "a", true)).to.deep.equal([true]);
    expect(await factorsAfter("east", "a")).to.deep.equal([true]);
    expect(await factorsAfter("east", "a", false)).to.deep.equal([false]);
    expect(await factorsAfter("west", "b", true)).to.deep.equal([false, true]);
    expect(await factorsAfter("west", "b", false)).to.deep.equal([false, false]);
  });

  describe("with a second factor in the peer Region", () => {
    const account = (region: string, sub: string, secondFactor?: boolean) =>
      directory.customerOf("ada@example.com", { region, sub, verified: true, secondFactor });

    beforeEach(() => account("east", "a", true));

    it("refuses an account that has proved only the address", async () => {
      const refused = await rejection(account("west", "eve", false));
      expect(refused).to.be.instanceOf(SecondFactorElsewhereError);
      expect(refused.message).to.include(SECOND_FACTOR_ELSEWHERE).and.include("(east)");
      expect(await account("east", "a", true)).to.equal("a");
    });

    it("refuses an account that set up its own second factor afterwards", async () => {
      for (let token = 0; token < 2; token++) {
        expect(await rejection(account("west", "eve", true))).to.be.instanceOf(SecondFactorElsewhereError);
      }
      expect(await account("east", "a", true)).to.equal("a");
    });

    it("refuses an account whose second factor can't be read", async () => {
      expect(await rejection(account("west", "eve"))).to.be.instanceOf(SecondFactorElsewhereError);
    });

    it("refuses an account without the second factor that had tokens before", async () => {
      await account("east", "a", false);
      expect(await account("west", "b", false)).to.equal("a");
      await account("east", "a", true);
      expect(await rejection(account("west", "b", false))).to.be.instanceOf(SecondFactorElsewhereError);
    });

    it("accepts accounts in every Region after the second factor is turned off", async () => {
      await account("east", "a", false);
      expect(await account("west", "b", false)).to.equal("a");
    });

    it("accepts both accounts of a person who set up a second factor in each Region before replication", async () => {
      const person = await directory.person("ada@example.com");
      const at = "2027-01-01T00:00:00.000Z";
      table.add({ person, region: "west", customerId: "b", sub: "b", at, schema: 1, secondFactor: true });
      expect(await account("west", "b", true)).to.equal("a");
      expect(await account("east", "a", true)).to.equal("a");
      // The peer Region still has a factor, and this account no longer has its own.
      expect(await rejection(account("west", "b", false))).to.be.instanceOf(SecondFactorElsewhereError);
      expect(await account("east", "a", false)).to.equal("a");
      expect(await account("west", "b", false)).to.equal("a");
    });
  });

  describe("after a change of the address", () => {
    beforeEach(async () => {
      await of("east", "a", "old@example.com");
      await of("east", "a", "new@example.com");
    });

    it("keeps the customer's id in every Region", async () => {
      expect(await of("east", "a", "new@example.com")).to.equal("a");
      expect(await of("west", "b", "new@example.com")).to.equal("a");
    });

    it("gives the next owner of the old address a new id in every Region", async () => {
      expect(await of("west", "w", "old@example.com")).to.equal("w");
      expect(await of("east", "e", "old@example.com", LATER)).to.equal("w");
      expect(await of("east", "a", "new@example.com")).to.equal("a");
    });

    it("keeps the id when the address changes back", async () => {
      expect(await of("east", "a", "old@example.com")).to.equal("a");
      expect(await of("west", "b", "old@example.com")).to.equal("a");
      expect(await of("west", "c", "new@example.com")).to.equal("c");
    });

    it("leaves the tombstone with the next token if the first attempt was interrupted", async () => {
      const working = table.before;
      let puts = 0;
      table.before = (command) => {
        // The item under the new address is written, the tombstone is not.
        if (command === "PutCommand" && ++puts === 2) throw named("TimeoutError");
      };
      expect((await rejection(of("east", "a", "third@example.com"))).name).to.equal("TimeoutError");
      table.before = working;
      expect(await of("east", "a", "third@example.com")).to.equal("a");
      expect(await of("west", "n", "new@example.com")).to.equal("n");
      expect(await of("west", "t", "third@example.com")).to.equal("a");
    });
  });

  it("gives an account a new id when the peer Region's account leaves the address", async () => {
    await of("east", "a", "old@example.com");
    expect(await of("west", "w", "old@example.com")).to.equal("a");
    await of("east", "a", "new@example.com");
    expect(await of("west", "w", "old@example.com")).to.equal("w");
    expect(await of("west", "w", "old@example.com")).to.equal("w");
  });

  describe("with access to the peer Region's pool", () => {
    let peer: PeerAccount | "gone" | undefined;
    const inWest = (sub: string, secondFactor = false) =>
      new CustomerDirectory(table.client, "customers", fakeHash, async () => peer).customerOf("ada@example.com", {
        region: "west",
        sub,
        verified: true,
        secondFactor,
      });

    beforeEach(() => of("east", "a"));

    it("gives a new id if the account was deleted, also if the Region is lost later", async () => {
      peer = "gone";
      expect(await inWest("w")).to.equal("w");
      peer = undefined;
      expect(await inWest("w")).to.equal("w");
      expect(await of("east", "e", undefined, LATER)).to.equal("w");
    });

    it("gives a new id if the account has another address and its tombstone is not replicated yet", async () => {
      peer = { email: "new@example.com", secondFactor: false };
      expect(await inWest("w")).to.equal("w");
    });

    it("requires a second factor that is not replicated yet", async () => {
      peer = { email: "Ada@Example.com", secondFactor: true };
      expect(await rejection(inWest("w"))).to.be.instanceOf(SecondFactorElsewhereError);
    });

    it("uses the directory while the pool is unreachable", async () => {
      peer = undefined;
      expect(await inWest("w")).to.equal("a");
    });
  });

  it("creates the hash by the key in KMS", async () => {
    const send = sinon.stub().resolves({ Mac: new Uint8Array([1, 2, 3]) });
    expect(await createKeyedHash({ send }, "arn:key")("text")).to.equal("AQID");
    const { input } = send.firstCall.args[0];
    expect(input).to.include({ KeyId: "arn:key", MacAlgorithm: "HMAC_SHA_256" });
    expect(Buffer.from(input.Message).toString()).to.equal("text");
  });
});
