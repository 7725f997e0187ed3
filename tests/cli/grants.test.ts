import { expect } from "chai";
import { compare } from "../../cli/leastPrivilege/compare";
import {
  type Granted,
  grantedOf,
  neededByLambda,
  neededByServices,
  otherRoles,
} from "../../cli/leastPrivilege/granted";
import { formatComparison } from "../../cli/leastPrivilege/table";
import type { AccessDecision } from "../../local/aws/network/accessLog";
import type { DeployedResource } from "../../local/deployment/deployment";

const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/orders";
const STREAM = `${TABLE}/stream/2026-01-01T00:00:00.000`;
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:failures";

const put: Granted = { role: "shop-submit", name: "submit", action: "dynamodb:PutItem", resource: TABLE };
const get: Granted = { ...put, action: "dynamodb:GetItem" };
const search: Granted = { ...put, action: "es:ESHttpPost", resource: "arn:aws:es:us-east-1:000000000000:domain/d/*" };

const asked = (grant: Granted, over: Partial<AccessDecision> = {}): AccessDecision => ({
  role: grant.role,
  action: grant.action,
  resource: grant.resource,
  allowed: true,
  ...over,
});

describe("compare", () => {
  it("is clean when each grant was used and nothing refused", () => {
    const comparison = compare({
      granted: [put, search],
      decisions: [asked(put), asked(search, { resource: search.resource.replace("*", "_bulk") })],
    });

    expect(comparison.clean).to.equal(true);
    expect(comparison.functions[0]?.used).to.deep.equal([put, search]);
  });

  it("reports a grant that only other roles or other resources used", () => {
    const decisions = [
      asked(put),
      asked(get, { role: "shop-read" }),
      asked(get, { resource: `${TABLE}/index/open` }),
      asked(get, { allowed: false }),
    ];

    const [submit] = compare({ granted: [put, get], decisions }).functions.filter(({ name }) => name === "submit");

    expect(submit?.unused).to.deep.equal([{ ...get, reason: undefined }]);
  });

  it("reports refused requests with their count, also of a role without grants", () => {
    const refusal = { role: "shop-bare", action: "sqs:SendMessage", resource: QUEUE, allowed: false };

    const comparison = compare({ granted: [put], decisions: [asked(put), refusal, refusal] });

    expect(comparison.clean).to.equal(false);
    expect(comparison.functions.find(({ name }) => name === "shop-bare")?.refused).to.deep.equal([
      { action: "sqs:SendMessage", resource: QUEUE, times: 2, reason: undefined },
    ]);
    expect(formatComparison(comparison)).to.contain("shop-bare: sqs:SendMessage");
  });

  it("accepts explained findings, and reports unneeded explanations", () => {
    const explanations = [{ action: "dynamodb:Get*", reason: "Rare." }];

    expect(compare({ granted: [put, get], decisions: [asked(put)], explanations }).clean).to.equal(true);
    const needless = compare({ granted: [put], decisions: [asked(put)], explanations });
    expect(needless.idle).to.deep.equal(explanations);
    expect(needless.clean).to.equal(false);
  });

  it("does not explain a refusal by the explanation of an unused grant", () => {
    const explanations = [{ action: "dynamodb:GetItem", reason: "Rare." }];

    const comparison = compare({ granted: [get], decisions: [asked(get, { allowed: false })], explanations });

    expect(comparison.clean).to.equal(false);
  });
});

