import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { withAutoName } from "../../../local/engine/autoName";
import { type DeployContext, type Inputs, sentencesOf } from "../../../local/engine/handler";
import type { Registration } from "../../../local/engine/program";
import { handlerOf } from "../../../local/engine/services";
import { checkDefinition } from "../../../local/engine/stateMachine";
import { temporaryFolder } from "../../kit/temporaryFolder";

const context: DeployContext = {
  region: "us-east-1",
  accountId: "000000000000",
  directory: __dirname,
  endpoint: "http://127.0.0.1:1",
  regions: ["us-east-1"],
  inRegion: () => undefined,
  resources: () => [],
  client: () => {
    throw new Error("A check calls no API.");
  },
  notEmulated: () => undefined,
};

function faultsOf(type: string, inputs: Inputs): string[] {
  const handler = handlerOf(type);
  const missing = (handler.required ?? []).filter((key) => inputs[key] === undefined);
  return sentencesOf([...missing.map((key) => `missing ${key}`), handler.check?.(inputs, context)]);
}

const role = "arn:aws:iam::000000000000:role/worker";
const lambda = {
  name: "worker",
  role,
  runtime: "nodejs24.x",
  handler: "index.handler",
  code: { $asset: "text", text: "" },
};
const table = {
  name: "notes",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "id",
  attributes: [{ name: "id", type: "S" }],
};
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" };
const distribution = {
  enabled: true,
  restrictions: {},
  viewerCertificate: { cloudfrontDefaultCertificate: true },
  origins: [{ originId: "site", domainName: "site.s3.us-east-1.amazonaws.com" }],
};
const behavior = {
  targetOriginId: "site",
  viewerProtocolPolicy: "https-only",
  allowedMethods: ["GET", "HEAD"],
  cachedMethods: ["GET", "HEAD"],
  cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
};

const globalTable = {
  ...table,
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  replicas: [{ regionName: "us-west-2" }],
};
const alias = {
  name: "d-1a2b3c.execute-api.us-east-1.amazonaws.com",
  zoneId: "Z1UJRXOUMOOFQ8",
  evaluateTargetHealth: false,
};
const failoverRecord = {
  zoneId: "Z1",
  name: "orders.api.example.com",
  type: "A",
  setIdentifier: "us-east-1",
  failoverRoutingPolicies: [{ type: "PRIMARY" }],
  aliases: [alias],
};
const healthCheck = { type: "HTTPS", fqdn: "us-east-1.api.example.com", requestInterval: 10, failureThreshold: 3 };
const replica = { primaryKeyArn: "arn:aws:kms:us-west-2:000000000000:key/mrk-1a2b" };
const replication = {
  bucket: "assets",
  role: "arn:aws:iam::000000000000:role/replication",
  rules: [
    {
      id: "media",
      status: "Enabled",
      filter: { prefix: "media/" },
      deleteMarkerReplication: { status: "Enabled" },
      destination: { bucket: "arn:aws:s3:::peer-assets" },
    },
  ],
};
const originGroup = {
  originId: "both",
  failoverCriteria: { statusCodes: [500, 503] },
  members: [{ originId: "site" }, { originId: "peer" }],
};
const twoOrigins = {
  ...distribution,
  origins: [...distribution.origins, { originId: "peer", domainName: "peer.s3.us-west-2.amazonaws.com" }],
};

const plan = {
  name: "plan",
  rules: [
    { ruleName: "daily", targetVaultName: "vault", schedule: "cron(0 3 * * ? *)", lifecycle: { deleteAfter: 14 } },
  ],
};
const planOf = (rule: object) => ({ ...plan, rules: [{ ...plan.rules[0], ...rule }] });

const webAcl = {
  name: "site-waf-1a2b3c4",
  scope: "CLOUDFRONT",
  defaultAction: { allow: {} },
  visibilityConfig: {},
  rules: [{ priority: 0 }, { priority: 1 }],
};

