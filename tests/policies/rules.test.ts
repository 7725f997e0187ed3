import { expect } from "chai";
import { type Candidate, RULES } from "../../policies/rules";

function violations(type: string, props: Record<string, unknown>, name = "thing"): string[] {
  const candidate: Candidate = { type, name, props };
  return RULES.filter(({ types }) => types.includes(type)).flatMap(({ check }) => check(candidate));
}

const policy = (...Statement: Record<string, unknown>[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const goodFunction = {
  runtime: "nodejs24.x",
  architectures: ["arm64"],
  tracingConfig: { mode: "Active" },
  timeout: 10,
  environment: { variables: { ORDERS_TABLE: "orders", PAYMENT_API_KEY_PARAMETER: "/stayopen/payment" } },
};
const goodDomain = {
  encryptAtRest: { enabled: true },
  nodeToNodeEncryption: { enabled: true },
  domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
};
const goodBlock = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

const metrics = { cloudwatchMetricsEnabled: true };
const goodGroup = { name: "common", overrideAction: { none: {} }, visibilityConfig: metrics };

const FUNCTION = "aws:lambda/function:Function";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

describe("The policy pack", () => {
  const accepted: [string, string, Record<string, unknown>][] = [
    ["a traced function with names of secrets", FUNCTION, goodFunction],
    [
      "a policy that names actions and resources",
      ROLE_POLICY,
      { policy: policy({ Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: ["arn:aws:dynamodb:::table/x"] }) },
    ],
    [
      "a listed action that AWS has no resource for",
      ROLE_POLICY,
      { policy: policy({ Effect: "Allow", Action: ["xray:PutTraceSegments"], Resource: ["*"] }) },
    ],
    ["a policy that is unknown in a preview", ROLE_POLICY, {}],
    ["an encrypted search domain", "aws:opensearch/domain:Domain", goodDomain],
    [
      "backups of named tables",
      "aws:backup/selection:Selection",
      { resources: ["arn:aws:dynamodb:us-east-1:123456789012:table/orders-orders-1a2b3c4"] },
    ],
    ["a web ACL that blocks by rule groups", WEB_ACL, { rules: [goodGroup], visibilityConfig: metrics }],
    [
      "a table whose replica has a key of its own Region",
      "aws:dynamodb/table:Table",
      {
        billingMode: "PAY_PER_REQUEST",
        serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1" },
        replicas: [{ regionName: "us-west-2", kmsKeyArn: "arn:aws:kms:us-west-2:123456789012:key/2" }],
      },
    ],
    ["a bucket with public access blocked", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", goodBlock],
    [
      "a queue policy for a named service",
      "aws:sqs/queuePolicy:QueuePolicy",
      {
        policy: policy(
          { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage" },
          { Effect: "Deny", Principal: "*", Action: "sqs:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
        ),
      },
    ],
    ["a topic under SNS's own key", "aws:sns/topic:Topic", { kmsMasterKeyId: "alias/aws/sns" }],
  ];
  for (const [what, type, props] of accepted) {
    it(`accepts ${what}`, () => {
      expect(violations(type, props)).to.deep.equal([]);
    });
  }

  const refused: [string, string, Record<string, unknown>, RegExp, string?][] = [
    [
      "a web ACL whose rule group only counts",
      WEB_ACL,
      { rules: [{ ...goodGroup, overrideAction: { count: {} } }], visibilityConfig: metrics },
      /The rule common only counts/,
    ],
    [
      "a web ACL with a rule without metrics",
      WEB_ACL,
      { rules: [{ ...goodGroup, visibilityConfig: {} }], visibilityConfig: metrics },
      /cloudwatchMetricsEnabled must be true/,
    ],
    ["an old runtime", FUNCTION, { ...goodFunction, runtime: "nodejs20.x" }, /nodejs24/],
    ["a function that is not traced", FUNCTION, { ...goodFunction, tracingConfig: undefined }, /tracingConfig/],
    ["a function without a time-out", FUNCTION, { ...goodFunction, timeout: undefined }, /timeout must be set/],
    [
      "a secret in an environment",
      FUNCTION,
      { ...goodFunction, environment: { variables: { PAYMENT_API_KEY: "k3y" } } },
      /PAYMENT_API_KEY looks like a secret/,
    ],
    [
      "a wildcard action",
      ROLE_POLICY,
      { policy: policy({ Effect: "Allow", Action: "dynamodb:*", Resource: "arn:x" }) },
      /dynamodb:\* is a wildcard/,
    ],
    [
      "an action on every resource",
      ROLE_POLICY,
      { policy: policy({ Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" }) },
      /dynamodb:PutItem is allowed on every resource/,
    ],
    [
      "a queue with public write access",
      "aws:sqs/queuePolicy:QueuePolicy",
      { policy: policy({ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage" }) },
      /every principal without a condition/,
    ],
    [
      "a bucket without all blocks",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      { ...goodBlock, blockPublicPolicy: false },
      /blockPublicPolicy must be true/,
    ],
    ["logs without retention", "aws:cloudwatch/logGroup:LogGroup", {}, /retentionInDays/],
    ["provisioned tables", "aws:dynamodb/table:Table", { billingMode: "PROVISIONED" }, /PAY_PER_REQUEST/],
    [
      "a replica without a key of its Region beside a table with one",
      "aws:dynamodb/table:Table",
      {
        billingMode: "PAY_PER_REQUEST",
        serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1" },
        replicas: [{ regionName: "us-west-2", kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1" }],
      },
      /The replica in us-west-2 needs a kmsKeyArn of that Region/,
    ],
    [
      "backups of cards",
      "aws:dynamodb/table:Table",
      { billingMode: "PAY_PER_REQUEST", pointInTimeRecovery: { enabled: true }, ttl: { enabled: true } },
      /pointInTimeRecovery must be off/,
      "orders-cards",
    ],
    [
      "backups of cards in a replica",
      "aws:dynamodb/table:Table",
      {
        billingMode: "PAY_PER_REQUEST",
        ttl: { enabled: true },
        replicas: [{ regionName: "us-west-2", pointInTimeRecovery: true }],
      },
      /pointInTimeRecovery must be off for cards in every replica/,
      "orders-cards",
    ],
    [
      "cards without expiry",
      "aws:dynamodb/table:Table",
      { billingMode: "PAY_PER_REQUEST" },
      /ttl must be on/,
      "orders-cards",
    ],
    [
      "a backup plan of the card table",
      "aws:backup/selection:Selection",
      { resources: ["arn:aws:dynamodb:us-east-1:123456789012:table/orders-cards-1a2b3c4"] },
      /orders-cards-1a2b3c4 is the card table/,
    ],
    [
      "a backup plan of all tables",
      "aws:backup/selection:Selection",
      { resources: ["arn:aws:dynamodb:*:*:table/*"] },
      /is a pattern/,
    ],
    [
      "a backup plan by tag",
      "aws:backup/selection:Selection",
      { resources: ["arn:aws:s3:::media"], selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "yes" }] },
      /selectionTags selects resources without naming them/,
    ],
    ["a backup plan without resources", "aws:backup/selection:Selection", {}, /resources must name/],
    ["an unencrypted topic", "aws:sns/topic:Topic", {}, /kmsMasterKeyId must be set/],
    [
      "a topic policy that admits requests without TLS",
      "aws:sns/topicPolicy:TopicPolicy",
      { policy: policy({ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish" }) },
      /must deny requests with aws:SecureTransport/,
    ],
    ["an unencrypted queue", "aws:sqs/queue:Queue", {}, /sqsManagedSseEnabled/],
    [
      "a distribution without HTTPS",
      "aws:cloudfront/distribution:Distribution",
      {
        defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
        orderedCacheBehaviors: [{ viewerProtocolPolicy: "allow-all" }],
      },
      /viewerProtocolPolicy/,
    ],
    [
      "an unencrypted search domain",
      "aws:opensearch/domain:Domain",
      { ...goodDomain, encryptAtRest: {} },
      /encryptAtRest/,
    ],
    [
      "a search domain with an old TLS version",
      "aws:opensearch/domain:Domain",
      { ...goodDomain, domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-0-2019-07" } },
      /tlsSecurityPolicy must require TLS 1\.2/,
    ],
    [
      "a search domain with public access",
      "aws:opensearch/domainPolicy:DomainPolicy",
      { accessPolicies: policy({ Effect: "Allow", Principal: { AWS: "*" }, Action: "es:ESHttpGet", Resource: "*" }) },
      /every principal without a condition/,
    ],
    [
      "a key with public access",
      "aws:kms/keyPolicy:KeyPolicy",
      { policy: policy({ Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" }) },
      /every principal without a condition/,
    ],
    [
      "a user pool client that reveals accounts",
      "aws:cognito/userPoolClient:UserPoolClient",
      {},
      /preventUserExistenceErrors/,
    ],
  ];
  for (const [what, type, props, sentence, name] of refused) {
    it(`refuses ${what}`, () => {
      expect(violations(type, props, name).join(" ")).to.match(sentence);
    });
  }
});