describe("grantedOf", () => {
  const resource = (type: string, name: string, inputs: object, outputs: object = inputs): DeployedResource => ({
    urn: `urn:pulumi:dev::shop::${type}::${name}`,
    type,
    name,
    id: name,
    inputs: { ...inputs },
    outputs: { ...outputs },
  });
  const policy = (role: string, ...Statement: object[]) =>
    resource("aws:iam/rolePolicy:RolePolicy", `${role}-grants`, { role, policy: JSON.stringify({ Statement }) });
  const deployment = {
    resources: [
      resource("aws:iam/role:Role", "dispatcher-role", { name: "shop-dispatcher" }),
      resource("aws:iam/role:Role", "workflow", { name: "shop-workflow" }),
      resource("aws:lambda/function:Function", "dispatcher-function", {
        name: "shop-dispatcher",
        arn: "arn:aws:lambda:us-east-1:000000000000:function:shop-dispatcher",
        role: "arn:aws:iam::000000000000:role/shop-dispatcher",
      }),
      policy(
        "shop-dispatcher",
        { Effect: "Allow", Action: ["dynamodb:GetRecords", "dynamodb:DescribeStream"], Resource: [STREAM] },
        { Effect: "Allow", Action: ["dynamodb:GetShardIterator", "dynamodb:ListStreams"], Resource: [STREAM] },
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE },
        { Effect: "Deny", Action: "sqs:*", Resource: "*" },
      ),
      policy("shop-workflow", { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" }),
      resource("aws:lambda/eventSourceMapping:EventSourceMapping", "stream", {
        eventSourceArn: STREAM,
        functionName: "arn:aws:lambda:us-east-1:000000000000:function:shop-dispatcher",
        destinationConfig: { onFailure: { destinationArn: QUEUE } },
      }),
    ],
  };

  it("returns each action on each resource that a function's role is allowed", () => {
    expect(grantedOf(deployment).map(({ name, action, resource: of }) => [name, action, of])).to.deep.equal([
      ["dispatcher", "dynamodb:GetRecords", STREAM],
      ["dispatcher", "dynamodb:DescribeStream", STREAM],
      ["dispatcher", "dynamodb:GetShardIterator", STREAM],
      ["dispatcher", "dynamodb:ListStreams", STREAM],
      ["dispatcher", "sqs:SendMessage", QUEUE],
    ]);
    expect(otherRoles(deployment)).to.deep.equal(["workflow"]);
  });

  it("counts grants as used that Lambda needs for an event source", () => {
    const comparison = compare({
      granted: grantedOf(deployment),
      decisions: [],
      needs: neededByLambda(deployment),
    });

    expect(comparison.functions[0]?.usedByService).to.have.length(5);
    expect(comparison.clean).to.equal(true);
  });

  it("count as used where Lambda sends the failed events of a function to its dead-letter queue", () => {
    const worker = resource("aws:lambda/function:Function", "worker-function", {
      name: "shop-worker",
      role: "arn:aws:iam::000000000000:role/shop-worker",
      deadLetterConfig: { targetArn: QUEUE },
    });
    expect(neededByLambda({ resources: [worker] })).to.deep.equal([
      { role: "shop-worker", action: "sqs:SendMessage", resource: QUEUE },
    ]);
  });

  describe("for roles of AWS services", () => {
    const SHIP = "arn:aws:lambda:us-east-1:000000000000:function:shop-ship";
    const BILL = "arn:aws:lambda:us-east-1:000000000000:function:shop-bill";
    const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
    const task = (FunctionName: string) => ({
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
      Arguments: { FunctionName },
    });
    const inner = { StartAt: "Bill", States: { Bill: task(BILL) } };
    const workflow = resource("aws:sfn/stateMachine:StateMachine", "workflow", {
      roleArn: role("shop-workflow"),
      definition: JSON.stringify({
        StartAt: "Ship",
        States: { Ship: task(SHIP), Each: { Type: "Map", ItemProcessor: inner } },
      }),
      tracingConfiguration: { enabled: true },
      loggingConfiguration: { level: "OFF" },
    });
    const traces = { Effect: "Allow", Action: "xray:*", Resource: "*" };
    const comparisonOf = (...resources: DeployedResource[]) =>
      compare({ granted: grantedOf({ resources }), decisions: [], needs: neededByServices({ resources }) });

    it("counts grants as used that a state machine's definition and its traces need", () => {
      const calls = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: [SHIP, BILL] };
      const { clean, functions } = comparisonOf(workflow, policy("shop-workflow", calls, traces));
      expect(clean).to.equal(true);
      expect(functions.map(({ name, usedByService }) => [name, usedByService.length])).to.deep.equal([
        ["workflow (service)", 3],
      ]);
    });

    it("reports an unused grant without a task, and a task without a grant", () => {
      const calls = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: [SHIP, `${SHIP}-old`] };
      const comparison = comparisonOf(workflow, policy("shop-workflow", calls, traces));
      expect(comparison.clean).to.equal(false);
      expect(comparison.functions[0]?.unused.map((grant) => grant.resource)).to.deep.equal([`${SHIP}-old`]);
      expect(comparison.functions[0]?.refused).to.deep.equal([
        { action: "lambda:InvokeFunction", resource: BILL, times: 0, reason: undefined },
      ]);
      expect(formatComparison(comparison)).to.contain("shop-bill, needed and not granted");
    });

    it("reports an unknown task as missing a grant", () => {
      const put = { Type: "Task", Resource: "arn:aws:states:::dynamodb:putItem", Arguments: { TableName: "orders" } };
      const definition = JSON.stringify({ StartAt: "Put", States: { Put: put } });
      const machine = resource("aws:sfn/stateMachine:StateMachine", "notes", {
        roleArn: role("shop-notes"),
        definition,
      });
      const grant = policy("shop-notes", { Effect: "Allow", Action: "dynamodb:PutItem", Resource: TABLE });
      expect(comparisonOf(machine, grant).functions[0]?.refused[0]?.action).to.equal("dynamodb:putItem");
    });

    it("needs the action of a schedule's target", () => {
      const schedule = resource("aws:scheduler/schedule:Schedule", "sweep", {
        target: { arn: SHIP, roleArn: role("shop-sweep"), deadLetterConfig: { arn: QUEUE } },
      });
      const calls = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: SHIP };
      const failures = { Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE };
      expect(comparisonOf(schedule, policy("shop-sweep", calls, failures)).clean).to.equal(true);
      expect(comparisonOf(schedule, policy("shop-sweep", calls)).clean).to.equal(false);
    });

    it("needs the reads and writes of bucket replication", () => {
      const replication = resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "media", {
        bucket: "east",
        role: role("shop-media"),
        rules: [{ filter: { prefix: "media/" }, destination: { bucket: "arn:aws:s3:::west" } }],
      });
      const all = { Effect: "Allow", Action: "s3:*", Resource: ["arn:aws:s3:::east", "arn:aws:s3:::*/media/*"] };
      expect(comparisonOf(replication, policy("shop-media", all)).clean).to.equal(true);
      expect(
        comparisonOf(
          replication,
          policy("shop-media", { ...all, Resource: "arn:aws:s3:::east/*" }),
        ).functions[0]?.refused.map(({ action }) => action),
      ).to.include.members(["s3:ListBucket", "s3:ReplicateObject"]);
    });
  });
});
