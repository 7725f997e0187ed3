import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { boundaryStatements } from "../components/deliveryPipeline/boundary";
import { STORE_PREFIXES } from "../components/deliveryPipeline/names";
import { PASSED_TO } from "../components/deliveryPipeline/rights";
import { type ProgramHost, type Registration, runProgram } from "../local/engine/program";
import { RULES } from "../policies/rules";
import { nearLimits } from "./kit/awsLimits";
import { isPermitted, type Statement } from "./kit/isPermitted";

const SECRETS = {
  "stayopen:paymentApiKey": "key-payment",
  "stayopen:paymentWebhookSecret": "whsec_cGF5bWVudC1zZWNyZXQtMTIzNDU2",
  "stayopen:shippingApiKey": "key-shipping",
  "stayopen:shippingWebhookSecret": "whsec_c2hpcHBpbmctc2VjcmV0LTEyMzQ1",
};

const EDGE_SECRETS = ["the-secret-that-cloudfront-sends", "the-secret-that-is-accepted-as-well"];

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

/** Settings of a store with a domain. */
const DOMAIN = {
  "stayopen:domain": "example.com",
  "stayopen:zoneId": "Z0123456789ABCDEFGHIJ",
  "stayopen:edgeSecrets": EDGE_SECRETS.join(","),
};

/** Stand-in for the provider. Derives each output from the resource's name. */
class Provider implements ProgramHost {
  readonly registrations: Registration[] = [];

  /** @param stacks outputs of other stacks, for stack references. */
  constructor(private readonly stacks: Record<string, Record<string, unknown>> = {}) {}

  async register(registration: Registration) {
    const { name, inputs, type } = registration;
    this.registrations.push(registration);
    const arn = ARN_OF(name, inputs["region"] as string | undefined);
    const outputs = {
      arn,
      name,
      bucket: name,
      bucketRegionalDomainName: `${name}.s3.us-east-1.amazonaws.com`,
      apiEndpoint: `https://${name}.execute-api.us-east-1.amazonaws.com`,
      executionArn: `arn:aws:execute-api:us-east-1:123456789012:${name}`,
      invokeArn: `${arn}/invocations`,
      domainName: `${name}.example`,
      endpoint: `${name}.example`,
      streamArn: `${arn}/stream/1`,
      url: `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`,
      keyId: `mrk-${name}`,
      domainValidationOptions: [
        {
          resourceRecordName: `_1.${name}`,
          resourceRecordType: "CNAME",
          resourceRecordValue: "_2.acm-validations.aws",
        },
      ],
      certificateArn: arn,
      ...inputs,
      ...(type === "aws:apigatewayv2/domainName:DomainName" && {
        domainNameConfiguration: { targetDomainName: `d-${name}.execute-api.amazonaws.com`, hostedZoneId: "Z1" },
      }),
    };
    return { id: type === "pulumi:pulumi:Stack" ? registration.urn : `${name}-id`, outputs };
  }

  registerOutputs() {}

  async invoke(token: string, inputs: Record<string, unknown>): Promise<Record<string, unknown>> {
    if (token === "pulumi:pulumi:readStackOutputs") {
      const name = String(inputs["name"]);
      const outputs = this.stacks[name.split("/").at(-1) ?? name];
      if (outputs === undefined) throw new Error(`unknown stack "${name}"`);
      return { name, outputs, secretOutputNames: [] };
    }
    if (token.endsWith(":getTable")) {
      const arn = `arn:aws:dynamodb:us-west-2:123456789012:table/${String(inputs["name"])}`;
      return { name: inputs["name"], arn, streamArn: `${arn}/stream/1` };
    }
    if (token.endsWith(":getRegion")) return { region: "us-east-1", name: "us-east-1", id: "us-east-1" };
    if (token.endsWith(":getCallerIdentity")) return { accountId: "123456789012", arn: "arn:x", id: "1", userId: "u" };
    if (token.endsWith(":getPartition")) return { partition: "aws", dnsSuffix: "amazonaws.com" };
    if (token.endsWith(":getPublicKey"))
      return { publicKey: PUBLIC_KEY, publicKeyPem: PUBLIC_KEY_PEM, arn: "arn:k", id: "k" };
    throw new Error(`The program calls ${token}, which this test does not implement.`);
  }
}

