import { expect } from "chai";
import sinon from "sinon";
import { mailCode } from "../../../../components/authLayer/handlers/mailCode";
import { named } from "../../../kit/authFakes";

interface Call {
  constructor: { name: string };
  input: Record<string, unknown>;
}

const user = (status: string, more: object = {}) => ({
  UserStatus: status,
  Enabled: true,
  UserAttributes: [
    { Name: "sub", Value: "ada" },
    { Name: "email", Value: "ada@example.com" },
    { Name: "email_verified", Value: "true" },
  ],
  ...more,
});

describe("mailing a code", () => {
  /** What the pool and the directory know. */
  let found: object | undefined;
  let known: boolean;
  let secondFactor: boolean;
  let allowed: boolean;
  let calls: Call[];
  let mails: sinon.SinonStub;
  let make: sinon.SinonStub;
  let log: { info: sinon.SinonSpy };

  beforeEach(() => {
    found = undefined;
    known = false;
    secondFactor = false;
    allowed = true;
    calls = [];
    mails = sinon.stub().resolves({});
    make = sinon.stub().resolves("12345678");
    log = { info: sinon.fake() };
  });

  async function run(email = "Ada@example.com") {
    const pool = async (call: Call) => {
      calls.push(call);
      const { name } = call.constructor;
      if (name === "AdminGetUserCommand") {
        if (!found) throw named("UserNotFoundException");
        return found;
      }
      if (name === "AdminCreateUserCommand") return { User: { Attributes: [{ Name: "sub", Value: "new" }] } };
      return {};
    };
    await mailCode(
      { challengeId: "c", email },
      {
        pool: { send: pool } as unknown as Parameters<typeof mailCode>[1]["pool"],
        userPoolId: "pool",
        directory: {
          person: async () => "p",
          items: async () =>
            known
              ? [{ person: "p", region: "east", schema: 1, customerId: "ada", sub: "ada", at: "2026", secondFactor }]
              : [],
        },
        codes: { make, mayMail: async () => allowed },
        mails: { send: mails },
        from: "Store <hello@example.com>",
        storeName: "Stayopen",
        mailsAnHour: 10,
        log,
      },
    );
    return calls.map((call) => call.constructor.name.replace("Command", ""));
  }

  it("goes to a customer of this Region's own pool", async () => {
    found = user("CONFIRMED");
    expect(await run()).to.deep.equal(["AdminGetUser"]);
    sinon.assert.calledOnceWithExactly(make, "c", "ada");
    const { input } = mails.firstCall.args[0];
    expect(input.Destination).to.deep.equal({ ToAddresses: ["ada@example.com"] });
    expect(input.Content.Simple.Body.Text.Data).to.include("1234 5678");
  });

  it("goes to a customer of another Region, whose account is made with a password that nobody knows", async () => {
    known = true;
    expect(await run()).to.deep.equal(["AdminGetUser", "AdminCreateUser", "AdminSetUserPassword"]);
    expect(calls[1]!.input).to.deep.include({ Username: "ada@example.com", MessageAction: "SUPPRESS" });
    expect(calls[2]!.input).to.include({ Permanent: true });
    expect(String(calls[2]!.input["Password"])).to.have.length.greaterThan(40);
    sinon.assert.calledOnceWithExactly(make, "c", "new");
    sinon.assert.calledOnce(mails);
  });

  it("goes on where an earlier request has stopped half-way", async () => {
    known = true;
    found = user("FORCE_CHANGE_PASSWORD");
    expect(await run()).to.deep.equal(["AdminGetUser", "AdminSetUserPassword"]);
    sinon.assert.calledOnce(mails);
  });

  it("takes the place of somebody who signed up with a customer's address and never confirmed it", async () => {
    known = true;
    found = user("UNCONFIRMED", { UserAttributes: [{ Name: "sub", Value: "eve" }] });
    expect(await run()).to.deep.equal(["AdminGetUser", "AdminDeleteUser", "AdminCreateUser", "AdminSetUserPassword"]);
    sinon.assert.calledOnceWithExactly(make, "c", "new");
  });

  const silent: [who: string, prepare: () => void][] = [
    ["nobody knows", () => {}],
    ["has not confirmed the address", () => (found = user("UNCONFIRMED"))],
    [
      "has a confirmed account with an address that is not confirmed",
      () => (found = user("CONFIRMED", { UserAttributes: [{ Name: "sub", Value: "ada" }] })),
    ],
    ["was invited and has not come yet", () => (found = user("FORCE_CHANGE_PASSWORD"))],
    ["has set up a second factor", () => (found = user("CONFIRMED", { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] }))],
    [
      "has set up a second factor in another Region",
      () => {
        known = true;
        secondFactor = true;
      },
    ],
    [
      "has set one up in another Region, and was signed in here by a code before",
      () => {
        known = true;
        secondFactor = true;
        found = user("CONFIRMED");
      },
    ],
    ["is disabled", () => (found = user("CONFIRMED", { Enabled: false }))],
    [
      "has had enough mails",
      () => {
        found = user("CONFIRMED");
        allowed = false;
      },
    ],
    [
      "asked by a request that came twice",
      () => {
        found = user("CONFIRMED");
        make.resolves(undefined);
      },
    ],
  ];
  for (const [who, prepare] of silent) {
    it(`does not happen for somebody who ${who}`, async () => {
      prepare();
      expect((await run()).filter((name) => name !== "AdminGetUser")).to.deep.equal([]);
      sinon.assert.notCalled(mails);
      sinon.assert.calledOnce(log.info);
    });
  }

  it("names neither address nor code in the log", async () => {
    found = user("CONFIRMED");
    await run();
    found = undefined;
    await run("nobody@example.com");
    expect(log.info.callCount).to.equal(2);
    expect(JSON.stringify(log.info.args)).not.to.match(/example\.com|1234/);
  });
});
