import { expect } from "chai";
import sinon from "sinon";
import { CustomerDirectory, hashBy } from "../../../components/authLayer/customerDirectory";
import { type CustomerEvent, customerTriggerOf } from "../../../components/authLayer/customerTrigger";
import { FakeTable, fakeHash, named, rejection } from "./fakes";

describe("the customer directory", () => {
  let table: FakeTable;
  let directory: CustomerDirectory;

  beforeEach(() => {
    table = new FakeTable(["person", "region"]);
    directory = new CustomerDirectory(table.client, "customers", fakeHash);
  });

  const of = (region: string, sub: string, email = "Ada@example.com") =>
    directory.customerOf(email, { region, sub, verified: true });

  it("gives a person the same id in every Region, whichever way the address is typed", async () => {
    expect(await of("east", "a")).to.equal("a");
    expect(await of("east", "a")).to.equal("a");
    expect(await of("west", "b", " ada@EXAMPLE.com")).to.equal("a");
    expect(await of("west", "c", "grace@example.com")).to.equal("c");
    expect([...table.items.values()].map(({ region, customerId }) => [region, customerId])).to.deep.equal([
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
    expect(table.items.size).to.equal(1);
  });

  it("gives a new id to whoever signs up with the address of a deleted account", async () => {
    await of("east", "a");
    expect(await of("east", "z")).to.equal("z");
    expect(await of("east", "z")).to.equal("z");
    expect([...table.items.values()]).to.have.length(1);
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
    expect(await told("west", "b", true)).to.deep.equal([true, true]);
    expect(await told("east", "a", false)).to.deep.equal([false, true]);
    expect(await told("west", "b", false)).to.deep.equal([false, false]);
  });

  it("hashes by a key that only KMS has", async () => {
    const send = sinon.stub().resolves({ Mac: new Uint8Array([1, 2, 3]) });
    expect(await hashBy({ send }, "arn:key")("text")).to.equal("AQID");
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
    return customerTriggerOf({ customerOf }, { send }, log)(event as unknown as CustomerEvent);
  }

  const ada = { sub: "b", email: "ada@example.com", email_verified: "true" };
  const claim = (customerId: string) => ({
    claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { customerId } } },
  });

  it("puts the directory's word into the access token", async () => {
    const { response } = await trigger("TokenGeneration_Authentication", ada);
    expect(response).to.deep.equal(claim("a"));
    sinon.assert.calledOnceWithExactly(customerOf, "ada@example.com", {
      region: "west",
      sub: "b",
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
    expect((await trigger("TokenGeneration_RefreshTokens", ada)).response).to.deep.equal(claim("a"));
    expect(customerOf.lastCall.args[1]).to.have.property("secondFactor", undefined);
  });

  it("says when the address was not confirmed, and asks nobody about an account without one", async () => {
    await trigger("TokenGeneration_RefreshTokens", { ...ada, email_verified: "false" });
    expect(customerOf.firstCall.args[1]).to.include({ verified: false });
    expect((await trigger("TokenGeneration_Authentication", { sub: "b" })).response).to.deep.equal(claim("b"));
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
