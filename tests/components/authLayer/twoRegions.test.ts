import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AuthLayer, type AuthLayerArgs } from "../../../components/authLayer";
import { expectRefusal } from "../../kit/refusals";

const POOL_ARN = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Registers an AuthLayer with mocked outputs. */
async function register(args: Partial<AuthLayerArgs>) {
  const resources: Registered[] = [];
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
  let settings: unknown;
  await pulumi.runtime.runInPulumiStack(async () => {
    const auth = new AuthLayer("auth", { provider: { cognito: {} }, ...args });
    settings = await new Promise((resolve) => auth.settings.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
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
  return { settings, of, named, granted, variables };
}

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

  it("creates none of this with an existing issuer, which is the same in each Region", async () => {
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

  it("creates none of this without `mail`", async () => {
    const { named, of, settings } = await register({});
    expect(settings).not.to.have.property("codes");
    expect(named("UserPoolClient", "auth-storefront")["explicitAuthFlows"]).to.deep.equal(["ALLOW_USER_SRP_AUTH"]);
    expect(of("Api")).to.deep.equal([]);
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
