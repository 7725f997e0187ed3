import "../../../disablePromiseTraces";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AuthLayer, type AuthLayerArgs, type CodeMail } from "../../../components/authLayer";
import { PASSWORD_POLICY } from "../../../domain/auth";
import { expectRefusal } from "../../kit/refusals";

const POOL_ARN = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI";

/** Registers an AuthLayer, by default with a user pool, with mocked outputs. */
async function register(args: Partial<AuthLayerArgs>) {
  const resources: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs });
      const isPool = type.endsWith(":UserPool");
      const arn = isPool ? POOL_ARN : `arn:${name}`;
      return {
        id: isPool ? "us-east-1_AbCdEfGhI" : `${name}-id`,
        state: { ...inputs, arn, name: inputs.name ?? name },
      };
    },
    call: () => ({}),
  });
  let outputs: { settings?: unknown; signInOrigin?: string } = {};
  let connectOrigins: string[] = [];
  await pulumi.runtime.runInPulumiStack(async () => {
    const auth = new AuthLayer("auth", { provider: { cognito: {} }, ...args });
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
    expect(found, `${type} ${name} among ${of(type).map((each) => each.name)}`).not.to.equal(undefined);
    return found!.inputs;
  };
  const granted = (name: string): Record<string, unknown>[] => {
    const { Statement } = JSON.parse(named("RolePolicy", `${name}-grants`)["policy"] as string);
    return Statement.filter(
      ({ Action }: { Action: string[] }) => !Action.some((action) => /^(logs|xray):/.test(action)),
    );
  };
  const variables = (name: string) =>
    (named("Function", `${name}-function`)["environment"] as { variables: Record<string, string> }).variables;
  return { ...outputs, connectOrigins, of, one, named, granted, variables };
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

  it("grants its authorizer nothing but logs and traces", async () => {
    const { of } = await register({ provider: { oidc } });
    const policies = of("RolePolicy").map(({ inputs }) => JSON.parse(inputs["policy"] as string));
    const actions = policies.flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action);
    expect(actions).not.to.deep.equal([]);
    expect(actions.filter((action: string) => !/^(logs|xray):/.test(action))).to.deep.equal([]);
  });
});

const regions = { tableName: pulumi.output("regions"), tableArn: pulumi.output("arn:regions") };
const mail = { from: "Store <orders@example.com>" };