describe("The deployer's checks before a resource reaches the emulator", () => {
  const good: [string, Inputs][] = [
    ["aws:lambda/function:Function", lambda],
    ["aws:dynamodb/table:Table", table],
    ["aws:s3/bucket:Bucket", { bucket: "stayopen-site-1a2b3c4" }],
    ["aws:iam/rolePolicy:RolePolicy", { role: "worker", name: "p", policy: policy(allow) }],
    ["aws:cloudfront/distribution:Distribution", { ...distribution, defaultCacheBehavior: behavior }],
    ["aws:sqs/queue:Queue", { name: "dead-letters", messageRetentionSeconds: 1_209_600 }],
    [
      "aws:scheduler/schedule:Schedule",
      {
        name: "s",
        scheduleExpression: "rate(5 minutes)",
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: role, roleArn: role },
      },
    ],
    ["aws:dynamodb/table:Table", globalTable],
    ["aws:backup/plan:Plan", plan],
    ["aws:backup/vault:Vault", { name: "store-1a2b3c4", kmsKeyArn: replica.primaryKeyArn }],
    ["aws:backup/selection:Selection", { name: "s", planId: "p", iamRoleArn: role, resources: ["arn:aws:s3:::media"] }],
    [
      "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
      { backupVaultName: "store", minRetentionDays: 14, maxRetentionDays: 92 },
    ],
    ["aws:route53/record:Record", failoverRecord],
    ["aws:route53/healthCheck:HealthCheck", healthCheck],
    ["aws:kms/replicaKey:ReplicaKey", replica],
    ["aws:acm/certificate:Certificate", { domainName: "*.api.example.com", validationMethod: "DNS" }],
    ["aws:s3/bucketReplicationConfig:BucketReplicationConfig", replication],
    ["aws:wafv2/webAcl:WebAcl", webAcl],
  ];
  for (const [type, inputs] of good) {
    it(`accept a valid ${type.split(":").pop()}`, () => {
      expect(faultsOf(type, inputs)).to.deep.equal([]);
    });
  }

  const bad: [string, string, Inputs, RegExp][] = [
    [
      "a backup that has no time to complete",
      "aws:backup/plan:Plan",
      planOf({ startWindow: 60, completionWindow: 60 }),
      /at least an hour between startWindow and completionWindow/,
    ],
    [
      "cold backups that are deleted early",
      "aws:backup/plan:Plan",
      planOf({ lifecycle: { coldStorageAfter: 30, deleteAfter: 60 } }),
      /keep backups in cold storage for at least 90 days/,
    ],
    [
      "continuous backups for ever",
      "aws:backup/plan:Plan",
      planOf({ enableContinuousBackup: true, lifecycle: { deleteAfter: 90 } }),
      /at most 35 days/,
    ],
    ["a vault with a dot in its name", "aws:backup/vault:Vault", { name: "store.vault" }, /letters, digits, - and _/],
    ["a selection without a role", "aws:backup/selection:Selection", { planId: "p" }, /missing iamRoleArn/],
    [
      "a lock that keeps less at most than at least",
      "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
      { backupVaultName: "store", minRetentionDays: 30, maxRetentionDays: 14 },
      /maxRetentionDays is 14; AWS allows 30/,
    ],
    [
      "a replica in the table's own Region",
      "aws:dynamodb/table:Table",
      { ...globalTable, replicas: [{ regionName: "us-east-1" }] },
      /would be the table itself/,
    ],
    [
      "replicas of a table without a stream of both images",
      "aws:dynamodb/table:Table",
      { ...globalTable, streamViewType: "KEYS_ONLY" },
      /needs a stream of NEW_AND_OLD_IMAGES/,
    ],
    [
      "a replica without the key that its table has",
      "aws:dynamodb/table:Table",
      {
        ...globalTable,
        serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k" },
      },
      /needs a kmsKeyArn too/,
    ],
    [
      "a replica of a key that is none of several Regions",
      "aws:kms/replicaKey:ReplicaKey",
      { primaryKeyArn: "arn:aws:kms:us-west-2:000000000000:key/1a2b" },
      /not a multi-Region key/,
    ],
    [
      "an alias with another service's zone",
      "aws:route53/record:Record",
      { ...failoverRecord, aliases: [{ ...alias, zoneId: "Z2FDTNDATAQYW2" }] },
      /that name's zone is Z1UJRXOUMOOFQ8/,
    ],
    [
      "an alias to an API's own name",
      "aws:route53/record:Record",
      { ...failoverRecord, aliases: [{ ...alias, name: "1a2b3c.execute-api.us-east-1.amazonaws.com" }] },
      /takes the custom domain's regional name/,
    ],
    [
      "a routed record without a set identifier",
      "aws:route53/record:Record",
      { ...failoverRecord, setIdentifier: undefined },
      /needs a setIdentifier/,
    ],
    [
      "a record with values and no time to live",
      "aws:route53/record:Record",
      { zoneId: "Z1", name: "a.example.com", type: "A", records: ["192.0.2.1"] },
      /needs a "ttl"/,
    ],
    [
      "a record with two routing policies",
      "aws:route53/record:Record",
      { ...failoverRecord, weightedRoutingPolicies: [{ weight: 1 }] },
      /Only one routing policy/,
    ],
    [
      "a health check each 20 s",
      "aws:route53/healthCheck:HealthCheck",
      { ...healthCheck, requestInterval: 20 },
      /The requestInterval is 20; AWS allows/,
    ],
    [
      "a calculated health check that asks",
      "aws:route53/healthCheck:HealthCheck",
      { type: "CALCULATED", childHealthThreshold: 1, childHealthchecks: [], failureThreshold: 3 },
      /"failureThreshold" is only for HTTP, HTTPS and TCP health checks/,
    ],
    [
      "a calculated health check of one that is not there",
      "aws:route53/healthCheck:HealthCheck",
      { type: "CALCULATED", childHealthThreshold: 1, childHealthchecks: ["gone"] },
      /There is no health check gone/,
    ],
    [
      "a replication by a filter that says nothing of delete markers",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      { ...replication, rules: [{ ...replication.rules[0], deleteMarkerReplication: undefined }] },
      /but no deleteMarkerReplication/,
    ],
    [
      "a behaviour that writes to an origin group",
      "aws:cloudfront/distribution:Distribution",
      {
        ...twoOrigins,
        originGroups: [originGroup],
        defaultCacheBehavior: {
          ...behavior,
          targetOriginId: "both",
          allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        },
      },
      /allows DELETE, PATCH, POST, PUT, which CloudFront refuses for an origin group/,
    ],
    [
      "an origin group of three",
      "aws:cloudfront/distribution:Distribution",
      {
        ...twoOrigins,
        originGroups: [{ ...originGroup, members: [...originGroup.members, { originId: "site" }] }],
        defaultCacheBehavior: { ...behavior, targetOriginId: "both" },
      },
      /has 3 members; CloudFront wants two/,
    ],
    [
      "a custom domain without a certificate of its Region",
      "aws:apigatewayv2/domainName:DomainName",
      {
        domainName: "orders.api.example.com",
        domainNameConfiguration: {
          certificateArn: "arn:aws:acm:us-west-2:000000000000:certificate/1",
          endpointType: "REGIONAL",
          securityPolicy: "TLS_1_2",
        },
      },
      /it must be in us-east-1/,
    ],
    [
      "a function's name of 65 characters",
      "aws:lambda/function:Function",
      { ...lambda, name: "x".repeat(65) },
      /65 characters; AWS allows 64/,
    ],
    ["a function's name with a dot", "aws:lambda/function:Function", { ...lambda, name: "a.b" }, /not allowed by AWS/],
    [
      "a function without a handler",
      "aws:lambda/function:Function",
      { ...lambda, handler: undefined },
      /"handler" is missing/,
    ],
    ["a function without code", "aws:lambda/function:Function", { ...lambda, code: undefined }, /"code" is missing/],
    ["a time-out of 901 s", "aws:lambda/function:Function", { ...lambda, timeout: 901 }, /AWS allows 1 to 900/],
    [
      "an environment variable that Lambda keeps for itself",
      "aws:lambda/function:Function",
      { ...lambda, environment: { variables: { AWS_REGION: "x" } } },
      /AWS_REGION is reserved by Lambda/,
    ],
    [
      "an environment of over 4 KB",
      "aws:lambda/function:Function",
      { ...lambda, environment: { variables: { LONG: "x".repeat(4_096) } } },
      /Lambda allows 4,096/,
    ],
    ["a bucket in capitals", "aws:s3/bucket:Bucket", { bucket: "Site" }, /lower-case letters/],
    ["a bucket like an address", "aws:s3/bucket:Bucket", { bucket: "127.0.0.1" }, /keeps for itself/],
    ["a role without a trust policy", "aws:iam/role:Role", { name: "r" }, /missing assumeRolePolicy/],
    ["a policy that is not JSON", "aws:iam/rolePolicy:RolePolicy", { role: "r", policy: "{" }, /not a JSON object/],
    [
      "a policy with a misspelt element",
      "aws:iam/rolePolicy:RolePolicy",
      { role: "r", policy: policy({ ...allow, Resources: "*" }) },
      /unknown element Resources/,
    ],
    [
      "a role's policy with a principal",
      "aws:iam/rolePolicy:RolePolicy",
      { role: "r", policy: policy({ ...allow, Principal: "*" }) },
      /has a Principal/,
    ],
    [
      "an action without a service",
      "aws:iam/rolePolicy:RolePolicy",
      { role: "r", policy: policy({ ...allow, Action: "GetObject" }) },
      /must be "service:Action"/,
    ],
    [
      "a resource that is no ARN",
      "aws:iam/rolePolicy:RolePolicy",
      { role: "r", policy: policy({ ...allow, Resource: "site" }) },
      /neither an ARN nor/,
    ],
    [
      "a key that is no attribute",
      "aws:dynamodb/table:Table",
      { ...table, rangeKey: "at" },
      /key at is missing among the attributes/,
    ],
    [
      "an attribute that is no key",
      "aws:dynamodb/table:Table",
      { ...table, attributes: [...table.attributes, { name: "at", type: "S" }] },
      /neither a key of the table nor of an index/,
    ],
    [
      "a stream without a view",
      "aws:dynamodb/table:Table",
      { ...table, streamEnabled: true },
      /needs its streamViewType/,
    ],
    [
      "a table without capacity",
      "aws:dynamodb/table:Table",
      { ...table, billingMode: undefined },
      /needs readCapacity/,
    ],
    [
      "a distribution whose behaviour leads nowhere",
      "aws:cloudfront/distribution:Distribution",
      { ...distribution, defaultCacheBehavior: { ...behavior, targetOriginId: "other" } },
      /which does not exist/,
    ],
    [
      "a distribution with a set of methods of its own",
      "aws:cloudfront/distribution:Distribution",
      { ...distribution, defaultCacheBehavior: { ...behavior, allowedMethods: ["GET", "POST"] } },
      /one of three sets of methods/,
    ],
    ["a FIFO queue without its ending", "aws:sqs/queue:Queue", { name: "orders", fifoQueue: true }, /ends with \.fifo/],
    [
      "a stream's setting on a queue's mapping",
      "aws:lambda/eventSourceMapping:EventSourceMapping",
      { functionName: "f", eventSourceArn: "arn:aws:sqs:us-east-1:000000000000:q", bisectBatchOnFunctionError: true },
      /cannot have bisectBatchOnFunctionError/,
    ],
    [
      "a schedule of 1 minutes",
      "aws:scheduler/schedule:Schedule",
      {
        name: "s",
        scheduleExpression: "rate(1 minutes)",
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: role, roleArn: role },
      },
      /unit must be singular with 1/,
    ],
    [
      "a key policy that locks its owner out",
      "aws:kms/key:Key",
      { policy: policy({ ...allow, Principal: "*", Resource: "*" }) },
      /allows no principal to change it/,
    ],
    [
      "a rotated RSA key",
      "aws:kms/key:Key",
      { customerMasterKeySpec: "RSA_2048", enableKeyRotation: true },
      /cannot be rotated/,
    ],
    [
      "a client that both rotates and allows refreshing",
      "aws:cognito/userPoolClient:UserPoolClient",
      {
        userPoolId: "p",
        refreshTokenRotation: { feature: "ENABLED" },
        explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      },
      /cannot allow ALLOW_REFRESH_TOKEN_AUTH/,
    ],
    [
      "a route without a method",
      "aws:apigatewayv2/route:Route",
      { apiId: "a", routeKey: "/orders" },
      /is not "METHOD \/path"/,
    ],
    [
      "a log group kept for 31 days",
      "aws:cloudwatch/logGroup:LogGroup",
      { name: "/aws/lambda/f", retentionInDays: 31 },
      /AWS allows 0, 1, 3/,
    ],
    [
      "an alarm that measures nothing",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { name: "a", comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 },
      /needs a metricName/,
    ],
    [
      "a web ACL with two rules of one priority",
      "aws:wafv2/webAcl:WebAcl",
      { ...webAcl, rules: [{ priority: 0 }, { priority: 0 }] },
      /same priority/,
    ],
    ["a web ACL of an unknown scope", "aws:wafv2/webAcl:WebAcl", { ...webAcl, scope: "GLOBAL" }, /CLOUDFRONT/],
    [
      "an empty parameter",
      "aws:ssm/parameter:Parameter",
      { name: "/key", type: "SecureString", value: "" },
      /"value" is missing, or empty/,
    ],
  ];
  for (const [what, type, inputs, sentence] of bad) {
    it(`refuse ${what}`, () => {
      expect(faultsOf(type, inputs).join(" ")).to.match(sentence);
    });
  }

  it("refuse a web ACL for CloudFront in another Region", () => {
    const { check } = handlerOf("aws:wafv2/webAcl:WebAcl");
    expect(check!(webAcl, { ...context, region: "us-west-2" }).join(" ")).to.match(/needs the Region us-east-1/);
  });

  it("register a web ACL and report that nothing is blocked", async () => {
    const reported: string[] = [];
    const type = "aws:wafv2/webAcl:WebAcl";
    const resource: Registration = {
      type,
      name: "waf",
      urn: "urn::waf",
      custom: true,
      inputs: webAcl,
      ignoreChanges: [],
    };
    const { outputs } = await handlerOf(resource.type).create(resource, {
      ...context,
      notEmulated: (_resource, why) => reported.push(why),
    });
    expect(outputs!["arn"]).to.equal("arn:aws:wafv2:us-east-1:000000000000:global/webacl/site-waf-1a2b3c4/waf");
    expect(reported.join()).to.match(/blocks no request/);
  });

  it("name a resource type without a handler", () => {
    expect(() => handlerOf("aws:ec2/instance:Instance")).to.throw(/does not know, "aws:ec2\/instance:Instance"/);
    expect(() => handlerOf("aws:s3/bucketOfGold:BucketOfGold")).to.throw(/aws:s3\/bucketOfGold:BucketOfGold/);
  });
});

