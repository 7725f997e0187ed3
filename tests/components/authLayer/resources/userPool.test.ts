import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AuthLayer, type AuthLayerArgs } from "../../../../components/authLayer";
import { PASSWORD_POLICY } from "../../../../domain/auth";
import { POOL_ARN, register } from "../../../kit/authLayerStand";
import { expectRefusal } from "../../../kit/refusals";

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
    const other = await register({ provider: { cognito: { mfa: "off" } }, protectData: false });
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
    const { settings, signInOrigin, connectOrigins, variables } = await register({ provider: { cognito: {} } });
    const ids = { userPoolId: "us-east-1_AbCdEfGhI", clientId: "auth-storefront-id" };
    expect(settings).to.deep.equal({ kind: "cognito", path: "/auth/us-east-1/", region: "us-east-1", ...ids });
    expect(signInOrigin).to.equal("cognito-idp.us-east-1.amazonaws.com");
    expect(connectOrigins).to.deep.equal([]);
    expect(JSON.parse(variables("auth-authorizer")["TRUSTED_ISSUER"]!)).to.deep.equal({ kind: "cognito", ...ids });
  });

  it("sends mail through the given identity of SES", async () => {
    const email = { identityArn: "arn:aws:ses:us-east-1:1:identity/example.com", from: "Store <hi@example.com>" };
    const { one } = await register({ provider: { cognito: { email } } });
    expect(one("UserPool")["emailConfiguration"]).to.deep.equal({
      emailSendingAccount: "DEVELOPER",
      sourceArn: email.identityArn,
      fromEmailAddress: email.from,
    });
  });
});

describe("AuthLayer with an existing user pool", () => {
  const existingUserPool = { id: "eu-central-1_AbCdEfGhI", clientId: "1example" };

  it("creates nothing in it, trusts its client's tokens in each Region, and signs in through its Region", async () => {
    const regions = { tableName: pulumi.output("regions"), tableArn: pulumi.output("arn:regions") };
    const { of, variables, settings, signInOrigin, connectOrigins } = await register({
      provider: { existingUserPool },
      regions,
    });
    for (const type of ["UserPool", "UserPoolClient", "UserGroup", "Table", "Schedule"]) {
      expect(of(type), type).to.deep.equal([]);
    }
    expect(of("Function").map(({ name }) => name)).to.deep.equal(["auth-authorizer-function"]);
    expect(JSON.parse(variables("auth-authorizer")["TRUSTED_ISSUER"]!)).to.deep.equal({
      kind: "cognito",
      userPoolId: existingUserPool.id,
      clientId: existingUserPool.clientId,
    });
    expect(settings).to.deep.equal({
      kind: "cognito",
      path: "/auth/eu-central-1/",
      region: "eu-central-1",
      userPoolId: existingUserPool.id,
      clientId: existingUserPool.clientId,
    });
    expect(signInOrigin).to.equal("cognito-idp.eu-central-1.amazonaws.com");
    expect(connectOrigins).to.deep.equal([]);
  });

  for (const [argument, args] of Object.entries({
    mail: { mail: { from: "orders@example.com" } },
    replicaRegions: { replicaRegions: ["us-west-2"] },
    peerRegions: { peerRegions: ["us-west-2"] },
    transform: { transform: { userPool: {} } },
  } satisfies Record<string, Partial<AuthLayerArgs>>)) {
    it(`refuses \`${argument}\`, which needs triggers of the pool`, () =>
      expectRefusal(
        "AuthLayer",
        () => new AuthLayer("auth", { provider: { existingUserPool }, ...args }),
        new RegExp(
          `\`${argument}\` is given; it must be left out beside \`provider.existingUserPool\`, because .*triggers`,
        ),
      ));
  }

  it("refuses the ARN of a pool for its id, and a missing client", async () => {
    const refused = (pool: typeof existingUserPool, sentence: RegExp) =>
      expectRefusal("AuthLayer", () => new AuthLayer("auth", { provider: { existingUserPool: pool } }), sentence);
    await refused(
      { ...existingUserPool, id: POOL_ARN },
      /`provider.existingUserPool.id` is "arn:.* must be the id of a user/,
    );
    await refused({ id: existingUserPool.id } as never, /`provider.existingUserPool.clientId` is empty/);
  });
});
