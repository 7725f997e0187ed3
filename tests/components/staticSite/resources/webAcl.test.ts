import { rmSync } from "node:fs";
import { expect } from "chai";
import { StaticSite, type StaticSiteArgs, type WafArgs } from "../../../../components/staticSite";
import { BODY_LIMIT_BYTES } from "../../../../domain/http/validator";
import { expectRefusal } from "../../../kit/refusals";
import { makeBuild, registerSite } from "../../../kit/siteStand";

interface Transformed {
  textTransformations: { type: string }[];
}
interface Leaf {
  regexMatchStatement?: Transformed & { regexString: string };
  byteMatchStatement?: Transformed & { searchString: string; positionalConstraint: string };
}
interface Rule {
  name: string;
  priority: number;
  action?: { block?: { customResponse: { responseCode: number; customResponseBodyKey: string } } };
  overrideAction?: object;
  visibilityConfig: { cloudwatchMetricsEnabled: boolean; sampledRequestsEnabled: boolean; metricName: string };
  statement: {
    rateBasedStatement?: {
      limit: number;
      evaluationWindowSec: number;
      aggregateKeyType: string;
      scopeDownStatement: Leaf & { andStatement?: { statements: Leaf[] } };
    };
    sizeConstraintStatement?: Transformed & {
      size: number;
      comparisonOperator: string;
      fieldToMatch: { body: { oversizeHandling: string } };
    };
    managedRuleGroupStatement?: {
      name: string;
      vendorName: string;
      ruleActionOverrides: { name: string; actionToUse: object }[];
    };
  };
}
interface Acl {
  region: string;
  scope: string;
  defaultAction: object;
  rules: Rule[];
  associationConfig: object;
  customResponseBodies: { key: string; content: string; contentType: string }[];
  visibilityConfig: Rule["visibilityConfig"];
}

/** Capacity units of AWS's managed groups: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html */
const MANAGED_UNITS: Record<string, number> = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesCommonRuleSet: 700,
};

/** Capacity units of a rule, by the costs of AWS's list of statements. */
function unitsOf({ statement }: Rule): number {
  const transformations = ({ textTransformations }: Transformed) =>
    10 * textTransformations.filter(({ type }) => type !== "NONE").length;
  const leaf = ({ regexMatchStatement: regex, byteMatchStatement: bytes }: Leaf) =>
    (regex ? 3 + transformations(regex) : 0) + (bytes ? 2 + transformations(bytes) : 0);
  const { rateBasedStatement: rate, sizeConstraintStatement: size, managedRuleGroupStatement: managed } = statement;
  if (managed) return MANAGED_UNITS[managed.name]!;
  if (size) return 1 + transformations(size);
  const scope = rate!.scopeDownStatement;
  return 2 + (scope.andStatement?.statements ?? [scope]).reduce((sum, each) => sum + leaf(each), 0);
}

