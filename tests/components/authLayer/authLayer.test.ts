import { expect } from "chai";
import { AuthLayer, type AuthLayerArgs } from "../../../components/authLayer";
import { mail, regions, register } from "../../kit/authLayerStand";
import { expectRefusal } from "../../kit/refusals";

describe("AuthLayer with an existing issuer", () => {
  const oidc = { issuer: "https://login.example.com/tenant/", audience: "store" };

  it("creates no user pool, and trusts the issuer's tokens for its audience", async () => {
    const { of, variables, settings, signInOrigin, connectOrigins } = await register({ provider: { oidc } });
    expect(of("UserPool")).to.deep.equal([]);
    expect(JSON.parse(variables("auth-authorizer")["TRUSTED_ISSUER"]!)).to.deep.equal({
      kind: "oidc",
      ...oidc,
      groupsClaim: "groups",
    });
    expect(settings).to.deep.equal({ kind: "oidc", ...oidc, clientId: "store", scope: "openid email" });
    expect(signInOrigin).to.equal(undefined);
    expect(connectOrigins).to.deep.equal(["https://login.example.com"]);
  });
});

describe("AuthLayer", () => {
  const oidc = { issuer: "https://login.example.com", audience: "store" };
  const wrong: [what: string, provider: AuthLayerArgs["provider"], sentence: RegExp][] = [
    ["both providers", { cognito: {}, oidc }, /`provider\.cognito` and `provider\.oidc` are given; give at most one/],
    ["no provider", {}, /`provider\.cognito`, `provider\.existingUserPool` and `provider\.oidc` are missing; give one/],
    [
      "an issuer without TLS",
      { oidc: { ...oidc, issuer: "http://login.example.com" } },
      /`provider\.oidc\.issuer` is "http:.* must be an https:/,
    ],
    ["an issuer that is no address", { oidc: { ...oidc, issuer: "login" } }, /`provider\.oidc\.issuer` is "login"/],
    ["an empty audience", { oidc: { ...oidc, audience: "" } }, /`provider\.oidc\.audience` is empty/],
    [
      "tokens for a day",
      { cognito: { tokenMinutes: 1440 } },
      /`provider\.cognito\.tokenMinutes` is 1440; it must be a whole number, between 15 and 60/,
    ],
  ];

  for (const [what, provider, sentence] of wrong) {
    it(`refuses ${what} with one sentence`, () =>
      expectRefusal("AuthLayer", () => new AuthLayer("auth", { provider }), sentence));
  }
});

describe("AuthLayer in two Regions", () => {
  it("creates neither publisher nor directory with an existing issuer, which is the same in each Region", async () => {
    const provider = { oidc: { issuer: "https://login.example.com", audience: "store" } };
    const { of, granted } = await register({ provider, regions });
    expect(of("Function").map(({ name }) => name)).to.deep.equal(["auth-authorizer-function"]);
    expect(granted("auth-authorizer")).to.deep.equal([]);
    expect([...of("Table"), ...of("Key")]).to.deep.equal([]);
  });
});

describe("AuthLayer with codes by mail", () => {
  it("enables the custom challenge, and lists it in the page's settings", async () => {
    const { named, settings } = await register({ mail });
    expect(settings).to.have.property("codes", "/api/auth/codes");
    const { explicitAuthFlows } = named("UserPoolClient", "auth-storefront");
    expect(explicitAuthFlows).to.deep.equal(["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]);
    const { lambdaConfig } = named("UserPool", "auth-customers") as { lambdaConfig: Record<string, unknown> };
    for (const trigger of ["defineAuthChallenge", "createAuthChallenge", "verifyAuthChallengeResponse"]) {
      expect(lambdaConfig[trigger]).to.equal("arn:auth-challenge-function");
    }
  });

  it("creates no custom challenge without `mail`", async () => {
    const { named, of, settings } = await register({});
    expect(settings).not.to.have.property("codes");
    expect(named("UserPoolClient", "auth-storefront")["explicitAuthFlows"]).to.deep.equal(["ALLOW_USER_SRP_AUTH"]);
    expect(of("Api")).to.deep.equal([]);
  });

  it("lets pages of other origins request codes, and refuses that without its API", async () => {
    const cors = { allowOrigins: ["https://shop.example.com"] };
    const { one } = await register({ mail, cors });
    expect(one("Api")["corsConfiguration"]).to.deep.include({ ...cors, allowMethods: ["POST"] });
    await expectRefusal(
      "AuthLayer",
      () => new AuthLayer("auth", { provider: { cognito: {} }, cors }),
      /`cors` is given; it must be left out without `mail`/,
    );
  });

  it("stores codes with an expiry, in this Region only", async () => {
    const { named } = await register({ mail, replicaRegions: ["us-west-2"] });
    expect(named("Table", "auth-codes")).to.deep.include({ ttl: { enabled: true, attributeName: "expiresAt" } });
    expect(named("Table", "auth-codes")).not.to.have.property("replicas");
  });
});

describe("AuthLayer with replicas and codes", () => {
  const oidc = { issuer: "https://login.example.com", audience: "store" };
  const existing = { table: { name: "customers", arn: "arn:customers" }, key: { arn: "arn:key" } };
  const wrong: [what: string, args: AuthLayerArgs, sentence: RegExp][] = [
    [
      "codes with an existing issuer",
      { provider: { oidc }, mail },
      /`mail` is given; it must be left out beside `provider\.oidc`/,
    ],
    [
      "a replicated directory with an existing issuer",
      { provider: { oidc }, replicaRegions: ["us-west-2"] },
      /`replicaRegions` is given; it must be left out beside `provider\.oidc`/,
    ],
    [
      "an existing directory with replicas",
      { provider: { cognito: {} }, existingDirectory: existing, replicaRegions: ["us-west-2"] },
      /`existingDirectory` and `replicaRegions` are given; give at most one/,
    ],
    [
      "codes from no sender",
      { provider: { cognito: {} }, mail: { ...mail, from: "store" } },
      /`mail\.from` is "store"/,
    ],
    [
      "sign-in mails from a name that SES does not take",
      { provider: { cognito: { email: { identityArn: "arn:identity", from: "Bücher <orders@example.com>" } } } },
      /`provider\.cognito\.email\.from` is .+ it must be a sender in ASCII/,
    ],
  ];

  for (const [what, args, sentence] of wrong) {
    it(`refuses ${what} with one sentence`, () =>
      expectRefusal("AuthLayer", () => new AuthLayer("auth", args), sentence));
  }
});