describe("A state machine's definition", () => {
  const end = { Type: "Succeed" };
  const define = (machine: object) => JSON.stringify({ QueryLanguage: "JSONata", ...machine });

  it("passes when every state has a next state or ends", () => {
    expect(checkDefinition(define({ StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: end } }))).to.deep.equal(
      [],
    );
  });

  const wrong: [string, object, RegExp][] = [
    ["starts nowhere", { StartAt: "Z", States: { A: end } }, /StartAt names the state "Z", which does not exist/],
    ["has no start", { States: { A: end } }, /StartAt is missing/],
    [
      "leads to a state that does not exist",
      { StartAt: "A", States: { A: { Type: "Pass", Next: "Z" } } },
      /the state A names the state "Z"/,
    ],
    ["has a state that nothing leads to", { StartAt: "A", States: { A: end, B: end } }, /nothing leads to the state B/],
    [
      "has a state that neither ends nor goes on",
      { StartAt: "A", States: { A: { Type: "Pass" } } },
      /neither Next nor End/,
    ],
    [
      "catches into nothing",
      {
        StartAt: "A",
        States: {
          A: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke",
            Arguments: {},
            End: true,
            Catch: [{ ErrorEquals: ["States.ALL"], Next: "Z" }],
          },
        },
      },
      /a rule in Catch of A names the state "Z"/,
    ],
    [
      "has a map whose inside starts nowhere",
      { StartAt: "A", States: { A: { Type: "Map", End: true, ItemProcessor: { StartAt: "Z", States: { B: end } } } } },
      /In the state A, StartAt names the state "Z"/,
    ],
    [
      "has a type of state that does not exist",
      { StartAt: "A", States: { A: { Type: "Dance", End: true } } },
      /has a fault/,
    ],
  ];
  for (const [what, machine, sentence] of wrong) {
    it(`is refused when it ${what}`, () => {
      expect(checkDefinition(define(machine)).join(" ")).to.match(sentence);
    });
  }

  describe("without faults", () => {
    const call = (functionArn: string, type = "Task") => ({
      StartAt: "A",
      QueryLanguage: "JSONata",
      States: {
        A: {
          Type: type,
          Resource: "arn:aws:states:::lambda:invoke",
          Arguments: { FunctionName: functionArn },
          End: true,
        },
      },
    });
    const functionIn = (region: string, name: string) => `arn:aws:lambda:${region}:000000000000:function:${name}`;
    let faultless: string;
    const check = (machine: object) => checkDefinition(JSON.stringify(machine), faultless);
    const known = () => (existsSync(faultless) ? readdirSync(faultless) : []).length;

    before(() => {
      faultless = join(temporaryFolder("definitions"), "faultless");
    });

    it("is remembered, whatever its functions are called", () => {
      expect(check(call(functionIn("us-east-1", "orders-pay-1a2b3c4")))).to.deep.equal([]);
      expect(known()).to.equal(1);
      expect(check(call(functionIn("us-west-2", "orders-pay-9f8e7d6")))).to.deep.equal([]);
      expect(known()).to.equal(1);
    });

    it("does not pass for another one, and a fault is found each time", () => {
      for (const _time of ["first", "second"])
        expect(check(call(functionIn("us-east-1", "orders-pay-1a2b3c4"), "Dance")).join()).to.contain("has a fault");
      expect(known()).to.equal(1);
      expect(check(call("orders-pay"))).to.deep.equal([]);
      expect(known()).to.equal(2);
    });
  });
});

describe("A generated name", () => {
  const resource = (name: string): Registration => ({
    urn: `urn:pulumi:dev::small::aws:s3/bucket:Bucket::${name}`,
    type: "aws:s3/bucket:Bucket",
    name,
    custom: true,
    inputs: {},
    ignoreChanges: [],
  });
  const autoName = { property: "bucket", maxLength: 63, transform: (name: string) => name.toLowerCase() };

  it("is the Pulumi name and seven hex digits, the same each time in one data folder and others in another", () => {
    const first = withAutoName(resource("Site"), autoName, "folder 1")["bucket"];

    expect(first).to.match(/^site-[0-9a-f]{7}$/);
    expect(withAutoName(resource("Site"), autoName, "folder 1")["bucket"]).to.equal(first);
    expect(withAutoName(resource("Site"), autoName, "folder 2")["bucket"]).not.to.equal(first);
  });

  it("is refused when it would be too long", () => {
    expect(() => withAutoName(resource("s".repeat(60)), autoName, "")).to.throw(/68 characters, where AWS allows 63/);
  });
});
