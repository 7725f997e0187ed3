import { expect } from "chai";
import sinon from "sinon";
import { CustomerDirectory, createHash } from "../../../components/authLayer/handlers/customerDirectory";
import { type CustomerEvent, createCustomerTrigger } from "../../../components/authLayer/handlers/customerTrigger";
import { type PeerAccount, peerAccounts } from "../../../components/authLayer/handlers/peerAccounts";
import { SECOND_FACTOR_ELSEWHERE, SecondFactorElsewhereError } from "../../../domain/auth";
import { FakeTable, fakeHash, named, rejection } from "../../kit/authFakes";

describe("the customer directory", () => {
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

  it("gives a person the same id in every Region, whichever way the address is typed", async () => {
    expect(await of("east", "a")).to.equal("a");
    expect(await of("east", "a")).to.equal("a");
    expect(await of("west", "b", " ada@EXAMPLE.com")).to.equal("a");
    expect(await of("west", "c", "grace@example.com")).to.equal("c");
    expect(persons().map(({ region, customerId }) => [region, customerId])).to.deep.equal([
      ["east", "a"],
      ["west", "c"],
    ]);
  });

  it("holds no address", async () => {
    await of("east", "a");
    expect(JSON.stringify([...table.items])).not.to.match(/ada|example/i);
  });

  it("goes by what was written first when two tokens are made at once", async () => {
    let isFirst = true;
    table.before = (command) => {
      if (command !== "PutCommand" || !isFirst) return;
      isFirst = false;
      // Another token, a moment before.
      const [person] = personOf;
      table.add({ person, region: "east", customerId: "a", sub: "a", at: "2026-01-01T00:00:00.000Z", schema: 1 });
    };
    const personOf = [await directory.person("ada@example.com")];
    expect(await of("east", "a")).to.equal("a");
    expect(persons()).to.have.length(1);
  });

  it("gives a new id to whoever signs up with the address of a deleted account", async () => {
    await of("east", "a");
    expect(await of("east", "z")).to.equal("z");
    expect(await of("east", "z")).to.equal("z");
    expect(persons()).to.have.length(1);
  });

  it("knows of a second factor in whichever Region it was set up, and that it is gone again", async () => {
    const told = async (region: string, sub: string, secondFactor?: boolean) => {
      expect(await directory.customerOf("ada@example.com", { region, sub, verified: true, secondFactor })).to.equal(
        "a",
      );
      return (await directory.items(await directory.person("ada@example.com"))).map(
        (item) => item.secondFactor ?? false,
      );
    };
    expect(await told("east", "a", false)).to.deep.equal([false]);
    expect(await told("east", "a", true)).to.deep.equal([true]);
    expect(await told("east", "a")).to.deep.equal([true]);
    expect(await told("east", "a", false)).to.deep.equal([false]);
    expect(await told("west", "b", true)).to.deep.equal([false, true]);
    expect(await told("west", "b", false)).to.deep.equal([false, false]);
  });

  describe("with a second factor in another Region", () => {
    const account = (region: string, sub: string, secondFactor?: boolean) =>
      directory.customerOf("ada@example.com", { region, sub, verified: true, secondFactor });

    beforeEach(() => account("east", "a", true));

    it("gives no token to an account that has the mailbox alone", async () => {
      const refused = await rejection(account("west", "eve", false));
      expect(refused).to.be.instanceOf(SecondFactorElsewhereError);
      expect(refused.message).to.include(SECOND_FACTOR_ELSEWHERE).and.include("(east)");
      expect(await account("east", "a", true)).to.equal("a");
    });

    it("gives none to an account that has set up a factor of its own afterwards", async () => {
      for (let token = 0; token < 2; token++) {
        expect(await rejection(account("west", "eve", true))).to.be.instanceOf(SecondFactorElsewhereError);
      }
      expect(await account("east", "a", true)).to.equal("a");
    });

    it("gives none while it can't be read whether the account has one", async () => {
      expect(await rejection(account("west", "eve"))).to.be.instanceOf(SecondFactorElsewhereError);
    });

    it("ends a session that an account without it had before", async () => {
      await account("east", "a", false);
      expect(await account("west", "b", false)).to.equal("a");
      await account("east", "a", true);
      expect(await rejection(account("west", "b", false))).to.be.instanceOf(SecondFactorElsewhereError);
    });

    it("gives tokens in every Region again once the factor is turned off", async () => {
      await account("east", "a", false);
      expect(await account("west", "b", false)).to.equal("a");
    });

    it("keeps both accounts of a person who has set up one in each Region before either knew of the other", async () => {
      const person = await directory.person("ada@example.com");
      const at = "2027-01-01T00:00:00.000Z";
      table.add({ person, region: "west", customerId: "b", sub: "b", at, schema: 1, secondFactor: true });
      expect(await account("west", "b", true)).to.equal("a");
      expect(await account("east", "a", true)).to.equal("a");
      // Turned off in one Region, it is still held by the other, and no longer proved here.
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

    it("keeps the customer's id, in every Region", async () => {
      expect(await of("east", "a", "new@example.com")).to.equal("a");
      expect(await of("west", "b", "new@example.com")).to.equal("a");
    });

    it("gives the old address's next owner a new id, in every Region", async () => {
      expect(await of("west", "w", "old@example.com")).to.equal("w");
      expect(await of("east", "e", "old@example.com", LATER)).to.equal("w");
      expect(await of("east", "a", "new@example.com")).to.equal("a");
    });

    it("keeps the id when the address changes back", async () => {
      expect(await of("east", "a", "old@example.com")).to.equal("a");
      expect(await of("west", "b", "old@example.com")).to.equal("a");
      expect(await of("west", "c", "new@example.com")).to.equal("c");
    });

    it("leaves the tombstone although the first attempt was cut short", async () => {
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

  it("gives an account that another Region's decided about a new id when that one leaves the address", async () => {
    await of("east", "a", "old@example.com");
    expect(await of("west", "w", "old@example.com")).to.equal("a");
    await of("east", "a", "new@example.com");
    expect(await of("west", "w", "old@example.com")).to.equal("w");
    expect(await of("west", "w", "old@example.com")).to.equal("w");
  });

  describe("that asks the other Region's pool", () => {
    let peer: PeerAccount | "gone" | undefined;
    const inWest = (sub: string, secondFactor = false) =>
      new CustomerDirectory(table.client, "customers", fakeHash, async () => peer).customerOf("ada@example.com", {
        region: "west",
        sub,
        verified: true,
        secondFactor,
      });

    beforeEach(() => of("east", "a"));

    it("gives a new id where the account was deleted, and goes by that when the Region is dead later", async () => {
      peer = "gone";
      expect(await inWest("w")).to.equal("w");
      peer = undefined;
      expect(await inWest("w")).to.equal("w");
      expect(await of("east", "e", undefined, LATER)).to.equal("w");
    });

    it("gives a new id where the account has another address and its tombstone has not arrived", async () => {
      peer = { email: "new@example.com", secondFactor: false };
      expect(await inWest("w")).to.equal("w");
    });

    it("demands a second factor that the directory has not heard of yet", async () => {
      peer = { email: "Ada@Example.com", secondFactor: true };
      expect(await rejection(inWest("w"))).to.be.instanceOf(SecondFactorElsewhereError);
    });

    it("goes by the directory while the pool can't be reached", async () => {
      peer = undefined;
      expect(await inWest("w")).to.equal("a");
    });

    it("takes no failure but a missing account for a deletion", async () => {
      const send = sinon.stub();
      const read = peerAccounts(() => ({ send }));
      const item = { region: "east", pool: "east_1", sub: "a" };
      for (const name of ["TimeoutError", "ResourceNotFoundException", "AccessDeniedException"]) {
        send.rejects(named(name));
        expect(await read(item), name).to.equal(undefined);
      }
      send.rejects(named("UserNotFoundException"));
      expect(await read(item)).to.equal("gone");
      send.resolves({
        UserAttributes: [{ Name: "email", Value: "a@b.example" }],
        UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
      });
      expect(await read(item)).to.deep.equal({ email: "a@b.example", secondFactor: true });
      expect(send.lastCall.args[0].input).to.deep.equal({ UserPoolId: "east_1", Username: "a" });
      send.resetHistory();
      expect(await read({ region: "east", sub: "a" })).to.equal(undefined);
      sinon.assert.notCalled(send);
    });
  });

  it("hashes by a key that only KMS has", async () => {
    const send = sinon.stub().resolves({ Mac: new Uint8Array([1, 2, 3]) });
    expect(await createHash({ send }, "arn:key")("text")).to.equal("AQID");
    const { input } = send.firstCall.args[0];
    expect(input).to.include({ KeyId: "arn:key", MacAlgorithm: "HMAC_SHA_256" });
    expect(Buffer.from(input.Message).toString()).to.equal("text");
  });
});

describe("the trigger that names the customer", () => {
  let customerOf: sinon.SinonStub;
  let send: sinon.SinonStub;
  let log: { warn: sinon.SinonSpy };

  beforeEach(() => {
    customerOf = sinon.stub().resolves("a");
    send = sinon.stub().resolves({});
    log = { warn: sinon.fake() };
  });

  function trigger(triggerSource: string, userAttributes: Record<string, string>) {
    const event = {
      triggerSource,
      region: "west",
      request: { userAttributes },
      response: {},
      userPoolId: "pool",
      userName: "b",
    };
    return createCustomerTrigger({ customerOf }, { send }, log)(event as unknown as CustomerEvent);
  }

  const ada = { sub: "b", email: "ada@example.com", email_verified: "true" };
  const claim = (customerId: string, more: object = {}) => ({
    claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { customerId, ...more } } },
  });

  it("puts the directory's word into the access token", async () => {
    const { response } = await trigger("TokenGeneration_Authentication", ada);
    expect(response).to.deep.equal(claim("a", { secondFactor: "no" }));
    sinon.assert.calledOnceWithExactly(customerOf, "ada@example.com", {
      region: "west",
      sub: "b",
      pool: "pool",
      verified: true,
      secondFactor: false,
    });
  });

  it("tells the directory of a second factor, and nothing while that can't be read", async () => {
    send.resolves({ UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] });
    await trigger("TokenGeneration_RefreshTokens", ada);
    expect(send.firstCall.args[0].input).to.deep.equal({ UserPoolId: "pool", Username: "b" });
    expect(customerOf.lastCall.args[1]).to.include({ secondFactor: true });
    send.rejects(named("TimeoutError"));
    expect((await trigger("TokenGeneration_Authentication", ada)).response).to.deep.equal(claim("a"));
    expect(customerOf.lastCall.args[1]).to.have.property("secondFactor", undefined);
  });

  it("lets a token of a sign-in change the account, and a renewed one not", async () => {
    const scopes = async (source: string) => {
      const { response } = await trigger(source, ada);
      const { accessTokenGeneration } = (response as ReturnType<typeof claim>).claimsAndScopeOverrideDetails;
      return (accessTokenGeneration as { scopesToSuppress?: string[] }).scopesToSuppress;
    };
    expect(await scopes("TokenGeneration_Authentication")).to.equal(undefined);
    expect(await scopes("TokenGeneration_RefreshTokens")).to.deep.equal(["aws.cognito.signin.user.admin"]);
  });

  it("refuses a sign-up whose attributes hold text that no API takes, and nothing else", async () => {
    for (const value of ["Ada\u202E", "Ada\u2028", "Ada\u0085", "Ada\uD83E", "\u200B\u200B"]) {
      for (const attribute of ["name", "given_name", "custom:nickname"]) {
        const refused = await rejection(trigger("PreSignUp_SignUp", { ...ada, [attribute]: value }));
        expect(refused.message).to.match(new RegExp(`^${attribute} must be one line with a visible character`));
      }
    }
    const { response } = await trigger("PreSignUp_SignUp", { ...ada, name: "می‌خواهم", given_name: "" });
    expect(response).to.deep.equal({});
    sinon.assert.notCalled(customerOf);
    sinon.assert.notCalled(send);
  });

  it("says when the address was not confirmed, and asks nobody about an account without one", async () => {
    await trigger("TokenGeneration_RefreshTokens", { ...ada, email_verified: "false" });
    expect(customerOf.firstCall.args[1]).to.include({ verified: false });
    expect((await trigger("TokenGeneration_Authentication", { sub: "b" })).response).to.deep.equal(
      claim("b", { secondFactor: "no" }),
    );
    sinon.assert.calledOnce(customerOf);
  });

  it("gives no token without the directory's word", async () => {
    customerOf.rejects(named("TimeoutError"));
    expect((await rejection(trigger("TokenGeneration_Authentication", ada))).name).to.equal("TimeoutError");
  });

  it("remembers whoever confirms an address, and lets him confirm it even if it can't", async () => {
    expect((await trigger("PostConfirmation_ConfirmSignUp", ada)).response).to.deep.equal({});
    sinon.assert.calledOnce(customerOf);
    customerOf.rejects(named("TimeoutError"));
    await trigger("PostConfirmation_ConfirmSignUp", ada);
    sinon.assert.calledOnce(log.warn);
  });
});