const PUBLIC_KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv/DzX05gjk+B1aR8B06OFe2ifWMon9/ise456UAtOJ3Rj8hXz7ilfZZc1gSMrSaPBQjcNH7LorDn0qaAajBoyrweGAfUaE4KUhrU+noErfp7RyVspth+H8mrIDtGpUBzumU+yWl9zuDv/9Yh3ATuKg7JA9pKzPRTL4jxP5KVdpKiYlzch3yXR+pZnrbqCrnCUq26HfjsmSnhv4VPRJtrVEC9SgW0GBX6X+GT0FBD/hAxsxCqvoE6aSaa3Q/Ak24ZKXD06bv+31kVhHIfJIqa8X7rKrRxOZpY9NjREVI7BQJYSszaq4TUfletCBuXgHQOFU5J011ltU/wIhHWaQ68yQIDAQAB";
const PUBLIC_KEY_PEM = `-----BEGIN PUBLIC KEY-----\n${PUBLIC_KEY.replace(/(.{64})/g, "$1\n")}\n-----END PUBLIC KEY-----\n`;

/** ARN of a resource of the stand-in. */
const ARN_OF = (name: string, region = "us-east-1") => `arn:aws:service:${region}:123456789012:${name}`;

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

/** Settings without a default that two tests share. */
const OPTIONAL = {
  "stayopen:permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/release-production-boundary",
  "stayopen:runbooks": "https://git.example.com/store/",
};

interface Evaluated {
  outputs: Record<string, unknown>;
  registrations: Registration[];
}

type Outputs = Record<string, unknown>;

/** Evaluates the program of a stack, with the outputs of other stacks and with settings beside those of its file. */
async function evaluateAgain(
  stack: string,
  stacks: Record<string, Outputs>,
  settings: Record<string, string>,
): Promise<Evaluated> {
  const host = new Provider(stacks);
  const outputs = await runProgram({
    directory: path.join(__dirname, ".."),
    stack,
    config: { ...SECRETS, ...settings },
    host,
  });
  return { outputs, registrations: host.registrations };
}

const known = new Map<string, Promise<Evaluated>>();

/** Like `evaluateAgain`, but once for the same arguments, because an evaluation takes seconds of CPU time. */
function evaluate(
  stack: string,
  stacks: Record<string, Outputs> = {},
  settings: Record<string, string> = {},
): Promise<Evaluated> {
  const key = JSON.stringify([stack, stacks, settings]);
  const result = known.get(key) ?? evaluateAgain(stack, stacks, settings);
  known.set(key, result);
  return result;
}

/** Evaluates a stack after its primary. */
async function evaluated(stack: string): Promise<Evaluated> {
  return evaluate(stack, await primariesOf(stack));
}

