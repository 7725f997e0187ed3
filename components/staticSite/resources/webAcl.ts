import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CODES_PATH } from "../../../domain/auth/settings";
import { BODY_LIMIT_BYTES } from "../../../domain/http/validator";
import { ArgumentChecks } from "../../arguments/checks";
import { applyTransform, type Transform, withDefaults } from "../../arguments/overrides";
import { GLOBAL_REGION } from "../../infrastructure/globalRegion";
import { physicalName } from "../../inlineFunction/physicalName";
import type { WafArgs, WafRateLimits } from "../args";

type Rule = aws.types.input.wafv2.WebAclRule;
type ScopeDown = aws.types.input.wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatement;

/** A web ACL that the component creates, and the dimensions of its metrics. */
export interface SiteWebAcl {
  resource: aws.wafv2.WebAcl;
  /** Dimension `WebACL` of its metrics, which are in us-east-1. */
  metricName: string;
  /** Values of the dimension `Rule`. */
  rules: readonly string[];
}

const RATE_LIMITS: Required<WafRateLimits> = { codes: 30, signIn: 300, orders: 60, search: 1_500 };
const WINDOW_SECONDS = 300;

/** An API of one Region has another path, and shares the limit. */
const ANY_REGION = "^(/regions/[^/]+)?";

/** Requests that each rate limit counts. The paths are regular expressions over the decoded, normalized path. */
const LIMITED: Record<keyof WafRateLimits, { path: string; method?: string }> = {
  codes: { path: `${ANY_REGION}${CODES_PATH}/?$` },
  signIn: { path: "^/auth/" },
  // GET of this path lists orders.
  orders: { path: `${ANY_REGION}/api/orders/?$`, method: "POST" },
  search: { path: `${ANY_REGION}/api/catalogue/(search|suggest)/?$` },
};

/**
 * AWS's managed rule groups with their rules. WAF ignores an override of an unknown rule without an error, so the names are
 * listed here: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
const MANAGED_RULES = {
  AWSManagedRulesAmazonIpReputationList: [
    "AWSManagedIPReputationList",
    "AWSManagedReconnaissanceList",
    "AWSManagedIPDDoSList",
  ],
  AWSManagedRulesKnownBadInputsRuleSet: [
    "JavaDeserializationRCE_HEADER",
    "JavaDeserializationRCE_BODY",
    "JavaDeserializationRCE_URIPATH",
    "JavaDeserializationRCE_QUERYSTRING",
    "Host_localhost_HEADER",
    "PROPFIND_METHOD",
    "ExploitablePaths_URIPATH",
    "Log4JRCE_HEADER",
    "Log4JRCE_QUERYSTRING",
    "Log4JRCE_BODY",
    "Log4JRCE_URIPATH",
  ],
  AWSManagedRulesCommonRuleSet: [
    "NoUserAgent_HEADER",
    "UserAgent_BadBots_HEADER",
    "SizeRestrictions_QUERYSTRING",
    "SizeRestrictions_Cookie_HEADER",
    "SizeRestrictions_BODY",
    "SizeRestrictions_URIPATH",
    "EC2MetaDataSSRF_BODY",
    "EC2MetaDataSSRF_COOKIE",
    "EC2MetaDataSSRF_URIPATH",
    "EC2MetaDataSSRF_QUERYARGUMENTS",
    "GenericLFI_QUERYARGUMENTS",
    "GenericLFI_URIPATH",
    "GenericLFI_BODY",
    "RestrictedExtensions_URIPATH",
    "RestrictedExtensions_QUERYARGUMENTS",
    "GenericRFI_QUERYARGUMENTS",
    "GenericRFI_BODY",
    "GenericRFI_URIPATH",
    "CrossSiteScripting_COOKIE",
    "CrossSiteScripting_QUERYARGUMENTS",
    "CrossSiteScripting_BODY",
    "CrossSiteScripting_URIPATH",
  ],
} as const;

/** Managed rules that would block requests which the store accepts. */
const ALWAYS_COUNTED = [
  // Blocks bodies above 8 KiB; an order of 50 lines has up to 12. The rule `body` has the APIs' own limit.
  "SizeRestrictions_BODY",
  // Blocks query strings above 2,048 bytes; a cursor of a search has up to 2,000, beside words and filters.
  "SizeRestrictions_QUERYSTRING",
  // Blocks requests without a User-Agent; webhooks of providers may have none.
  "NoUserAgent_HEADER",
];

/** Normalizes paths that would evade the regular expressions: `/api//orders`, `/api/%6frders`. 10 WCU each. */
const DECODED = [
  { priority: 0, type: "URL_DECODE" },
  { priority: 1, type: "NORMALIZE_PATH" },
];
const UNCHANGED = [{ priority: 0, type: "NONE" }];

/** Bodies of blocked requests, in the form of the APIs' problem documents. */
const RESPONSES = {
  limited: problemOf(429, "Too Many Requests", "Too many requests from this address. Try again in five minutes."),
  tooLarge: problemOf(
    413,
    "Content Too Large",
    `The body is too large. It must have at most ${BODY_LIMIT_BYTES} bytes.`,
  ),
};

/**
 * Creates a web ACL for CloudFront. It blocks bodies that no API accepts, addresses that exceed a rate limit, and requests
 * that AWS's managed rule groups recognize as attacks, and allows all others.
 *
 * Capacity, of 1,500 units (WCU) without a surcharge: body 1; rate limits 4 × (2 + regular expression 3 + two
 * transformations 20) and 2 for the method of orders, 102; managed groups 25 + 200 + 700 = 925. Together 1,028.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
 */