describe("AuthLayer in two Regions", () => {
  it("publishes its pool at deployment and every 15 minutes, and may write only its own item", async () => {
    const { granted, named, variables } = await register({ regions });
    expect(granted("auth-publisher")).to.deep.equal([
      {
        Effect: "Allow",
        Action: ["dynamodb:PutItem"],
        Resource: ["arn:regions"],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["us-east-1"] } },
      },
    ]);
    const item = JSON.parse(variables("auth-publisher")["ISSUER_ITEM"]!);
    expect(item).to.have.all.keys("region", "settings", "trusted");
    expect(item.trusted).to.deep.equal({
      kind: "cognito",
      userPoolId: "us-east-1_AbCdEfGhI",
      clientId: "auth-storefront-id",
    });
    const { triggers } = named("Invocation", "auth-publish") as { triggers: { item: string } };
    expect(JSON.parse(triggers.item)).to.deep.equal(item);
    expect(named("Schedule", "auth-publish")["scheduleExpression"]).to.equal("rate(15 minutes)");
  });

  it("lets its authorizer read the Regions' table and not write it", async () => {
    const { granted, variables } = await register({ regions });
    expect(granted("auth-authorizer")).to.deep.equal([
      { Effect: "Allow", Action: ["dynamodb:Scan"], Resource: ["arn:regions"] },
    ]);
    expect(variables("auth-authorizer")["REGION_STATE"]).to.equal("regions");
  });

  it("creates neither publisher nor directory with an existing issuer, which is the same in each Region", async () => {
    const provider = { oidc: { issuer: "https://login.example.com", audience: "store" } };
    const { of, granted } = await register({ provider, regions });
    expect(of("Function").map(({ name }) => name)).to.deep.equal(["auth-authorizer-function"]);
    expect(granted("auth-authorizer")).to.deep.equal([]);
    expect([...of("Table"), ...of("Key")]).to.deep.equal([]);
  });

  it("creates the directory and its key with replicas, protected", async () => {
    const { named } = await register({ replicaRegions: ["us-west-2"] });
    expect(named("Table", "auth-directory")).to.deep.include({
      hashKey: "person",
      rangeKey: "region",
      streamEnabled: true,
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
    });
    expect(named("Table", "auth-directory")["replicas"]).to.have.nested.property("[0].regionName", "us-west-2");
    expect(named("Key", "auth-addresses")).to.include({
      keyUsage: "GENERATE_VERIFY_MAC",
      customerMasterKeySpec: "HMAC_256",
      multiRegion: true,
    });
    expect(named("ReplicaKey", "auth-addresses-us-west-2")).to.include({
      region: "us-west-2",
      primaryKeyArn: "arn:auth-addresses",
    });
  });

  it("uses the primary's replicas", async () => {
    const existing = { table: { name: "customers", arn: "arn:customers" }, key: { arn: "arn:key" } };
    const { of, variables, granted } = await register({ existingDirectory: existing });
    expect([...of("Table"), ...of("Key"), ...of("ReplicaKey")]).to.deep.equal([]);
    expect(variables("auth-customer")).to.include({ DIRECTORY_TABLE: "customers", ADDRESS_KEY: "arn:key" });
    expect(granted("auth-customer").map(({ Resource }) => Resource)).to.deep.equal([["arn:customers"], ["arn:key"]]);
  });

  it("lets the trigger read the pool's accounts by a separate policy", async () => {
    const { named } = await register({});
    expect(JSON.parse(named("RolePolicy", "auth-customer-accounts")["policy"] as string).Statement).to.deep.equal([
      { Effect: "Allow", Action: ["cognito-idp:AdminGetUser"], Resource: [POOL_ARN] },
    ]);
  });

  it("lets the trigger read accounts in the pools of the peer Regions only", async () => {
    const existing = { table: { name: "customers", arn: "arn:customers" }, key: { arn: "arn:key" } };
    for (const args of [
      { replicaRegions: ["us-west-2"] },
      { existingDirectory: existing, peerRegions: ["us-west-2"] },
    ]) {
      const { named } = await register(args);
      const [{ Resource }] = JSON.parse(named("RolePolicy", "auth-customer-accounts")["policy"] as string).Statement;
      expect(Resource).to.deep.equal([POOL_ARN, "arn:aws:cognito-idp:us-west-2:123456789012:userpool/us-west-2_*"]);
    }
  });

  it("connects the trigger to the pool, and allows no other pool to invoke it", async () => {
    const { named } = await register({});
    expect(named("UserPool", "auth-customers")["lambdaConfig"]).to.deep.include({
      preTokenGenerationConfig: { lambdaArn: "arn:auth-customer-function", lambdaVersion: "V2_0" },
      postConfirmation: "arn:auth-customer-function",
    });
    expect(named("Permission", "auth-customer")).to.include({
      principal: "cognito-idp.amazonaws.com",
      sourceArn: POOL_ARN,
    });
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

  it("mails codes and confirmations in the shop's words", async () => {
    const confirmation = { subject: "Ihr Code", message: "Ihr Code: {####}" };
    const texts = () => ({ mail: ({ text }: CodeMail) => ({ subject: "Ihr Anmeldecode", text }) });
    const { one, named } = await register({ provider: { cognito: { confirmation } }, mail: { ...mail, texts } });
    expect(one("UserPool")["verificationMessageTemplate"]).to.deep.include({
      emailSubject: "Ihr Code",
      emailMessage: "Ihr Code: {####}",
    });
    const { code } = named("Function", "auth-mailer-function") as { code: pulumi.asset.AssetArchive };
    const { "index.js": file } = await code.assets;
    expect(readFileSync(await (file as pulumi.asset.FileAsset).path, "utf8")).to.contain("Ihr Anmeldecode");
    await expectRefusal(
      "AuthLayer",
      () => new AuthLayer("auth", { provider: { cognito: { confirmation: { ...confirmation, message: "Hallo!" } } } }),
      /`provider.cognito.confirmation.message` is "Hallo!"; it must be a text .* with \{####\}/,
    );
  });

  it("stores codes with an expiry, in this Region only", async () => {
    const { named } = await register({ mail, replicaRegions: ["us-west-2"] });
    expect(named("Table", "auth-codes")).to.deep.include({ ttl: { enabled: true, attributeName: "expiresAt" } });
    expect(named("Table", "auth-codes")).not.to.have.property("replicas");
  });

  it("lets the public function invoke the mailer and nothing else", async () => {
    const { granted, named } = await register({ mail });
    expect(granted("auth-code")).to.deep.equal([
      { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: ["arn:auth-mailer-function"] },
    ]);
    expect(named("FunctionEventInvokeConfig", "auth-mailer-calls")).to.include({ maximumRetryAttempts: 0 });
  });

  it("sends codes as its sender only, by any verified identity", async () => {
    const { granted } = await register({ mail });
    const mailing = granted("auth-mailer").filter(({ Action }) => (Action as string[]).includes("ses:SendEmail"));
    const onlyAs = { StringEquals: { "ses:FromAddress": "orders@example.com" } };
    expect(mailing.map(({ Resource, Condition }) => ({ Resource, Condition }))).to.deep.equal([
      { Resource: ["arn:aws:ses:us-east-1:123456789012:identity/*"], Condition: onlyAs },
      { Resource: ["arn:aws:ses:us-east-1:123456789012:configuration-set/*"], Condition: onlyAs },
    ]);
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
  ];
  for (const [what, args, sentence] of wrong) {
    it(`refuses ${what} with one sentence`, () =>
      expectRefusal("AuthLayer", () => new AuthLayer("auth", args), sentence));
  }
});
