import { expect } from "chai";
import sinon from "sinon";
import { type CustomerEvent, createCustomerTrigger } from "../../../../components/authLayer/handlers/customerTrigger";
import { named, rejection } from "../../../kit/authFakes";

describe("createCustomerTrigger", () => {
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

  it("adds the directory's customer to the access token", async () => {
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

  it("passes the second factor to the directory, or nothing if it can't be read", async () => {
    send.resolves({ UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] });
    await trigger("TokenGeneration_RefreshTokens", ada);
    expect(send.firstCall.args[0].input).to.deep.equal({ UserPoolId: "pool", Username: "b" });
    expect(customerOf.lastCall.args[1]).to.include({ secondFactor: true });
    send.rejects(named("TimeoutError"));
    expect((await trigger("TokenGeneration_Authentication", ada)).response).to.deep.equal(claim("a"));
    expect(customerOf.lastCall.args[1]).to.have.property("secondFactor", undefined);
  });

  it("removes the scope for account changes from renewed tokens only", async () => {
    const scopes = async (source: string) => {
      const { response } = await trigger(source, ada);
      const { accessTokenGeneration } = (response as ReturnType<typeof claim>).claimsAndScopeOverrideDetails;
      return (accessTokenGeneration as { scopesToSuppress?: string[] }).scopesToSuppress;
    };
    expect(await scopes("TokenGeneration_Authentication")).to.equal(undefined);
    expect(await scopes("TokenGeneration_RefreshTokens")).to.deep.equal(["aws.cognito.signin.user.admin"]);
  });

  it("refuses a sign-up only if an attribute has text that no API accepts", async () => {
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

  it("passes on an unconfirmed address, and does not look up an account without an address", async () => {
    await trigger("TokenGeneration_RefreshTokens", { ...ada, email_verified: "false" });
    expect(customerOf.firstCall.args[1]).to.include({ verified: false });
    expect((await trigger("TokenGeneration_Authentication", { sub: "b" })).response).to.deep.equal(
      claim("b", { secondFactor: "no" }),
    );
    sinon.assert.calledOnce(customerOf);
  });

  it("issues no token if the directory fails", async () => {
    customerOf.rejects(named("TimeoutError"));
    expect((await rejection(trigger("TokenGeneration_Authentication", ada))).name).to.equal("TimeoutError");
  });

  it("stores a customer who confirms an address, and confirms it even if storing fails", async () => {
    expect((await trigger("PostConfirmation_ConfirmSignUp", ada)).response).to.deep.equal({});
    sinon.assert.calledOnce(customerOf);
    customerOf.rejects(named("TimeoutError"));
    await trigger("PostConfirmation_ConfirmSignUp", ada);
    sinon.assert.calledOnce(log.warn);
  });
});
