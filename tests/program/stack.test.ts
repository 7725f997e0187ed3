import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { ALARMS } from "../../bench/cost/fixed";
import { boundaryStatements } from "../../components/deliveryPipeline/boundary";
import { STORE_PREFIXES } from "../../components/deliveryPipeline/names";
import { PASSED_TO } from "../../components/deliveryPipeline/rights";
import { RULES } from "../../policies/rules";
import { nearLimits } from "../kit/awsLimits";
import {
  DOMAIN,
  evaluate,
  evaluateAgain,
  evaluated,
  evaluatedWithOptions,
  OPTIONAL,
  primariesOf,
  type Registration,
  SECRETS,
} from "../kit/evaluatedProgram";
import { isPermitted, type Statement } from "../kit/isPermitted";

interface Trust {
  Effect: string;
  Principal?: "*" | { Service?: string | string[] };
  Condition?: Record<string, Record<string, unknown>>;
}

/** Service principals that policies trust without a condition on the source, by type of resource, with the reason. */
const WITHOUT_SOURCE: Record<string, string> = {
  "aws:iam/role:Role s3.amazonaws.com": "S3 sends no source when it replicates.",
  "aws:kms/key:Key cloudwatch.amazonaws.com": "AWS documents none; without it alarms could be lost. The topic has one.",
  "aws:kms/key:Key costalerts.amazonaws.com": "As for CloudWatch.",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy events.amazonaws.com":
    "AWS documents none for the creation of a stream; the statement names the log group. That for events has one.",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy delivery.logs.amazonaws.com": "As for EventBridge.",
};

/** Converts an ARN of the stand-in, `arn:aws:service:…:NAME`, to the form that it has on AWS. */
function realArn(arn: string, action: string): string {
  const [, region, name] = /^arn:aws:service:([a-z0-9-]+):123456789012:(.*)$/.exec(arn) ?? [];
  if (name === undefined) return arn;
  const service = action.split(":")[0]!;
  if (service === "s3") return `arn:aws:s3:::${name}`;
  return `arn:aws:${service}:${region}:123456789012:${RESOURCE_STARTS[service] ?? ""}${name}`;
}

const RESOURCE_STARTS: Record<string, string> = {
  backup: "backup-vault:",
  "cognito-idp": "userpool/",
  dynamodb: "table/",
  es: "domain/",
  kms: "key/",
  lambda: "function:",
  logs: "log-group:",
  ssm: "parameter/",
  states: "stateMachine:",
};

/** Variable with the namespace of a function's metrics, for Powertools. */
const NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE";

interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

/** Returns the ARNs in redrive policies, failure destinations and dead-letter targets. */
function deadLetterTargets(value: unknown, key = ""): string[] {
  if (typeof value === "string" && key === "redrivePolicy") return deadLetterTargets(JSON.parse(value));
  if (typeof value === "string") return key === "deadLetterTargetArn" ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  if (key === "onFailure" || key === "deadLetterConfig") return Object.values(value).map(String);
  return Object.entries(value).flatMap(([inner, each]) => deadLetterTargets(each, inner));
}

