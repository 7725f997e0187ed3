import { expect } from "chai";
import sinon from "sinon";
import { mailCode } from "../../../../components/authLayer/handlers/mailCode";
import type { CodeTexts } from "../../../../domain/auth";
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

describe("mailCode", () => {
  /** Content of the pool and the directory. */
  let found: object | undefined;
  let known: boolean;
  let secondFactor: boolean;
  let isReplacing: boolean;
  /** The call of the pool at which the function dies. */
  let dies: string | undefined;
  let allowed: boolean;
  let calls: Call[];
  let mails: sinon.SinonStub;
  let make: sinon.SinonStub;
  let log: { info: sinon.SinonSpy };

  beforeEach(() => {
    found = undefined;
    known = false;
    secondFactor = false;
    isReplacing = false;
    dies = undefined;
    allowed = true;
    calls = [];
    mails = sinon.stub().resolves({});
    make = sinon.stub().resolves("12345678");
    log = { info: sinon.fake() };
  });

  async function run(email = "Ada@example.com", texts?: CodeTexts, acceptLanguage?: string) {
    const pool = async (call: Call) => {
      calls.push(call);
      const { name } = call.constructor;
      if (name === dies) throw new Error("died");
      if (name === "AdminDeleteUserCommand") found = undefined;
      if (name === "AdminGetUserCommand") {
        if (!found) throw named("UserNotFoundException");
        return found;
      }
      if (name === "AdminCreateUserCommand") {
        found = user("FORCE_CHANGE_PASSWORD");
        return { User: { Attributes: [{ Name: "sub", Value: "new" }] } };
      }
      return {};
    };
    await mailCode(
      { challengeId: "c", email, ...(acceptLanguage && { acceptLanguage }) },
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
        codes: {
          make,
          mayMail: async () => allowed,
          noteReplacement: async (person, state) => {
            expect(person).to.equal("p");
            isReplacing = state === "begun";
          },
          isReplacing: async () => isReplacing,
        },
        mails: { send: mails },
        from: "Store <hello@example.com>",
        storeName: "Stayopen",
        texts,
        mailsAnHour: 10,
        log,
      },
    );
    return calls.map((call) => call.constructor.name.replace("Command", ""));
  }

  it("mails in the shop's words", async () => {
    found = user("CONFIRMED");
    await run("Ada@example.com", {
      mail: ({ subject }, { code, store }) => ({ subject: `${store}: ${code}`, text: subject, html: `<b>${code}</b>` }),
    });
    const { Subject, Body } = mails.firstCall.args[0].input.Content.Simple;
    expect(Subject.Data).to.equal("Stayopen: 12345678");
    expect(Body.Text.Data).to.equal("1234 5678 is your code for Stayopen");
    expect(Body.Html.Data).to.equal("<b>12345678</b>");
  });

  it("mails in the language that the caller prefers", async () => {
    found = user("CONFIRMED");
    await run("Ada@example.com", undefined, "de-CH,de;q=0.9,en;q=0.5");
    const { Subject, Body } = mails.firstCall.args[0].input.Content.Simple;
    expect(Subject.Data).to.equal("1234 5678 ist Ihr Code für Stayopen");
    expect(Body.Text.Data).to.match(/^Ihr Code zum Anmelden: 1234 5678\n\nEr gilt einmal, 5 Minuten lang/);
  });

  it("mails a customer of this Region's pool", async () => {
    found = user("CONFIRMED");
    expect(await run()).to.deep.equal(["AdminGetUser"]);
    sinon.assert.calledOnceWithExactly(make, "c", "ada");
    const { input } = mails.firstCall.args[0];
    expect(input.Destination).to.deep.equal({ ToAddresses: ["ada@example.com"] });
    expect(input.Content.Simple.Body.Text.Data).to.include("1234 5678");
  });

  it("mails a customer of another Region, and creates an account with an unknown password", async () => {
    known = true;
    expect(await run()).to.deep.equal(["AdminGetUser", "AdminCreateUser", "AdminSetUserPassword"]);
    expect(calls[1]!.input).to.deep.include({ Username: "ada@example.com", MessageAction: "SUPPRESS" });
    expect(calls[2]!.input).to.include({ Permanent: true });
    expect(String(calls[2]!.input["Password"])).to.have.length.greaterThan(40);
    sinon.assert.calledOnceWithExactly(make, "c", "new");
    sinon.assert.calledOnce(mails);
  });

  it("continues an interrupted request", async () => {
    known = true;
    found = user("FORCE_CHANGE_PASSWORD");
    expect(await run()).to.deep.equal(["AdminGetUser", "AdminSetUserPassword"]);
    sinon.assert.calledOnce(mails);
  });

  for (const [whose, isKnown] of [
    ["a guest left", false],
    ["holds the address of another Region's customer", true],
  ] as const) {
    it(`replaces an unconfirmed sign-up that ${whose}, so that its password opens nothing`, async () => {
      known = isKnown;
      found = user("UNCONFIRMED", { UserAttributes: [{ Name: "sub", Value: "eve" }] });
      expect(await run()).to.deep.equal(["AdminGetUser", "AdminDeleteUser", "AdminCreateUser", "AdminSetUserPassword"]);
      expect(String(calls.at(-1)!.input["Password"])).to.have.length.greaterThan(40);
      sinon.assert.calledOnceWithExactly(make, "c", "new");
      sinon.assert.calledOnce(mails);
    });
  }

  for (const [moment, death, continued] of [
    ["removed an account", "AdminCreateUserCommand", ["AdminGetUser", "AdminCreateUser", "AdminSetUserPassword"]],
    ["made the next one", "AdminSetUserPasswordCommand", ["AdminGetUser", "AdminSetUserPassword"]],
  ] as const) {
    it(`continues the replacement of an unconfirmed sign-up by a request that died when it had ${moment}`, async () => {
      found = user("UNCONFIRMED");
      dies = death;
      await run().catch(() => undefined);
      sinon.assert.notCalled(mails);
      dies = undefined;
      calls = [];
      expect(await run()).to.deep.equal(continued);
      sinon.assert.calledOnce(mails);
      expect(isReplacing, "the replacement is done").to.equal(false);
    });
  }

  const silent: [whose: string, prepare: () => void][] = [
    ["without an account", () => {}],
    ["whose sign-up is unconfirmed and disabled", () => (found = user("UNCONFIRMED", { Enabled: false }))],
    [
      "that a confirmed account has not confirmed",
      () => (found = user("CONFIRMED", { UserAttributes: [{ Name: "sub", Value: "ada" }] })),
    ],
    ["whose account was invited and never signed in", () => (found = user("FORCE_CHANGE_PASSWORD"))],
    [
      "whose account has a second factor",
      () => (found = user("CONFIRMED", { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] })),
    ],
    [
      "whose account in another Region has a second factor",
      () => {
        known = true;
        secondFactor = true;
      },
    ],
    [
      "whose account in another Region has a second factor, and which has an account in this one",
      () => {
        known = true;
        secondFactor = true;
        found = user("CONFIRMED");
      },
    ],
    ["whose account is disabled", () => (found = user("CONFIRMED", { Enabled: false }))],
    [
      "that has reached its limit of mails",
      () => {
        found = user("CONFIRMED");
        allowed = false;
      },
    ],
    [
      "whose request is delivered a second time",
      () => {
        found = user("CONFIRMED");
        make.resolves(undefined);
      },
    ],
  ];
  for (const [whose, prepare] of silent) {
    it(`mails nothing to an address ${whose}`, async () => {
      prepare();
      expect((await run()).filter((name) => name !== "AdminGetUser")).to.deep.equal([]);
      sinon.assert.notCalled(mails);
      sinon.assert.calledOnce(log.info);
    });
  }

  it("logs neither address nor code", async () => {
    found = user("CONFIRMED");
    await run();
    found = undefined;
    await run("nobody@example.com");
    expect(log.info.callCount).to.equal(2);
    expect(JSON.stringify(log.info.args)).not.to.match(/example\.com|1234/);
  });
});