async function primariesOf(stack: string): Promise<Record<string, Outputs>> {
  return stack === "prod-west" ? { "prod-east": (await evaluated("prod-east")).outputs } : {};
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
      const bounded = await evaluate(stack, await primariesOf(stack), OPTIONAL);
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
      const indexes = made.flatMap(({ inputs }) => (inputs["globalSecondaryIndexes"] ?? []) as { name: string }[]);
      if (stack !== "prod-west") expect(indexes).to.have.length(2);
      const watched = metrics.map(({ TableName, GlobalSecondaryIndexName }) => GlobalSecondaryIndexName ?? TableName);
      expect(watched).to.include.members(["orders-orders", "orders-cards", "open", "byCustomer"]);
      for (const { name } of [...made, ...indexes]) expect(watched).to.include(name);
    });

    it("links a runbook in every alarm's description", async () => {
      const linked = await evaluate(stack, await primariesOf(stack), OPTIONAL);
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
      const folder = path.join(__dirname, "..", "docs", "runbooks");
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

describe("Two Regions", function () {
  this.timeout(120_000);
  let east: Registration[];
  let west: Registration[];

  before(async () => {
    east = (await evaluated("prod-east")).registrations;
    west = (await evaluated("prod-west")).registrations;
  });

  const tables = (registrations: Registration[]) =>
    registrations.filter(({ type }) => type === "aws:dynamodb/table:Table");

  const replicasOf = ({ inputs }: Registration) => (inputs["replicas"] ?? []) as Record<string, unknown>[];

  it("have the shared tables and their replicas in the primary's stack only", () => {
    const shared = tables(east).filter((table) => replicasOf(table).length > 0);
    expect(shared.map(({ name }) => name)).to.include.members([
      "orders-orders",
      "orders-cards",
      "orders-stock",
      "catalogue-products",
    ]);
    expect(shared).to.have.length(6);
    for (const table of shared) {
      expect(
        replicasOf(table).map(({ regionName }) => regionName),
        table.name,
      ).to.deep.equal(["us-west-2"]);
      expect(table.inputs, table.name).to.include({ streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" });
    }
    const own = tables(west);
    expect(own.flatMap(replicasOf)).to.deep.equal([]);
    expect(own.filter(({ name }) => shared.some((table) => table.name === name))).to.deep.equal([]);
  });

  it("keep no backup of a card in either Region", () => {
    const cards = tables(east).find(({ name }) => name.endsWith("-cards"))!;
    expect(cards.inputs["pointInTimeRecovery"]).to.deep.equal({ enabled: false });
    expect(replicasOf(cards).map(({ pointInTimeRecovery }) => pointInTimeRecovery)).to.deep.equal([false]);
  });

  it("can be destroyed once protectData is false: nothing is protected, and buckets are deleted with their objects", async () => {
    const unprotected = { "stayopen:protectData": "false" };
    const primary = await evaluate("prod-east", {}, unprotected);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, unprotected);
    for (const { registrations } of [primary, secondary]) {
      const of = (type: string) => registrations.filter((one) => one.type === `aws:${type}`);
      for (const { name, inputs } of of("dynamodb/table:Table")) {
        const replicas = (inputs["replicas"] ?? []) as { deletionProtectionEnabled?: boolean }[];
        const protection = [inputs, ...replicas].map(({ deletionProtectionEnabled: on }) => on ?? false);
        expect(new Set(protection), name).to.deep.equal(new Set([false]));
      }
      for (const { inputs } of of("cognito/userPool:UserPool"))
        expect(inputs["deletionProtection"]).to.equal("INACTIVE");
      for (const { name, inputs } of of("s3/bucket:Bucket")) expect(inputs["forceDestroy"], name).to.equal(true);
      // Hashed files are deleted with their bucket, the policy with its key.
      const staying = new Set(registrations.filter(({ retainOnDelete }) => retainOnDelete).map(({ type }) => type));
      const expected = ["aws:s3/bucketObjectv2:BucketObjectv2", "aws:kms/keyPolicy:KeyPolicy"];
      expect([...staying].filter((type) => !expected.includes(type))).to.deep.equal([]);
    }
  });

  it("leave everything with data in AWS that a protected stack no longer has", () => {
    const types = ["dynamodb/table:Table", "s3/bucket:Bucket", "cognito/userPool:UserPool", "opensearch/domain:Domain"];
    for (const registrations of [east, west]) {
      const data = registrations.filter(({ type }) => types.some((one) => type === `aws:${one}`));
      expect(new Set(data.map(({ type }) => type)).size).to.equal(types.length);
      const deleted = data.filter(({ retainOnDelete }) => !retainOnDelete).map(({ name }) => name);
      // Codes expire after minutes.
      expect(deleted).to.deep.equal(["auth-codes"]);
    }
  });

  it("back up each Region's own replicas, except the cards", () => {
    for (const [region, registrations] of Object.entries({ east, west })) {
      const selections = registrations.filter(({ type }) => type === "aws:backup/selection:Selection");
      expect(selections, region).to.have.length(1);
      const resources = selections[0]!.inputs["resources"] as string[];
      expect(resources, region).to.have.length(5);
      for (const table of ["orders-orders", "orders-stock", "catalogue-products", "auth-directory"]) {
        expect(resources.join(" "), region).to.include(table);
      }
      expect(
        resources.filter((arn) => /cards/.test(arn)),
        region,
      ).to.deep.equal([]);
      const rights = registrations.filter(
        ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name.startsWith("backups-"),
      );
      expect(rights, region).to.have.length(2);
      expect(JSON.stringify(rights.map(({ inputs }) => inputs["policy"])), region).not.to.include("cards");
    }
  });

  it("use only names that the pipeline's roles may manage", () => {
    const named = [...east, ...west].filter(({ type }) => ["aws:iam/role:Role", "aws:s3/bucket:Bucket"].includes(type));
    expect(named.length).to.be.above(40);
    const physical = named.map(({ name, inputs }) => String(inputs["name"] ?? inputs["bucket"] ?? name));
    expect(physical.filter((name) => !STORE_PREFIXES.some((prefix) => name.startsWith(prefix)))).to.deep.equal([]);
  });

  it("use different global names in each stack", () => {
    // Physical names that are unique in an account or worldwide.
    const named = (registrations: Registration[]) =>
      registrations.flatMap(({ type, inputs }) => {
        if (type === "aws:s3/bucket:Bucket") return [String(inputs["bucket"])];
        return type === "aws:iam/role:Role" && inputs["name"] !== undefined ? [String(inputs["name"])] : [];
      });
    const both = [...named(east), ...named(west)].filter((name) => name !== "undefined");
    expect(both).to.have.length.above(20);
    expect(new Set(both)).to.have.property("size", both.length);
  });

  it("share no unique name with a development stack in the same account and Region", async () => {
    const ids = ({ type, inputs }: Registration) => {
      // Unique within an API or a user pool, whose ids on AWS differ between the stacks.
      if (/:(Stage|UserGroup)$/.test(type)) return [];
      const names = [
        inputs["name"],
        inputs["bucket"],
        inputs["emailIdentity"],
        inputs["alarmName"],
        inputs["domainName"],
      ];
      return names
        .filter((name) => typeof name === "string" && !name.startsWith("/aws/vendedlogs/apigateway/"))
        .map((name) => `${type} ${name}`);
    };
    // A bucket's settings refer to its name, and do not take it.
    const taking = ({ type }: Registration) => /^aws:/.test(type) && !/:Bucket.+$/.test(type);
    const names = async (stack: string) => (await evaluated(stack)).registrations.filter(taking).flatMap(ids);
    const development = new Set(await names("dev"));
    expect(development.size).to.be.above(50);
    expect((await names("prod-east")).filter((name) => development.has(name))).to.deep.equal([]);
  });

  it("fail over under the store's own names, each stack with its own records", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    const records = ({ registrations }: Evaluated) =>
      registrations
        .filter(({ type }) => type === "aws:route53/record:Record")
        .map(({ inputs }) => ({
          name: String(inputs["name"]),
          role: (inputs["failoverRoutingPolicies"] as { type: string }[] | undefined)?.[0]?.type,
        }));
    const failingOver = (result: Evaluated, role: string) =>
      records(result).flatMap((record) => (record.role === role ? [record.name] : []));
    const names = ["auth", "catalogue", "config", "orders"].map((service) => `${service}.api.example.com`);
    expect(failingOver(primary, "PRIMARY").sort()).to.deep.equal(names);
    expect(failingOver(secondary, "SECONDARY").sort()).to.deep.equal(names);
    expect(records(primary).map(({ name }) => name)).to.include.members([
      "www.example.com",
      "us-east-1.api.example.com",
    ]);
    expect(records(secondary).filter(({ role }) => role === undefined)).to.have.deep.members([
      { name: "us-west-2.api.example.com", role: undefined },
      ...names
        .map((name) => name.split(".")[0])
        .map((service) => ({
          name: `${service}-us-west-2.api.example.com`,
          role: undefined,
        })),
    ]);
    expect(primary.outputs["url"]).to.equal("https://www.example.com");
    expect(secondary.outputs["url"]).to.equal("https://www.example.com");
    expect(secondary.outputs["ordersUrl"]).to.equal("https://orders-us-west-2.api.example.com");
  });

  describe("paths of a Region's APIs on the distribution", () => {
    type Origin = { originId: string; domainName: string };
    const regionOrigins = ({ registrations }: { registrations: Registration[] }) => {
      const distribution = registrations.find(({ type }) => type === "aws:cloudfront/distribution:Distribution")!;
      return (distribution.inputs["origins"] as Origin[])
        .filter(({ originId }) => originId.startsWith("/regions/"))
        .map(({ originId, domainName }) => `${originId} ${domainName}`);
    };
    const paths = {
      "/api/orders*": "orders",
      "/api/catalogue/rules": "catalogue",
      "/api/catalogue*": "catalogue",
      "/api/config": "config",
      "/api/auth*": "auth",
    };

    it("lead to either Region's own names under a domain, before the peer exists", async () => {
      const primary = await evaluate("prod-east", {}, DOMAIN);
      const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
      expect(regionOrigins(primary)).to.have.members(
        ["us-east-1", "us-west-2"].flatMap((region) =>
          Object.entries(paths).map(
            ([path, service]) => `/regions/${region}${path} ${service}-${region}.api.example.com`,
          ),
        ),
      );
      const names = secondary.registrations
        .filter(({ type }) => type === "aws:apigatewayv2/domainName:DomainName")
        .map(({ inputs }) => inputs["domainName"]);
      expect(names).to.include.members(Object.values(paths).map((service) => `${service}-us-west-2.api.example.com`));
    });

    it("lead to AWS's addresses without a domain, once the primary knows the secondary's stack", async () => {
      const first = await evaluate("prod-east");
      expect(regionOrigins(first)).to.deep.equal([]);
      const { outputs } = await evaluate("prod-west", { "prod-east": first.outputs });
      const west = Object.fromEntries(
        Object.values(paths).map((service) => [service, `https://${service}.execute-api.us-west-2.amazonaws.com`]),
      );
      expect(outputs["apiUrls"]).to.have.all.keys(Object.keys(west));
      const known = { "stayopen:secondaryStack": "prod-west" };
      const again = await evaluate("prod-east", { "prod-west": { ...outputs, apiUrls: west } }, known);
      expect(regionOrigins(again)).to.include.members(
        Object.entries(paths).map(
          ([path, service]) => `/regions/us-west-2${path} ${service}.execute-api.us-west-2.amazonaws.com`,
        ),
      );
      expect(regionOrigins(again)).to.have.length(2 * Object.keys(paths).length);
    });

    it("are refused with a sentence while the secondary's stack has no addresses", async () => {
      const known = { "stayopen:secondaryStack": "prod-west" };
      for (const stacks of [{}, { "prod-west": {} }] as Record<string, Outputs>[]) {
        const refusal = await evaluate("prod-east", stacks, known).then(
          () => undefined,
          (error: unknown) => String(error),
        );
        expect(refusal).to.include(
          "The stack prod-west, which stayopen:secondaryStack names, has no addresses of APIs yet.",
        );
      }
    });
  });

  it("admit requests to the APIs through CloudFront alone, under a domain", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    for (const { registrations } of [primary, secondary]) {
      const of = (type: string) => registrations.filter((one) => one.type === type);
      const apis = of("aws:apigatewayv2/api:Api").filter(({ name }) => name !== "failover-checks-api");
      expect(apis.map(({ name }) => name)).to.have.members(["orders-api", "catalogue-api", "failover-api", "auth-api"]);
      expect(apis.filter(({ inputs }) => inputs["disableExecuteApiEndpoint"] !== true)).to.deep.equal([]);
      const isGuarded = new Map(
        of("aws:apigatewayv2/authorizer:Authorizer").map(({ name, inputs }) => [
          `${name}-id`,
          (inputs["identitySources"] as string[]).includes("$request.header.x-stayopen-edge"),
        ]),
      );
      const open = of("aws:apigatewayv2/route:Route")
        .filter(({ inputs }) => inputs["apiId"] !== "failover-checks-api-id")
        .filter(({ inputs }) => !isGuarded.get(String(inputs["authorizerId"])));
      expect(open.map(({ inputs }) => inputs["routeKey"])).to.deep.equal([]);
      // Functions have hashes; of the secrets, only the distribution has the one that it sends.
      const holders = (secret: string) =>
        registrations.filter(({ inputs }) => JSON.stringify(inputs).includes(secret)).map(({ type }) => type);
      expect(holders(EDGE_SECRETS[0]!)).to.deep.equal(
        registrations === primary.registrations ? ["aws:cloudfront/distribution:Distribution"] : [],
      );
      expect(holders(EDGE_SECRETS[1]!)).to.deep.equal([]);
      const hashes = EDGE_SECRETS.map((secret) => createHash("sha256").update(secret).digest("hex"));
      const guards = of("aws:lambda/function:Function").filter(({ inputs }) =>
        JSON.stringify(inputs["environment"] ?? {}).includes("EDGE_HASHES"),
      );
      expect(guards.map(({ name }) => name)).to.have.members(["auth-authorizer-function", "auth-edge-function"]);
      for (const { inputs } of guards)
        expect(JSON.stringify(inputs["environment"])).to.include(hashes[0]).and.include(hashes[1]);
    }
  });

  it("notify of every alarm: by a composite alarm of its Region, or by a topic of that Region", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    for (const [region, { registrations }] of Object.entries({ "us-east-1": primary, "us-west-2": secondary })) {
      const of = (type: string) => registrations.filter((one) => one.type === `aws:cloudwatch/${type}`);
      const rules = of("compositeAlarm:CompositeAlarm").map(({ inputs }) => String(inputs["alarmRule"]));
      const alarms = of("metricAlarm:MetricAlarm");
      expect(alarms.map(({ name }) => name)).to.include("failover-health-check");
      const isHeard = ({ name, inputs }: Registration) =>
        (inputs["region"] ?? region) === region
          ? rules.some((rule) => rule.includes(`ALARM("${name}")`))
          : (inputs["alarmActions"] as string[]).length > 0;
      expect(
        alarms.filter((alarm) => !isHeard(alarm)).map(({ name }) => name),
        region,
      ).to.deep.equal([]);
    }
    const health = secondary.registrations.find(({ name }) => name === "failover-health-check");
    expect(health?.inputs["region"]).to.equal("us-east-1");
    expect(health?.inputs["alarmActions"]).to.deep.equal([primary.outputs["alarmTopic"]]);
  });

  it("encrypt orders, cards, stock and customers with keys of the account, one in each Region", async () => {
    const keyed = tables(east).filter(
      ({ inputs }) => (inputs["serverSideEncryption"] as { kmsKeyArn?: string })?.kmsKeyArn,
    );
    expect(keyed.map(({ name }) => name)).to.have.members([
      "auth-directory",
      "orders-orders",
      "orders-cards",
      "orders-stock",
    ]);
    const keys = east.filter(({ type, name }) => type === "aws:kms/key:Key" && name.startsWith("data"));
    expect(keys.map(({ name, inputs }) => [name, inputs["region"]])).to.deep.equal([
      ["data", undefined],
      ["data-us-west-2", "us-west-2"],
    ]);
    for (const table of keyed) {
      expect(table.inputs["serverSideEncryption"], table.name).to.deep.equal({
        enabled: true,
        kmsKeyArn: ARN_OF("data"),
      });
      expect(replicasOf(table).map(({ kmsKeyArn }) => kmsKeyArn)).to.deep.equal([
        ARN_OF("data-us-west-2", "us-west-2"),
      ]);
    }
    const uses = (registrations: Registration[], name: string) =>
      String(
        registrations.find((one) => one.type === "aws:iam/rolePolicy:RolePolicy" && one.name === name)!.inputs[
          "policy"
        ],
      );
    for (const role of ["backups-backup", "backups-restore"]) {
      expect(uses(east, role)).to.include(`"${ARN_OF("data")}"`);
      expect(uses(west, role)).to.include(`"${ARN_OF("data-us-west-2", "us-west-2")}"`);
    }
    expect(west.filter(({ type, name }) => type === "aws:kms/key:Key" && name.startsWith("data"))).to.deep.equal([]);
    const development = (await evaluated("dev")).registrations;
    expect(development.filter(({ type, name }) => type === "aws:kms/key:Key" && name.startsWith("data"))).to.deep.equal(
      [],
    );
  });

  it("watch keys, root user, trail and findings in production", async () => {
    const rulesOf = (registrations: Registration[]) =>
      new Map(
        registrations
          .filter(({ type }) => type === "aws:cloudwatch/eventRule:EventRule")
          .map(({ name, inputs }) => [name.replace("observability-", ""), String(inputs["eventPattern"])]),
      );
    const trails = (registrations: Registration[]) =>
      registrations.filter(({ type }) => type === "aws:cloudtrail/trail:Trail");
    for (const registrations of [east, west]) {
      const rules = rulesOf(registrations);
      expect([...rules.keys()]).to.have.members([
        "decryption-refused",
        "root-used",
        "key-changed",
        "trail-changed",
        "threat-found",
      ]);
      for (const key of ["card-key", "auth-addresses", "backups-vault", ":data"])
        expect(rules.get("key-changed")).to.include(key);
    }
    expect(rulesOf(east).get("trail-changed")).to.include("stayopen-prod-east-audit-123456789012");
    expect(trails(west)).to.deep.equal([]);
    const [trail, ...others] = trails(east);
    expect(others).to.deep.equal([]);
    const watched = JSON.stringify(trail!.inputs["advancedEventSelectors"]);
    for (const region of ["us-east-1", "us-west-2"])
      for (const table of ["orders-orders", "orders-cards", "auth-directory"])
        expect(watched).to.include(`:${region}:123456789012:${table}`);
    const selectors = trail!.inputs["advancedEventSelectors"] as { name: string }[];
    const objects = (name: string) => JSON.stringify(selectors.find((selector) => selector.name === name));
    expect(objects("objects"))
      .to.include(`${ARN_OF("orders-invoices")}/`)
      .and.include(":::stayopen-prod-east-invoices-123456789012-us-west-2-an/");
    expect(objects("written-objects")).to.include(":::stayopen-prod-east-assets-123456789012-us-west-2-an/");
    for (const [registrations, region] of [
      [east, "us-east-1"],
      [west, "us-west-2"],
    ] as const) {
      const buckets = registrations.filter(({ type }) => type === "aws:s3/bucket:Bucket");
      expect(buckets.map(({ inputs }) => inputs["bucket"])).to.include.members([
        `stayopen-prod-east-invoices-123456789012-${region}-an`,
        `stayopen-prod-east-assets-123456789012-${region}-an`,
      ]);
    }
    const development = (await evaluated("dev")).registrations;
    expect([...rulesOf(development).keys(), ...trails(development)]).to.deep.equal([]);
  });

  it("log requests with viewers' addresses at CloudFront and the connected address at each API, without query strings", async () => {
    const deliveries = (registrations: Registration[]) =>
      registrations.filter(({ type }) => type === "aws:cloudwatch/logDelivery:LogDelivery");
    const [delivery, ...others] = deliveries(east);
    expect(others).to.deep.equal([]);
    expect(delivery!.inputs["recordFields"]).to.include.members(["c-ip", "cs-method", "cs-uri-stem", "sc-status"]);
    expect(deliveries(west)).to.deep.equal([]);
    expect(deliveries((await evaluated("dev")).registrations)).to.deep.equal([]);
    const formats = [...east, ...west]
      .filter(({ type }) => type === "aws:apigatewayv2/stage:Stage")
      .map(({ inputs }) => (inputs["accessLogSettings"] as { format: string }).format);
    expect(formats.length).to.be.above(8);
    for (const format of formats) {
      expect(JSON.parse(format)).to.include({ sourceIp: "$context.identity.sourceIp" });
      expect(format).not.to.match(/path|query|header/i);
    }
  });

  it("put WAF before the distribution under a domain, and not without one", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    const acls = (registrations: Registration[]) =>
      registrations.filter(({ type }) => type === "aws:wafv2/webAcl:WebAcl").map(({ name }) => name);
    expect(acls(primary.registrations)).to.deep.equal(["site-waf"]);
    expect(acls(secondary.registrations)).to.deep.equal([]);
    expect(acls(east)).to.deep.equal([]);
    expect(nearLimits(primary.registrations)).to.deep.equal([]);
    const violations = primary.registrations.flatMap(({ type, name, inputs }) =>
      RULES.filter(({ types }) => types.includes(type)).flatMap((rule) => rule.check({ type, name, props: inputs })),
    );
    expect(violations).to.deep.equal([]);
  });

  it("can be deployed primary first: it refers to no other stack", async () => {
    expect((await evaluate("prod-east")).outputs).to.include.keys("shared");
  });

  it("stop the secondary in one sentence when there is no primary yet", async () => {
    const failure = await evaluate("prod-west").catch((error: unknown) => error);
    expect(String(failure)).to.match(
      /^Error: The stack prod-west joins prod-east, which shares nothing yet\. Run "pulumi up --stack prod-east" first.*unknown stack "organization\/stayopen\/prod-east"\)$/,
    );
  });

  describe("with a domain in one stack only", () => {
    const named = DOMAIN;
    const refusal = async (primary: Record<string, string>, secondary: Record<string, string>) => {
      const { outputs } = await evaluate("prod-east", {}, primary);
      return String(await evaluate("prod-west", { "prod-east": outputs }, secondary).catch((error: unknown) => error));
    };

    it("stop the secondary, whose certificates could not be validated", async () => {
      expect(await refusal({}, named)).to.include(
        'prod-east has no stayopen:domain, this one stayopen:domain "example.com"',
      );
    });

    it("stop the secondary without a domain when the primary has one", async () => {
      expect(await refusal(named, {})).to.include(
        'prod-east has stayopen:domain "example.com", this one no stayopen:domain',
      );
    });

    it("accept a primary of an earlier release, which does not export its domain", async () => {
      const { outputs } = await evaluate("prod-east", {}, named);
      const { domain: _unsaid, ...shared } = outputs["shared"] as Record<string, unknown>;
      const { registrations } = await evaluate("prod-west", { "prod-east": { ...outputs, shared } }, named);
      expect(registrations.map(({ type }) => type)).to.include("aws:route53/record:Record");
    });
  });
});