for (const stack of ["dev", "prod-east", "prod-west"]) {
  describe(`The program of ${stack}`, function () {
    this.timeout(120_000);
    let outputs: Record<string, unknown>;
    let registrations: Registration[];

    before(async () => {
      ({ outputs, registrations } = await evaluated(stack));
    });

    it("exports the store's addresses", () => {
      expect(outputs).to.include.keys("url", "ordersUrl", "catalogueUrl", "productsTable", "orderTopic");
    });

    it("complies with the policy pack", () => {
      const violations = registrations.flatMap(({ type, name, inputs }) =>
        RULES.filter(({ types }) => types.includes(type)).flatMap((rule) =>
          rule.check({ type, name, props: inputs }).map((sentence) => `${name}: ${sentence} (${rule.name})`),
        ),
      );
      expect(violations).to.deep.equal([]);
    });

    it("gives every role the permissions boundary, and grants nothing beyond it", async () => {
      const bounded = await evaluatedWithOptions(stack);
      const boundary = OPTIONAL["stayopen:permissionsBoundaryArn"];
      const roles = bounded.registrations.filter(({ type }) => type === "aws:iam/role:Role");
      expect(roles.length).to.be.above(25);
      expect(roles.filter(({ inputs }) => inputs["permissionsBoundary"] !== boundary)).to.deep.equal([]);

      const allowed = boundaryStatements("123456789012", STORE_PREFIXES, {});
      const beyond = registrations
        .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
        .flatMap(({ name, inputs }) =>
          (JSON.parse(String(inputs["policy"])) as { Statement: Statement[] }).Statement.flatMap(
            ({ Action = [], Resource = "*" }) =>
              [Action].flat().flatMap((action) =>
                [Resource]
                  .flat()
                  .filter((resource) => !isPermitted({ action, resource: realArn(resource, action) }, allowed))
                  .map((resource) => `${name}: ${action} on ${resource}`),
              ),
          ),
        );
      expect(beyond).to.deep.equal([]);
    });

    it("stays below nine tenths of AWS's limits", () => {
      expect(nearLimits(registrations)).to.deep.equal([]);
    });

    it("creates roles only for services that the deploying role may pass them to, and for this account", () => {
      const trust = registrations
        .filter(({ type }) => type === "aws:iam/role:Role")
        .flatMap(({ inputs }) => JSON.parse(String(inputs["assumeRolePolicy"])).Statement);
      const services = new Set(trust.map(({ Principal }) => Principal.Service));
      expect([...services].filter((service) => !PASSED_TO.some((known) => known === service))).to.deep.equal([]);
      // S3 sends no source account when it replicates.
      const open = trust.filter(({ Condition }) => Condition?.StringEquals?.["aws:SourceAccount"] !== "123456789012");
      expect(open.filter(({ Principal }) => Principal.Service !== "s3.amazonaws.com")).to.deep.equal([]);
    });

    it("stores secrets in parameters only", () => {
      const holders = registrations
        .filter(({ inputs }) => Object.values(SECRETS).some((secret) => JSON.stringify(inputs).includes(secret)))
        .map(({ type }) => type);
      expect(new Set(holders)).to.deep.equal(new Set(["aws:ssm/parameter:Parameter"]));
    });

    it("has alarms for errors and throttled calls of every function", () => {
      const watchedBy = (metricName: string) =>
        new Set(
          registrations
            .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
            .flatMap(({ inputs }) => (inputs["metricQueries"] ?? []) as { metric?: Metric }[])
            .flatMap(({ metric }) => (metric?.metricName === metricName ? [metric.dimensions["FunctionName"]] : [])),
        );
      const functions = registrations
        .filter(({ type }) => type === "aws:lambda/function:Function")
        .map(({ inputs }) => String(inputs["name"]));
      expect(functions.length).to.be.above(25);
      for (const metricName of ["Errors", "Throttles"]) {
        const watched = watchedBy(metricName);
        expect(
          functions.filter((name) => !watched.has(name)),
          metricName,
        ).to.deep.equal([]);
      }
    });

    it("has alarms for every dead-letter queue", () => {
      const queues = registrations.filter(({ type }) => type === "aws:sqs/queue:Queue");
      const given = new Set(registrations.flatMap(({ inputs }) => deadLetterTargets(inputs)));
      const watched = registrations.flatMap(({ type, inputs }) =>
        type === "aws:cloudwatch/metricAlarm:MetricAlarm" &&
        inputs["metricName"] === "ApproximateNumberOfMessagesVisible"
          ? [(inputs["dimensions"] as Metric["dimensions"])["QueueName"]]
          : [],
      );
      const named = [...given].map((arn) => arn.split(":").at(-1)!);
      expect(named).to.include.members([
        "orders-stream-failures",
        "orders-notifications-failed",
        "catalogue-dead-letters",
      ]);
      expect(queues.map(({ name }) => name)).to.include.members(named);
      expect(named.filter((name) => !watched.includes(name))).to.deep.equal([]);
      // A queue without an event source mapping is a dead-letter queue, and needs an alarm too.
      const read = registrations
        .filter(({ type }) => type === "aws:lambda/eventSourceMapping:EventSourceMapping")
        .map(({ inputs }) => String(inputs["eventSourceArn"]).split(":").at(-1)!);
      const unread = queues.map(({ name }) => name).filter((name) => !read.includes(name));
      expect(unread.filter((name) => !watched.includes(name))).to.deep.equal([]);
    });

    it("trusts AWS services for this account or a named resource only, with the listed exceptions", () => {
      const documents = registrations.flatMap(({ type, inputs }) =>
        [inputs["policy"], inputs["assumeRolePolicy"], inputs["policyDocument"]]
          .filter((text) => typeof text === "string")
          .map((text) => ({ type, statements: [JSON.parse(text as string).Statement as Trust | Trust[]].flat() })),
      );
      const open = documents.flatMap(({ type, statements }) =>
        statements.flatMap(({ Effect, Principal, Condition }) => {
          const services = Effect === "Allow" && typeof Principal === "object" ? [Principal.Service ?? []].flat() : [];
          const keys = Object.values(Condition ?? {}).flatMap(Object.keys);
          return keys.some((key) => /^aws:Source(Account|Arn)$/i.test(key))
            ? []
            : services.map((one) => `${type} ${one}`);
        }),
      );
      expect([...new Set(open)].filter((each) => !(each in WITHOUT_SOURCE))).to.deep.equal([]);
      const invoked = registrations.filter(({ type }) => type === "aws:lambda/permission:Permission");
      expect(invoked.length).to.be.above(5);
      expect(invoked.filter(({ inputs }) => !inputs["sourceArn"]).map(({ name }) => name)).to.deep.equal([]);
    });

    it("requires TLS for every request to a queue, and for every publication to a topic", () => {
      const named = (type: string) => registrations.filter((each) => each.type === type);
      const policies = [...named("aws:sqs/queuePolicy:QueuePolicy"), ...named("aws:sns/topicPolicy:TopicPolicy")];
      const covered = policies.map(({ inputs }) => JSON.parse(String(inputs["policy"])) as { Statement: Statement[] });
      const denied = covered.flatMap(({ Statement }) => Statement.filter(({ Effect }) => Effect === "Deny"));
      const all = [...named("aws:sqs/queue:Queue"), ...named("aws:sns/topic:Topic")];
      expect(all.length).to.be.above(7);
      for (const { name } of all) {
        const ofIt = denied.filter(({ Resource }) => [Resource].flat().some((arn) => arn?.endsWith(`:${name}`)));
        expect(ofIt, name).to.have.length(1);
        expect(ofIt[0]!.Condition).to.deep.equal({ Bool: { "aws:SecureTransport": "false" } });
      }
      expect(policies).to.have.length(all.length);
    });

    it("has alarms for throttling of every table and index", () => {
      const metrics = registrations
        .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
        .flatMap(({ inputs }) => (inputs["metricQueries"] ?? []) as { metric?: Metric }[])
        .flatMap(({ metric }) => (metric?.metricName === "WriteThrottleEvents" ? [metric.dimensions] : []));
      const made = registrations.filter(({ type }) => type === "aws:dynamodb/table:Table");
      const indexes = made.flatMap(({ name, inputs }) =>
        ((inputs["globalSecondaryIndexes"] ?? []) as { name: string }[]).map((index) => `${name}/${index.name}`),
      );
      if (stack !== "prod-west") expect(indexes).to.have.length(5);
      const watched = metrics.map(({ TableName, GlobalSecondaryIndexName }) =>
        [TableName, GlobalSecondaryIndexName].filter(Boolean).join("/"),
      );
      const ofOrders = ["open", "byCustomer", "byMonth"].map((index) => `orders-orders/${index}`);
      const ofCustomers = ["byCustomer", "byUser"].map((index) => `auth-directory/${index}`);
      expect(watched).to.include.members(["orders-orders", "orders-cards", ...ofOrders, ...ofCustomers]);
      expect(watched).to.include.members([...made.map(({ name }) => name), ...indexes]);
    });

    it("links a runbook in every alarm's description", async () => {
      const linked = await evaluatedWithOptions(stack);
      const alarms = linked.registrations.filter(({ type }) => /^aws:cloudwatch\/(metric|composite)Alarm:/.test(type));
      expect(alarms.length).to.be.above(50);
      const bare = alarms.filter(
        ({ inputs }) =>
          !/Runbook: https:\/\/git\.example\.com\/store\/docs\/runbooks\/[\w-]+\.md$/.test(
            String(inputs["alarmDescription"]),
          ),
      );
      expect(bare.map(({ name }) => name)).to.deep.equal([]);
    });

    it("traces every workflow, and logs its errors", () => {
      const machines = registrations.filter(({ type }) => type === "aws:sfn/stateMachine:StateMachine");
      expect(machines.length).to.be.above(1);
      for (const { name, inputs } of machines) {
        expect(inputs["tracingConfiguration"], name).to.deep.equal({ enabled: true });
        expect(inputs["loggingConfiguration"], name).to.deep.include({ level: "ERROR", includeExecutionData: false });
      }
    });

    it("has every saved query that a runbook names", () => {
      const saved = registrations.flatMap(({ type, inputs }) =>
        type === "aws:cloudwatch/queryDefinition:QueryDefinition"
          ? [String(inputs["name"]).split("/").slice(1).join("/")]
          : [],
      );
      const folder = path.join(__dirname, "..", "..", "docs", "runbooks");
      const pages = fs.readdirSync(folder).map((page) => fs.readFileSync(path.join(folder, page), "utf8"));
      const named = pages.flatMap((text) =>
        [...text.matchAll(/`((?:apis|orders|search|functions)\/[a-z-]+)`/g)].map((match) => match[1]!),
      );
      expect(named.length).to.be.above(10);
      expect(named.filter((name) => !saved.includes(name))).to.deep.equal([]);
    });

    it("writes and reads metrics in the store's own namespace", () => {
      const store = `stayopen/${stack === "prod-west" ? "prod-east" : stack}`;
      const alarms = registrations.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
      const read = alarms.flatMap(({ inputs }) => [
        inputs["namespace"],
        ...((inputs["metricQueries"] ?? []) as { metric?: Metric }[]).map(({ metric }) => metric?.namespace),
      ]);
      const counted = registrations.flatMap(({ type, inputs }) =>
        type === "aws:cloudwatch/logMetricFilter:LogMetricFilter"
          ? [(inputs["metricTransformation"] as { namespace: string }).namespace]
          : [],
      );
      const written = registrations.flatMap(({ type, inputs }) =>
        type === "aws:lambda/function:Function"
          ? [(inputs["environment"] as { variables: Record<string, string> } | undefined)?.variables[NAMESPACE]]
          : [],
      );
      const own = (names: unknown[]) =>
        new Set(names.filter((name) => name !== undefined && !/^AWS\//.test(String(name))));
      for (const names of [read, counted, written]) expect(own(names)).to.deep.equal(new Set([store]));
      const dashboards = registrations.filter(({ type }) => type === "aws:cloudwatch/dashboard:Dashboard");
      for (const { inputs } of dashboards)
        expect(String(inputs["dashboardBody"])).to.include(`"${store}","OrdersPlaced"`);
      expect(dashboards.length).to.be.above(0);
    });

    it("registers the same resources again, so that a second update changes nothing", async () => {
      const again = await evaluateAgain(stack, await primariesOf(stack), {});
      const sorted = (all: Registration[]) => [...all].sort((a, b) => a.urn.localeCompare(b.urn));
      expect(sorted(again.registrations)).to.deep.equal(sorted(registrations));
    });
  });
}

describe("The program of prod-east, with a domain", function () {
  this.timeout(180_000);

  it("has as many alarm metrics as the figures price", async () => {
    const { registrations: all } = await evaluate("prod-east", {}, DOMAIN);
    const alarms = all.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
    // Each metric of an expression is billed as an alarm metric.
    const metrics = alarms.flatMap(
      ({ inputs }) => (inputs["metricQueries"] as { metric?: Metric }[])?.filter(({ metric }) => metric) ?? [inputs],
    );
    const composites = all.filter(({ type }) => type === "aws:cloudwatch/compositeAlarm:CompositeAlarm").length;
    expect({ metrics: metrics.length, composites }).to.deep.equal(ALARMS);
    const figures = fs.readFileSync(path.join(__dirname, "..", "..", "docs", "figures.md"), "utf8");
    expect(figures).to.include(`alarms (${ALARMS.metrics} metrics at 0.10`);
  });
});