describe("StaticSite with waf", () => {
  let build: string;

  beforeEach(() => {
    build = makeBuild();
  });

  afterEach(() => rmSync(build, { recursive: true }));

  const register = (args: Omit<StaticSiteArgs, "build">) => registerSite({ build, ...args });

  async function aclOf(waf: WafArgs): Promise<Acl> {
    const { one } = await register({ waf });
    return one("WebAcl") as unknown as Acl;
  }

  const limitOf = ({ rules }: Acl, name: string) =>
    rules.find((rule) => rule.name === name)!.statement.rateBasedStatement!;

  it("creates no web ACL without it", async () => {
    const { of, distribution } = await register({});
    expect(of("WebAcl")).to.deep.equal([]);
    expect(distribution()).not.to.have.property("webAclId");
  });

  it("creates a web ACL for CloudFront in us-east-1 and puts it before the distribution", async () => {
    const { one, distribution } = await register({ waf: {} });
    expect(one("WebAcl")).to.deep.include({ region: "us-east-1", scope: "CLOUDFRONT", defaultAction: { allow: {} } });
    expect(distribution()).to.include({ webAclId: "arn:site-waf" });
  });

  it("uses an existing web ACL", async () => {
    const existingWebAclArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/own/0a1b";
    const { of, distribution } = await register({ waf: { existingWebAclArn } });
    expect(of("WebAcl")).to.deep.equal([]);
    expect(distribution()).to.include({ webAclId: existingWebAclArn });
  });

  it("stays within the capacity that costs nothing extra", async () => {
    const { rules } = await aclOf({});
    expect(rules.reduce((sum, rule) => sum + unitsOf(rule), 0))
      .to.equal(1_028)
      .and.below(1_500);
  });

  it("gives every rule a priority of its own, metrics and sampled requests", async () => {
    const { rules, visibilityConfig } = await aclOf({});
    expect(new Set(rules.map(({ priority }) => priority)).size).to.equal(rules.length);
    for (const observed of [visibilityConfig, ...rules.map((rule) => rule.visibilityConfig)]) {
      expect(observed).to.include({ cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true });
      expect(observed.metricName).to.match(/^[A-Za-z0-9_-]{1,128}$/);
    }
  });

  it("blocks by AWS's managed groups, except for what the store's own requests match", async () => {
    const { rules } = await aclOf({});
    const managed = rules.filter(({ statement }) => statement.managedRuleGroupStatement);
    expect(managed.map(({ name }) => name)).to.deep.equal(Object.keys(MANAGED_UNITS));
    for (const { overrideAction, action } of managed) {
      expect(overrideAction).to.deep.equal({ none: {} });
      expect(action).to.equal(undefined);
    }
    const counted = managed.flatMap(({ statement }) => statement.managedRuleGroupStatement!.ruleActionOverrides);
    expect(counted).to.deep.equal(
      ["NoUserAgent_HEADER", "SizeRestrictions_QUERYSTRING", "SizeRestrictions_BODY"].map((name) => ({
        name,
        actionToUse: { count: {} },
      })),
    );
  });

  it("counts the rules that block customers", async () => {
    const { rules } = await aclOf({ countedRules: ["Log4JRCE_BODY"] });
    const group = rules.find(({ name }) => name === "AWSManagedRulesKnownBadInputsRuleSet")!;
    expect(group.statement.managedRuleGroupStatement!.ruleActionOverrides).to.deep.equal([
      { name: "Log4JRCE_BODY", actionToUse: { count: {} } },
    ]);
  });

  it("blocks bodies above the APIs' limit, all of which it sees", async () => {
    const acl = await aclOf({});
    const { statement, action } = acl.rules.find(({ name }) => name === "body")!;
    expect(statement.sizeConstraintStatement).to.deep.include({
      size: BODY_LIMIT_BYTES,
      comparisonOperator: "GT",
      fieldToMatch: { body: { oversizeHandling: "MATCH" } },
    });
    expect(acl.associationConfig).to.deep.equal({
      requestBodies: [{ cloudfront: { defaultSizeInspectionLimit: "KB_64" } }],
    });
    expect(action!.block!.customResponse.responseCode).to.equal(413);
  });

  it("answers with problem documents", async () => {
    const { rules, customResponseBodies } = await aclOf({});
    const responses = rules.flatMap(({ action }) => (action?.block ? [action.block.customResponse] : []));
    expect(responses).to.have.length(5);
    for (const { responseCode, customResponseBodyKey } of responses) {
      const body = customResponseBodies.find(({ key }) => key === customResponseBodyKey)!;
      expect(body.contentType).to.equal("APPLICATION_JSON");
      expect(JSON.parse(body.content)).to.include({ status: responseCode });
    }
  });

  for (const [name, limit, counted, ignored] of [
    ["rate-codes", 30, ["/api/auth/codes", "/api/auth/codes/"], ["/api/auth/other", "/api/config"]],
    ["rate-signIn", 300, ["/auth/us-east-1/"], ["/api/auth/codes", "/author"]],
    ["rate-orders", 60, ["/api/orders", "/api/orders/"], ["/api/orders/webhooks/payment", "/api/orders/1/cancel"]],
    ["rate-search", 1_500, ["/api/catalogue/search", "/api/catalogue/suggest"], ["/api/catalogue/products/1"]],
  ] as const) {
    it(`limits the requests of an address: ${name}`, async () => {
      const rate = limitOf(await aclOf({}), name);
      expect(rate).to.include({ limit, evaluationWindowSec: 300, aggregateKeyType: "IP" });
      const leaves = rate.scopeDownStatement.andStatement?.statements ?? [rate.scopeDownStatement];
      const regex = leaves.find((leaf) => leaf.regexMatchStatement)!.regexMatchStatement!;
      for (const path of counted) {
        expect(path).to.match(new RegExp(regex.regexString));
        if (path.startsWith("/api/")) expect(`/regions/us-west-2${path}`).to.match(new RegExp(regex.regexString));
      }
      for (const path of ignored) expect(path).not.to.match(new RegExp(regex.regexString));
      expect(regex.textTransformations.map(({ type }) => type)).to.deep.equal(["URL_DECODE", "NORMALIZE_PATH"]);
      const methods = leaves.flatMap(({ byteMatchStatement }) => byteMatchStatement?.searchString ?? []);
      expect(methods).to.deep.equal(name === "rate-orders" ? ["POST"] : []);
    });
  }

  it("takes other rate limits", async () => {
    const acl = await aclOf({ rateLimits: { orders: 120 } });
    expect(limitOf(acl, "rate-orders").limit).to.equal(120);
    expect(limitOf(acl, "rate-search").limit).to.equal(1_500);
  });

  const existingWebAclArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/own/0a1b";
  const wrong: [what: string, waf: unknown, sentence: RegExp][] = [
    ["an unknown field", { limits: {} }, /`waf` has the unknown field "limits"/],
    ["an unknown rate limit", { rateLimits: { order: 60 } }, /`waf\.rateLimits` has the unknown field "order"/],
    [
      "a rate that AWS refuses",
      { rateLimits: { codes: 9 } },
      /`waf\.rateLimits\.codes` is 9; it must be a whole number/,
    ],
    ["a rate that is no number", { rateLimits: { codes: "60" } }, /`waf\.rateLimits\.codes` is "60"/],
    [
      "a regional web ACL",
      { existingWebAclArn: existingWebAclArn.replace("global", "regional") },
      /`waf\.existingWebAclArn` is "arn/,
    ],
    [
      "rates beside an existing web ACL",
      { existingWebAclArn, rateLimits: {} },
      /`waf\.rateLimits` is given; it must be left out/,
    ],
    [
      "a rule that WAF does not know",
      { countedRules: ["Log4J"] },
      /`waf\.countedRules` has "Log4J"; it must name rules/,
    ],
    ["rules that are not a list", { countedRules: "Log4JRCE_BODY" }, /`waf\.countedRules` is not a list/],
  ];
  for (const [what, waf, sentence] of wrong) {
    it(`refuses ${what} with one sentence`, () =>
      expectRefusal("StaticSite", () => new StaticSite("site", { build, waf: waf as WafArgs }), sentence));
  }

  it("refuses a web ACL where another Region's distribution delivers", () =>
    expectRefusal(
      "StaticSite",
      () =>
        new StaticSite("site", {
          build,
          waf: {},
          existingDistribution: { distributionArn: "arn:d", siteUrl: "https://d1.cloudfront.net" },
        }),
      /`waf` is given; it must be left out beside `existingDistribution`/,
    ));
});
