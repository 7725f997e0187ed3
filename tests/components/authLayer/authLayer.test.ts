import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AuthLayer, type AuthLayerArgs } from "../../../components/authLayer";
import { PASSWORD_POLICY } from "../../../domain/auth";
import { expectRefusal } from "../../kit/refusals";

/** Registers an AuthLayer with mocked outputs. */
async function register(args: AuthLayerArgs) {
  const resources: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs });
      const id = type.endsWith(":UserPool") ? "eu-west-1_AbCdEfGhI" : `${name}-id`;
      return { id, state: { ...inputs, arn: `arn:${name}`, name: inputs.name ?? name } };
    },
    call: () => ({}),
  });
  let outputs: { settings?: unknown; signInOrigin?: string } = {};
  let connectOrigins: string[] = [];
  await pulumi.runtime.runInPulumiStack(async () => {
    const auth = new AuthLayer("auth", args);
    connectOrigins = auth.connectOrigins;
    const known = pulumi.output({ settings: auth.settings, signInOrigin: auth.signInOrigin });
    outputs = await new Promise((resolve) => known.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const one = (type: string) => {
    expect(of(type), type).to.have.length(1);
    return of(type)[0]!.inputs;
  };
  const named = (type: string, name: string) => {
    const found = of(type).find((resource) => resource.name === name);
    expect(found, `${type} ${name}`).not.to.equal(undefined);
    return found!.inputs;
  };
  const environment = (name = "auth-authorizer-function") =>
    (named("Function", name)["environment"] as { variables: Record<string, string> }).variables;
  return { ...outputs, connectOrigins, of, one, named, environment };
}

describe("AuthLayer with a user pool", () => {
  it("requires a confirmed e-mail address and a strong password at sign-up", async () => {
    const { one } = await register({ provider: { cognito: {} } });
    expect(one("UserPool")).to.deep.include({
      usernameAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      passwordPolicy: { ...PASSWORD_POLICY, temporaryPasswordValidityDays: 3 },
    });
  });

  it("protects the pool and offers a second factor by default", async () => {
    const usual = await register({ provider: { cognito: {} } });
    expect(usual.one("UserPool")).to.deep.include({
      deletionProtection: "ACTIVE",
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
    });
    const other = await register({ provider: { cognito: { deletionProtection: false, mfa: "off" } } });
    expect(other.one("UserPool")).to.include({ deletionProtection: "INACTIVE", mfaConfiguration: "OFF" });
    expect(other.one("UserPool")).not.to.have.property("softwareTokenMfaConfiguration");
  });

  it("creates a public client with password proof, hidden accounts and short-lived tokens", async () => {
    const { one } = await register({ provider: { cognito: { tokenMinutes: 15, staySignedInDays: 7 } } });
    expect(one("UserPoolClient")).to.deep.include({
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: 7,
      tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
      refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 30 },
    });
  });

  it("creates the store's groups", async () => {
    const { of } = await register({ provider: { cognito: {} } });
    expect(of("UserGroup").map(({ inputs }) => inputs["name"])).to.have.members(["customers", "merchandisers"]);
  });

  it("outputs the storefront's settings, and gives the authorizer its issuer", async () => {
    const { settings, signInOrigin, connectOrigins, environment } = await register({ provider: { cognito: {} } });
    const ids = { userPoolId: "eu-west-1_AbCdEfGhI", clientId: "auth-storefront-id" };
    expect(settings).to.deep.equal({ kind: "cognito", path: "/auth/eu-west-1/", region: "eu-west-1", ...ids });
    expect(signInOrigin).to.equal("cognito-idp.eu-west-1.amazonaws.com");
    expect(connectOrigins).to.deep.equal([]);
    expect(JSON.parse(environment()["TRUSTED_ISSUER"]!)).to.deep.equal({ kind: "cognito", ...ids });
  });

  it("sends mail through the given identity of SES", async () => {
    const email = { identityArn: "arn:aws:ses:eu-west-1:1:identity/example.com", from: "Store <hi@example.com>" };
    const { one } = await register({ provider: { cognito: { email } } });
    expect(one("UserPool")["emailConfiguration"]).to.deep.equal({
      emailSendingAccount: "DEVELOPER",
      sourceArn: email.identityArn,
      fromEmailAddress: email.from,
    });
  });
});

describe("AuthLayer with an existing issuer", () => {
  const oidc = { issuer: "https://login.example.com/tenant/", audience: "store" };

  it("creates no user pool, and trusts the issuer's tokens for its audience", async () => {
    const { of, environment, settings, signInOrigin, connectOrigins } = await register({ provider: { oidc } });
    expect(of("UserPool")).to.deep.equal([]);
    expect(JSON.parse(environment()["TRUSTED_ISSUER"]!)).to.deep.equal({
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
    ["no provider", {}, /`provider\.cognito` and `provider\.oidc` are missing; give one/],
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

  it("grants its authorizer nothing but logs and traces", async () => {
    const { of } = await register({ provider: { oidc } });
    const policies = of("RolePolicy").map(({ inputs }) => JSON.parse(inputs["policy"] as string));
    const actions = policies.flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action);
    expect(actions).not.to.deep.equal([]);
    expect(actions.filter((action: string) => !/^(logs|xray):/.test(action))).to.deep.equal([]);
  });
});