export function createWebAcl(
  name: string,
  { rateLimits, countedRules = [] }: WafArgs,
  transform: Transform<aws.wafv2.WebAclArgs> | undefined,
  parent: pulumi.Resource,
): SiteWebAcl {
  // Distinguishes the metrics of two stacks in one account.
  const metricName = physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-waf`);
  const limits = withDefaults(RATE_LIMITS, rateLimits);
  const counted = [...ALWAYS_COUNTED, ...countedRules];
  const rules = [
    bodyRule(),
    ...Object.entries(LIMITED).map(([what, requests]) => rateRule(what, limits[what as keyof WafRateLimits], requests)),
    ...Object.entries(MANAGED_RULES).map(([group, known]) =>
      managedRule(
        group,
        known.filter((rule) => counted.includes(rule)),
      ),
    ),
  ].map((rule, priority): Rule => ({ ...rule, priority, visibilityConfig: observedAs(rule.name) }));
  const resource = new aws.wafv2.WebAcl(
    `${name}-waf`,
    applyTransform<aws.wafv2.WebAclArgs>(
      {
        // CloudFront accepts web ACLs of this Region only.
        region: GLOBAL_REGION,
        scope: "CLOUDFRONT",
        description: "Requests to the site and its APIs",
        defaultAction: { allow: {} },
        rules,
        // With the default, 16 KiB, WAF would inspect less of a body than the APIs accept.
        associationConfig: { requestBodies: [{ cloudfront: { defaultSizeInspectionLimit: "KB_64" } }] },
        customResponseBodies: Object.entries(RESPONSES).map(([key, { content }]) => ({
          key,
          content,
          contentType: "APPLICATION_JSON",
        })),
        visibilityConfig: observedAs(metricName),
      },
      transform,
    ),
    { parent },
  );
  return { resource, metricName, rules: rules.map((rule) => String(rule.name)) };
}

interface NamedRule extends Omit<Rule, "priority" | "visibilityConfig"> {
  name: string;
}

function bodyRule(): NamedRule {
  return {
    name: "body",
    action: block("tooLarge"),
    statement: {
      sizeConstraintStatement: {
        // WAF inspects at most 64 KiB of a body.
        fieldToMatch: { body: { oversizeHandling: "MATCH" } },
        comparisonOperator: "GT",
        size: BODY_LIMIT_BYTES,
        textTransformations: UNCHANGED,
      },
    },
  };
}

function rateRule(what: string, limit: number, { path, method }: { path: string; method?: string }): NamedRule {
  const onPath: ScopeDown = {
    regexMatchStatement: { fieldToMatch: { uriPath: {} }, regexString: path, textTransformations: DECODED },
  };
  const byMethod = (searchString: string): ScopeDown => ({
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      positionalConstraint: "EXACTLY",
      searchString,
      textTransformations: UNCHANGED,
    },
  });
  return {
    name: `rate-${what}`,
    action: block("limited"),
    statement: {
      rateBasedStatement: {
        aggregateKeyType: "IP",
        evaluationWindowSec: WINDOW_SECONDS,
        limit,
        scopeDownStatement: method ? { andStatement: { statements: [byMethod(method), onPath] } } : onPath,
      },
    },
  };
}

function managedRule(group: string, counted: readonly string[]): NamedRule {
  return {
    name: group,
    // Keeps the group's own actions, which block.
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: group,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  };
}

function block(response: keyof typeof RESPONSES): aws.types.input.wafv2.WebAclRuleAction {
  const { status } = RESPONSES[response];
  return { block: { customResponse: { responseCode: status, customResponseBodyKey: response } } };
}

function observedAs(metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

function problemOf(status: number, title: string, detail: string) {
  return { status, content: JSON.stringify({ type: "about:blank", title, status, detail }) };
}

/**
 * Checks the settings of the web ACL, so that a program can stop before it registers a resource.
 *
 * @throws {pulumi.RunError} that names the setting.
 */
export function checkWaf(name: string, waf: WafArgs | undefined): void {
  if (waf === undefined) return;
  const { existingWebAclArn, rateLimits, countedRules } = waf;
  const checks = new ArgumentChecks("StaticSite", name);
  checks.fields("waf", waf, { existingWebAclArn, rateLimits, countedRules });
  checks.text(
    { "waf.existingWebAclArn": existingWebAclArn },
    {
      pattern: /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
      description:
        "the ARN of a web ACL of scope CLOUDFRONT, such as arn:aws:wafv2:us-east-1:123456789012:global/webacl/NAME/ID",
    },
  );
  if (existingWebAclArn !== undefined) {
    const ofOwnAcl = { "waf.rateLimits": rateLimits, "waf.countedRules": countedRules };
    checks.leftOut(ofOwnAcl, "waf.existingWebAclArn", "an existing web ACL has its own rules");
  }
  checks.fields("waf.rateLimits", rateLimits, RATE_LIMITS);
  for (const [what, limit] of Object.entries(rateLimits ?? {})) {
    checks.wholeNumber({ [`waf.rateLimits.${what}`]: limit }, [10, 2_000_000_000], "AWS WAF accepts no other rates");
  }
  if (countedRules === undefined) return;
  if (!Array.isArray(countedRules)) throw checks.violation("waf.countedRules", "is not a list", "be a list of names");
  const known: readonly string[] = Object.values(MANAGED_RULES).flat();
  const unknown = countedRules.find((rule) => !known.includes(rule));
  if (unknown === undefined) return;
  const reason = "WAF ignores unknown names and keeps blocking";
  throw checks.violation("waf.countedRules", `has "${unknown}"`, "name rules of AWS's managed groups", reason);
}
