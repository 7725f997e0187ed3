import "../../../disablePromiseTraces";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { PolicyStatement } from "../../../components/deliveryPipeline/policyStatement";
import { OrderService, type OrderServiceArgs, stripe } from "../../../components/orderService";
import type { PaymentElement, PaymentOrigins } from "../../../domain/order";
import { isPermitted } from "../../kit/isPermitted";
import { expectRefusal } from "../../kit/refusals";

type Inputs = Record<string, unknown>;
interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
  Sid?: string;
}

const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "der" })
  .toString("base64");

const usual: OrderServiceArgs = {
  auth: { authorizer: { name: "authorizer", invokeArn: "arn:aws:apigateway:us-east-1:lambda:path/authorizer" } },
  catalogue: { tableName: "products", tableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/products" },
  payment: { endpoint: "https://payment.example.com", apiKey: "p-key", webhookSecret: "whsec_cA==" },
  shipping: { endpoint: "https://shipping.example.com", apiKey: "s-key", webhookSecret: "whsec_cw==" },
  mail: { from: "orders@example.com" },
};

/** The text of a function's bundle. */
async function bundleOf({ code }: Inputs): Promise<string> {
  const assets = await (code as pulumi.asset.AssetArchive).assets;
  return readFileSync(await (assets["index.js"] as pulumi.asset.FileAsset).path, "utf8");
}

/** Registers an OrderService with mocked outputs. */
async function register(changes: Partial<OrderServiceArgs> = {}) {
  const resources: { type: string; name: string; inputs: Inputs }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const service = type.split(/[:/]/)[1] ?? "";
        const arn = `arn:aws:${service}:us-east-1:123456789012:${name}`;
        const known = { arn, name: inputs.name ?? name, url: `https://queue/${name}`, keyId: "mrk-1", invokeArn: arn };
        return {
          id: `${name}-id`,
          state: { ...known, streamArn: `${arn}/stream/1`, apiEndpoint: "https://api", ...inputs },
        };
      },
      call: ({ inputs }) => ({ ...inputs, publicKey }),
    },
    "store",
    "test",
  );
  let outputs:
    | {
        url: string;
        card: { keyId: string; jwk: { kty: string } };
        paymentElement?: { settings: PaymentElement; origins: PaymentOrigins };
      }
    | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const orders = new OrderService("orders", { ...usual, ...changes });
    const { url, card, paymentElement } = orders;
    outputs = await new Promise((resolve) => pulumi.output({ url, card, paymentElement }).apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const named = (type: string, name: string) => {
    const found = of(type).find((resource) => resource.name === name);
    if (!found) throw new Error(`There is no ${type} "${name}".`);
    return found.inputs;
  };
  const statements = (name: string) =>
    (JSON.parse(String(named("RolePolicy", `orders-${name}-grants`)["policy"])) as { Statement: Statement[] })
      .Statement;
  const actions = (name: string) => statements(name).flatMap(({ Action }) => Action);
  return { outputs: outputs!, resources, of, named, statements, actions };
}

const stripeAccount = {
  apiKey: "rk_live_1",
  webhookSecrets: ["whsec_old", "whsec_new"],
  returnUrl: "https://www.example.com/orders/{orderId}",
};

const functions = [
  "submit",
  "read",
  "cancel",
  "refund",
  "refunder",
  "webhooks",
  "resume",
  "health",
  "authorize",
  "settle",
  "ship",
  "dispatcher",
  "sweeper",
  "eraser",
  "takeover",
  "notifier",
  "invoice",
  "invoicer",
];

describe("OrderService", function () {
  // The first registration builds eleven bundles.
  this.timeout(180_000);
  let made: Awaited<ReturnType<typeof register>>;
  before(async () => {
    made = await register();
  });

  it("creates the order table by id and Region, with key-only indexes, a stream, deletion protection and recovery", () => {
    const table = made.named("Table", "orders-orders");
    expect(table).to.deep.include({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "orderId",
      rangeKey: "region",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
    });
    const indexes = table["globalSecondaryIndexes"] as { name: string; projectionType: string; keySchemas: unknown }[];
    expect(indexes.map(({ name, projectionType }) => [name, projectionType])).to.deep.equal([
      ["open", "KEYS_ONLY"],
      ["byCustomer", "KEYS_ONLY"],
    ]);
    expect(indexes[0]?.keySchemas).to.deep.equal([
      { attributeName: "openIn", keyType: "HASH" },
      { attributeName: "sweepAt", keyType: "RANGE" },
    ]);
  });

  it("creates the card table with an expiry and without backups", () => {
    const table = made.named("Table", "orders-cards");
    expect(table).to.deep.include({
      pointInTimeRecovery: { enabled: false },
      ttl: { enabled: true, attributeName: "expiresAt" },
    });
    expect(table).to.not.have.property("streamEnabled");
  });

  it("protects and backs up nothing with `protectData: false`", async () => {
    const { named } = await register({ protectData: false });
    expect(named("Table", "orders-orders")).to.deep.include({
      deletionProtectionEnabled: false,
      pointInTimeRecovery: { enabled: false },
    });
    expect(named("Table", "orders-cards")).to.deep.include({ pointInTimeRecovery: { enabled: false } });
  });

  it("allows only the authorizing function to decrypt cards, administrators excluded", () => {
    expect(made.named("Key", "orders-card-key")).to.include({
      keyUsage: "ENCRYPT_DECRYPT",
      customerMasterKeySpec: "RSA_2048",
      multiRegion: true,
    });
    for (const name of functions) {
      const decrypts = made.actions(name).some((action) => action.startsWith("kms:"));
      expect(decrypts, name).to.equal(name === "authorize");
    }
    const policy = JSON.parse(String(made.named("KeyPolicy", "orders-card-key")["policy"])) as {
      Statement: Statement[];
    };
    const [administer, decrypt] = policy.Statement;
    expect(administer?.Action).to.not.include.members(["kms:*"]);
    expect([administer?.Action].flat().join()).to.not.match(/crypt|kms:Sign|kms:Generate/i);
    // A grant would allow decryption too.
    expect([administer?.Action].flat().join()).to.not.match(/kms:Create(\*|Grant)/);
    expect(decrypt).to.deep.include({
      Action: "kms:Decrypt",
      Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam:us-east-1:123456789012:orders-authorize-role" } },
    });
  });

  describe("with a break-glass role", () => {
    const breakGlassRoleArn = "arn:aws:iam::123456789012:role/break-glass";
    const everything = [{ Effect: "Allow" as const, Action: "*", Resource: "*" }];
    let guarded: Awaited<ReturnType<typeof register>>;
    before(async () => {
      guarded = await register({ breakGlassRoleArn, replicaRegions: ["us-west-2"] });
    });
    /** Decides as KMS does for a principal of the account whose own policies allow everything. */
    const may = (action: string, principal: string) => {
      const { Statement } = JSON.parse(String(guarded.named("KeyPolicy", "orders-card-key")["policy"]));
      return isPermitted(
        { action, resource: "key", context: { "aws:PrincipalArn": principal } },
        everything,
        Statement as PolicyStatement[],
      );
    };
    const changes = ["kms:PutKeyPolicy", "kms:ReplicateKey", "kms:CreateGrant", "kms:UpdatePrimaryRegion"];

    it("lets no administrator and no release change the card key's policy, replicate it or grant its use", () => {
      for (const role of ["admin", "release-production-deploy"]) {
        const principal = `arn:aws:iam::123456789012:role/${role}`;
        for (const action of [...changes, "kms:Decrypt"]) expect(may(action, principal), action).to.equal(false);
        for (const action of ["kms:DescribeKey", "kms:ScheduleKeyDeletion", "kms:GetPublicKey"]) {
          expect(may(action, principal), action).to.equal(true);
        }
      }
    });

    it("lets that role change the policy and replicate the key, and not decrypt", () => {
      expect(may("kms:PutKeyPolicy", breakGlassRoleArn)).to.equal(true);
      expect(may("kms:ReplicateKey", breakGlassRoleArn)).to.equal(true);
      expect(may("kms:Decrypt", breakGlassRoleArn)).to.equal(false);
    });

    it("lets KMS synchronize the replica, and the authorizing function decrypt", () => {
      const serviceRole =
        "arn:aws:iam::123456789012:role/aws-service-role/mrk.kms.amazonaws.com/AWSServiceRoleForKeyManagementServiceMultiRegionKeys";
      expect(may("kms:SynchronizeMultiRegionKey", serviceRole)).to.equal(true);
      expect(may("kms:Decrypt", "arn:aws:iam:us-east-1:123456789012:orders-authorize-role")).to.equal(true);
    });

    it("bypasses the check of KMS that would refuse such a policy, and only then", () => {
      expect(guarded.named("KeyPolicy", "orders-card-key")["bypassPolicyLockoutSafetyCheck"]).to.equal(true);
      expect(made.named("KeyPolicy", "orders-card-key")).not.to.have.property("bypassPolicyLockoutSafetyCheck");
    });
  });

  it("continues erasures every hour, with the accounts only where it is given them", async () => {
    const schedule = made.named("Schedule", "orders-erase");
    expect(schedule["scheduleExpression"]).to.equal("rate(60 minutes)");
    const own = ["dynamodb:DeleteItem", "dynamodb:UpdateItem", "s3:DeleteObjectVersion", "s3:ListBucketVersions"];
    expect(made.actions("eraser").flat()).to.include.members(own);
    expect(JSON.stringify(made.statements("eraser"))).not.to.include("cognito-idp");
    const userPool = { id: "us-east-1_A", arn: "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A" };
    const directory = { name: "directory", arn: "arn:aws:dynamodb:us-east-1:1:table/directory" };
    const withAccounts = await register({ accounts: { userPool, directory } });
    const statements = withAccounts.statements("eraser");
    const on = (arn: string) =>
      statements.filter(({ Resource }) => [Resource].flat().includes(arn)).flatMap(({ Action }) => Action);
    expect(on(userPool.arn)).to.have.members(["cognito-idp:ListUsers", "cognito-idp:AdminDeleteUser"]);
    expect(on(directory.arn)).to.have.members(["dynamodb:Scan", "dynamodb:DeleteItem"]);
  });

  describe("with keys for its tables", () => {
    const tableKey = {
      arn: "arn:aws:kms:us-east-1:1:key/e",
      replicas: { "us-west-2": "arn:aws:kms:us-west-2:1:key/w" },
    };

    it("encrypts orders, cards and stock and their replicas with them", async () => {
      const keyed = await register({ tableKey, replicaRegions: ["us-west-2"] });
      expect(keyed.of("Table")).to.have.length(3);
      for (const { name, inputs } of keyed.of("Table")) {
        expect(inputs["serverSideEncryption"], name).to.deep.equal({ enabled: true, kmsKeyArn: tableKey.arn });
        const replicas = inputs["replicas"] as { kmsKeyArn: string }[];
        expect(replicas.map(({ kmsKeyArn }) => kmsKeyArn)).to.deep.equal([tableKey.replicas["us-west-2"]]);
      }
    });

    it("refuses a replica without a key of its Region", async () => {
      const args = { ...usual, tableKey, replicaRegions: ["eu-west-1"] };
      await expectRefusal(
        "OrderService",
        () => new OrderService("orders", args),
        /`tableKey\.replicas` has no key of eu-west-1; it must have one for each of `replicaRegions`, because DynamoDB/,
      );
    });
  });

  describe("during a rotation of the card key", () => {
    const setting = (of: Awaited<ReturnType<typeof register>>, name: string, key: string) => {
      const { variables } = of.named("Function", `orders-${name}-function`)["environment"] as {
        variables: Record<string, string>;
      };
      return JSON.parse(variables[key]!) as string[];
    };

    it("keeps the first key's resources at every step, and has accepted and current keys in both functions", async () => {
      const steps = [{ current: 1 }, { current: 1, accepted: [2] }, { current: 2, accepted: [1] }, { current: 2 }];
      const keysOf = { 1: "orders-card-key", 2: "orders-card-key-2" };
      for (const cardKeys of steps) {
        const step = await register({ cardKeys, replicaRegions: ["us-west-2"] });
        const names = [cardKeys.current, ...(cardKeys.accepted ?? [])].map((n) => keysOf[n as 1 | 2]);
        expect(step.of("Key").map(({ name }) => name)).to.deep.equal(names);
        expect(step.of("ReplicaKey").map(({ name }) => name)).to.deep.equal(names.map((n) => `${n}-us-west-2`));
        expect(step.of("KeyPolicy").map(({ name }) => name)).to.have.members(names);
        expect(setting(step, "submit", "CARD_KEY_IDS")).to.have.length(names.length);
        expect(setting(step, "authorize", "CARD_KEY_ARNS").map((arn) => arn.split(":").at(-1))).to.deep.equal(names);
        const decrypts = step.statements("authorize").filter(({ Action }) => [Action].flat().includes("kms:Decrypt"));
        expect(decrypts.flatMap(({ Resource }) => Resource)).to.have.length(names.length);
      }
    });

    for (const [what, cardKeys, sentence] of [
      ["a generation twice", { current: 1, accepted: [1] }, /`cardKeys` names 1, 1; it must name each generation once/],
      ["a generation of zero", { current: 0 }, /`cardKeys` is 0/],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const given = { ...usual, cardKeys: cardKeys as { current: number } };
        await expectRefusal("OrderService", () => new OrderService("orders", given), sentence);
      });
    }
  });

  it("grants each function the permissions that it uses, on named resources", () => {
    const everywhere = new Set(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    for (const name of functions) {
      for (const { Action, Resource } of made.statements(name)) {
        if ([Resource].flat().includes("*")) {
          for (const action of [Action].flat()) expect(everywhere.has(action), `${name}: ${action}`).to.equal(true);
        }
      }
      expect(made.actions(name).filter((action) => action.includes("*"))).to.deep.equal([]);
    }
    expect(made.actions("submit")).to.include.members(["dynamodb:PutItem", "dynamodb:BatchGetItem"]);
    expect(made.actions("read").filter((action) => /Put|Update|Delete/.test(action))).to.deep.equal([
      "logs:PutLogEvents",
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
    ]);
    expect(made.actions("settle").join()).to.not.match(/states:/);
  });

  it("lets the health check access its own item only", () => {
    const touching = made
      .statements("health")
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith("dynamodb:")));
    expect(touching).to.have.length(2);
    for (const { Condition } of touching) {
      expect(Condition).to.deep.equal({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["health"] } });
    }
  });

  it("stores the providers' keys as secrets that only their callers read", () => {
    const parameters = made.of("Parameter");
    expect(parameters).to.have.length(4);
    for (const { inputs } of parameters) expect(inputs["type"]).to.equal("SecureString");
    const readers = (parameter: string) =>
      functions.filter((name) =>
        made.statements(name).some(({ Resource }) => [Resource ?? []].flat().some((arn) => arn.endsWith(parameter))),
      );
    expect(readers("orders-payment-api-key")).to.have.members(["authorize", "settle", "refunder"]);
    expect(readers("orders-shipping-api-key")).to.deep.equal(["ship"]);
    expect(readers("orders-payment-webhook-secret")).to.deep.equal(["webhooks"]);
    for (const { inputs } of made.of("Function")) {
      const { variables } = (inputs["environment"] ?? {}) as { variables?: Record<string, string> };
      expect(Object.values(variables ?? {})).to.not.include.members(["p-key", "s-key"]);
    }
  });

  it("requires sign-in for customers' and merchandisers' routes only", () => {
    const signIn = Object.fromEntries(
      made.of("Route").map(({ inputs }) => [inputs["routeKey"], inputs["authorizationType"] === "CUSTOM"]),
    );
    expect(signIn).to.deep.equal({
      "POST /api/orders": true,
      "POST /api/orders/quotes": true,
      "GET /api/orders": true,
      "GET /api/orders/{orderId}": true,
      "GET /api/orders/{orderId}/invoice": true,
      "GET /api/orders/{orderId}/refunds/{refundId}/credit-note": true,
      "POST /api/orders/{orderId}/cancel": true,
      "GET /api/orders/stock/{productId}/shares": true,
      "PUT /api/orders/stock/{productId}/deliveries/{deliveryId}": true,
      "POST /api/orders/{orderId}/refunds": true,
      "GET /api/orders/{orderId}/refunds": true,
      "POST /api/orders/webhooks/payment": false,
      "POST /api/orders/webhooks/shipping": false,
      "GET /api/orders/health": false,
      "GET /api/orders/openapi.json": false,
      $default: false,
    });
  });

  it("has one reader of each stream, which items without consequences do not invoke", () => {
    const readers = made
      .of("EventSourceMapping")
      .filter(({ inputs }) => String(inputs["eventSourceArn"]).includes("/stream/"));
    expect(readers.map(({ name }) => name)).to.have.members(["orders-stream", "orders-stock-stream"]);
    readers.sort((first, second) => second.name.localeCompare(first.name));
    const [, stock] = readers.map(({ inputs }) => inputs["filterCriteria"] as { filters: { pattern: string }[] });
    expect(JSON.parse(stock!.filters[0]!.pattern).dynamodb.NewImage.kind).to.deep.equal({ S: ["share", "delivery"] });
    const { filterCriteria, ...mapping } = readers[0]!.inputs;
    expect(mapping).to.deep.include({
      startingPosition: "TRIM_HORIZON",
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(mapping).to.have.property("destinationConfig");
    const { filters } = filterCriteria as { filters: { pattern: string }[] };
    expect(JSON.parse(filters[0]!.pattern)).to.deep.equal({
      eventName: ["INSERT", "MODIFY"],
      dynamodb: { NewImage: { kind: { S: ["order", "cancel", "refund"] } } },
    });
  });

  it("creates a Standard workflow that logs errors without data and may invoke its three functions only", () => {
    const machine = made.named("StateMachine", "orders-workflow");
    expect(machine).to.deep.include({
      name: "store-test-orders-workflow",
      type: "STANDARD",
      tracingConfiguration: { enabled: true },
    });
    expect(machine["loggingConfiguration"]).to.include({ level: "ERROR", includeExecutionData: false });
    const policy = JSON.parse(String(made.named("RolePolicy", "orders-workflow")["policy"])) as {
      Statement: Statement[];
    };
    expect(policy.Statement[0]?.Resource).to.have.length(3);
  });

  it("answers tasks of its own state machine only, by its future ARN", () => {
    const arn = "arn:aws:states:us-east-1:123456789012:stateMachine:store-test-orders-workflow";
    for (const name of ["authorize", "ship", "resume", "dispatcher"]) {
      const answering = made
        .statements(name)
        .find(({ Action }) => [Action].flat().some((action) => action.startsWith("states:SendTask")));
      expect(answering?.Resource, name).to.deep.equal([arn]);
    }
  });

  it("lets webhooks invoke their two workers and read orders only", () => {
    const calling = made
      .statements("webhooks")
      .filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"));
    const workers = ["orders-resume-function", "orders-ship-function"];
    expect(calling.flatMap(({ Resource }) => Resource)).to.deep.equal(
      workers.map((worker) => `arn:aws:lambda:us-east-1:123456789012:${worker}`),
    );
    const own = made.actions("webhooks").filter((action) => !/^(logs|xray|ssm):/.test(action));
    expect(new Set(own)).to.deep.equal(new Set(["dynamodb:GetItem", "lambda:InvokeFunction"]));
  });

  it("sends failed webhook events to a dead-letter queue with an alarm", () => {
    for (const worker of ["resume", "ship"]) {
      expect(made.named("Function", `orders-${worker}-function`)["deadLetterConfig"]).to.deep.equal({
        targetArn: "arn:aws:sqs:us-east-1:123456789012:orders-webhooks-failed",
      });
      expect(made.actions(worker)).to.include("sqs:SendMessage");
      expect(made.named("FunctionEventInvokeConfig", `orders-${worker}-calls`)).to.include({
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 3_600,
      });
    }
  });

  it("sends changes through a queue with a dead-letter queue, to which only its topic may send", () => {
    const queue = made.named("Queue", "orders-notifications");
    expect(JSON.parse(String(queue["redrivePolicy"]))).to.include({ maxReceiveCount: 5 });
    expect(queue).to.include({ visibilityTimeoutSeconds: 180, sqsManagedSseEnabled: true });
    const policy = JSON.parse(String(made.named("QueuePolicy", "orders-notifications")["policy"])) as {
      Statement: Statement[];
    };
    expect(policy.Statement[0]?.Condition).to.deep.equal({
      ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:orders-changes" },
    });
  });

  it("creates alarms for failures that retries do not resolve", () => {
    expect(made.of("MetricAlarm").map(({ name }) => name)).to.have.members([
      "orders-executions-failed",
      "orders-executions-timed-out",
      "orders-executions-aborted",
      "orders-refund-failing",
      "orders-parked",
      "orders-unknown-region",
      "orders-stream-failures-not-empty",
      "orders-notifications-failed-not-empty",
      "orders-invoices-failed-not-empty",
      "orders-webhooks-failed-not-empty",
    ]);
  });

  it("stores invoices in a private bucket without replication, readable over TLS only", () => {
    const name = "orders-invoices";
    expect(made.named("BucketPublicAccessBlock", name)).to.include({
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    });
    expect(made.named("BucketVersioning", name)["versioningConfiguration"]).to.deep.equal({ status: "Enabled" });
    expect(made.named("BucketServerSideEncryptionConfiguration", name)["rules"]).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const { Statement } = JSON.parse(String(made.named("BucketPolicy", name)["policy"])) as {
      Statement: (Statement & { Effect: string })[];
    };
    expect(Statement.map(({ Sid, Effect }) => [Sid, Effect])).to.deep.equal([
      ["TlsOnly", "Deny"],
      ["StaysInItsRegion", "Deny"],
    ]);
    expect(Statement[1]?.Action).to.equal("s3:PutReplicationConfiguration");
    expect(made.of("BucketReplicationConfig")).to.deep.equal([]);
  });

  it("expires invoices after the configured time", async () => {
    const rules = ({ named }: Pick<typeof made, "named">) =>
      (named("BucketLifecycleConfiguration", "orders-invoices")["rules"] as { expiration?: object }[]).map(
        ({ expiration }) => expiration,
      );
    expect(rules(made)).to.deep.equal([undefined]);
    const changes = { protectData: false, invoices: { bucketName: "my-invoices", keepDays: 3_653 } };
    const custom = await register(changes);
    expect(rules(custom)).to.deep.equal([{ days: 3_653 }]);
    expect(custom.named("Bucket", "orders-invoices")).to.include({ bucket: "my-invoices", forceDestroy: true });
  });

  it("lets one function write invoices of delivered orders, and another one read them", () => {
    // Erasures write them again without name and address.
    for (const name of functions.filter((one) => one !== "eraser")) {
      const s3 = made.actions(name).filter((action) => action.startsWith("s3:"));
      expect(s3, name).to.deep.equal(
        name === "invoicer" ? ["s3:PutObject"] : name === "invoice" ? ["s3:GetObject"] : [],
      );
    }
    const granted = made.statements("invoice").find(({ Action }) => String(Action) === "s3:GetObject");
    expect(granted?.Resource).to.deep.equal(["arn:aws:s3:us-east-1:123456789012:orders-invoices/invoices/*"]);
    expect(made.named("TopicSubscription", "orders-invoices")).to.include({
      filterPolicy: '{"status":["DELIVERED","REFUNDED"]}',
      rawMessageDelivery: true,
    });
  });

  it("lets the function that shows invoices find the peer Region, if there is one", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/state";
    const regions = { tableName: pulumi.output("state"), tableArn: pulumi.output(arn) };
    const { statements } = await register({ regions });
    expect(JSON.stringify(statements("invoice"))).to.contain(arn);
    for (const name of functions.filter((one) => one !== "invoice")) {
      expect(JSON.stringify(statements(name)), name).to.not.contain(arn);
    }
  });

  it("outputs its address and the public card key", () => {
    expect(made.outputs.url).to.equal("https://api");
    expect(made.outputs.card).to.deep.include({ keyId: "mrk-1" });
    expect(made.outputs.card.jwk).to.have.all.keys("kty", "n", "e");
  });

  it("uses existing tables and an existing key, and creates none", async () => {
    const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
    const { of, named, statements } = await register({
      existingData: {
        orders: { name: "orders", arn, streamArn: `${arn}/stream/1` },
        cards: { name: "cards", arn: "arn:aws:dynamodb:us-west-2:123456789012:table/cards" },
        stock: { name: "stock", arn, streamArn: `${arn}/stream/2` },
        cardKey: { keyId: "mrk-2", arn: "arn:aws:kms:us-west-2:123456789012:key/mrk-2" },
      },
    });
    expect([of("Table"), of("Key"), of("ReplicaKey")].map((found) => found.length)).to.deep.equal([0, 0, 0]);
    expect(JSON.stringify(statements("authorize"))).to.contain("key/mrk-2");
    // The replica's key policy belongs to this Region: only its own authorizing role may decrypt.
    const { keyId, policy } = named("KeyPolicy", "orders-card-key");
    expect(keyId).to.equal("mrk-2");
    const { Statement } = JSON.parse(String(policy)) as { Statement: Statement[] };
    expect(Statement.find(({ Action }) => Action === "kms:Decrypt")?.Condition).to.deep.equal({
      ArnEquals: { "aws:PrincipalArn": "arn:aws:iam:us-east-1:123456789012:orders-authorize-role" },
    });
  });

  describe("as the primary of two Regions", () => {
    let primary: Awaited<ReturnType<typeof register>>;
    before(async () => {
      primary = await register({ replicaRegions: ["us-west-2"] });
    });
    const replica = { regionName: "us-west-2", consistencyMode: "EVENTUAL", propagateTags: true };

    it("protects both replicas, and backs up the one of the orders only", () => {
      expect(primary.named("Table", "orders-orders")["replicas"]).to.deep.equal([
        { ...replica, deletionProtectionEnabled: true, pointInTimeRecovery: true },
      ]);
      expect(primary.named("Table", "orders-cards")["replicas"]).to.deep.equal([
        { ...replica, deletionProtectionEnabled: true, pointInTimeRecovery: false },
      ]);
    });

    it("gives the card table the stream that replication needs, without readers", () => {
      expect(primary.named("Table", "orders-cards")).to.include({
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      });
      const read = primary.of("EventSourceMapping").map(({ inputs }) => String(inputs["eventSourceArn"]));
      expect(read.filter((arn) => arn.includes("orders-cards"))).to.deep.equal([]);
    });

    it("creates the key's replica, with which no role can decrypt until the peer Region's stack allows it", () => {
      const key = primary.named("ReplicaKey", "orders-card-key-us-west-2");
      expect(key).to.include({ region: "us-west-2" });
      const { Statement } = JSON.parse(String(key["policy"])) as { Statement: Statement[] };
      expect(Statement).to.have.length(1);
      expect([Statement[0]?.Action].flat().join()).to.not.match(/crypt|kms:\*|kms:Sign|kms:Generate/i);
    });

    it("lets the service-linked role of KMS synchronize key and replica", () => {
      const synchronized = (policy: unknown) =>
        (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement.some(
          ({ Action, Condition }) => Action.includes("kms:SynchronizeMultiRegionKey") && !Condition,
        );
      expect(synchronized(primary.named("ReplicaKey", "orders-card-key-us-west-2")["policy"])).to.equal(true);
      expect(synchronized(primary.named("KeyPolicy", "orders-card-key")["policy"])).to.equal(true);
    });

    it("refuses to replicate existing tables and keys", async () => {
      const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
      const existingData = {
        orders: { name: "orders", arn, streamArn: `${arn}/stream/1` },
        cards: { name: "cards", arn },
        stock: { name: "stock", arn, streamArn: `${arn}/stream/2` },
        cardKey: { keyId: "mrk-2", arn },
      };
      await expectRefusal(
        "OrderService",
        () => new OrderService("orders", { ...usual, existingData, replicaRegions: ["us-west-2"] }),
        /`existingData` and `replicaRegions` are given; give at most one/,
      );
    });
  });

  it("grants the takeover to read open orders and write own items, and does not retry a call", () => {
    const actions = made.actions("takeover").filter((action) => action.startsWith("dynamodb:"));
    expect([...new Set(actions)].sort()).to.deep.equal(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]);
    expect(made.named("FunctionEventInvokeConfig", "orders-takeover-calls")).to.include({ maximumRetryAttempts: 0 });
  });

  it("sends mail as its sender only, by any verified identity, and creates none", () => {
    expect(made.of("EmailIdentity")).to.deep.equal([]);
    const onlyAs = { StringEquals: { "ses:FromAddress": "orders@example.com" } };
    const ses = "arn:aws:ses:us-east-1:123456789012";
    const mailing = made.statements("notifier").filter(({ Action }) => Action.includes("ses:SendEmail"));
    expect(mailing.map(({ Resource, Condition }) => ({ Resource, Condition }))).to.deep.equal([
      { Resource: [`${ses}:identity/*`], Condition: onlyAs },
      // An identity may have a default configuration set, for which SES requires a permission too.
      { Resource: [`${ses}:configuration-set/*`], Condition: onlyAs },
    ]);
  });

  it("may send text messages if countries are listed, and publish to no topic", async () => {
    const texting = await register({ textMessages: { countries: ["+49"] } });
    const sending = texting.statements("notifier").filter(({ Action }) => [Action].flat().includes("sns:Publish"));
    expect(sending).to.deep.equal([{ Effect: "Allow", Action: ["sns:Publish"], NotResource: ["arn:aws:sns:*:*:*"] }]);
  });

  it("has no permission for text messages unless countries are listed", async () => {
    const texts = ({ named }: Awaited<ReturnType<typeof register>>) =>
      (named("Function", "orders-notifier-function")["environment"] as { variables: Inputs }).variables[
        "TEXT_MESSAGES"
      ];
    expect(made.actions("notifier")).to.not.include("sns:Publish");
    expect(texts(made)).to.equal(undefined);
    const texting = await register({ textMessages: { countries: ["+49"] } });
    expect(texting.actions("notifier")).to.include("sns:Publish");
    expect(JSON.parse(String(texts(texting)))).to.deep.equal({
      countries: ["+49"],
      unverified: false,
      perCustomerDay: 10,
    });
  });

  it("allows as many mails as the orders that a customer may place have statuses, unless another limit is set", async () => {
    const mails = ({ named }: Awaited<ReturnType<typeof register>>) =>
      (named("Function", "orders-notifier-function")["environment"] as { variables: Inputs }).variables[
        "MAILS_PER_DAY"
      ];
    expect(mails(made)).to.equal("500");
    expect(mails(await register({ ordersPerCustomerDay: 1_000 }))).to.equal("10000");
    expect(mails(await register({ mail: { from: "orders@example.com", perCustomerDay: 7 } }))).to.equal("7");
  });

  it("gathers the changes of 20 seconds in a mail unless another time is set", async () => {
    const delayOf = ({ named }: Awaited<ReturnType<typeof register>>) => {
      const { variables } = named("Function", "orders-notifier-function")["environment"] as { variables: Inputs };
      return [variables["GATHER_SECONDS"], named("Queue", "orders-notifications")["delaySeconds"]];
    };
    expect(delayOf(made)).to.deep.equal(["20", 20]);
    const atOnce = await register({ mail: { from: "orders@example.com", gatherSeconds: 0 } });
    expect(delayOf(atOnce)).to.deep.equal(["0", 0]);
  });

  it("creates no notifier, no queue and no alarm for it with mails off and no other channel", async () => {
    const { of } = await register({ mail: "off" });
    const names = ["Function", "Queue", "MetricAlarm", "EventSourceMapping"].flatMap((type) =>
      of(type).map(({ name }) => name),
    );
    expect(names.filter((name) => /notif/.test(name))).to.deep.equal([]);
    expect(names).to.include("orders-invoicer-function");
  });

  it("sends text messages without mails", async () => {
    const { actions, named } = await register({ mail: "off", storeName: "Shop", textMessages: { countries: ["+49"] } });
    expect(actions("notifier")).to.include("sns:Publish").and.not.include("ses:SendEmail");
    const { variables } = named("Function", "orders-notifier-function")["environment"] as { variables: Inputs };
    expect(variables).to.include({ STORE_NAME: "Shop" }).and.not.have.property("MAIL_FROM");
  });

  it("bundles the caller's composers into the functions that send or write texts alone", async () => {
    const { of } = await register({
      texts: () => ({
        mail: ({ text }) => ({ subject: "Neues zu Ihrer Bestellung", text }),
        invoice: (page) => page.replace("Invoice", "Rechnung"),
      }),
    });
    const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
    const withText = (await Promise.all(bundles)).filter(([, text]) => text.includes("Neues zu Ihrer Bestellung"));
    expect(withText.map(([name]) => name)).to.have.members([
      "orders-notifier-function",
      "orders-invoicer-function",
      "orders-eraser-function",
    ]);
  });

  describe("with webhooks to customers", () => {
    const [older, newer] = [1, 2].map((byte) => `whsec_${Buffer.alloc(24, byte).toString("base64")}`) as [
      string,
      string,
    ];
    let hooked: Awaited<ReturnType<typeof register>>;
    before(async () => {
      hooked = await register({
        webhooks: {
          erp: { url: "https://erp.example.com/hooks", secrets: [newer, older], timeoutSeconds: 3 },
          acme: { url: "https://acme.example.com", secrets: [newer], customerIds: ["c-1", "c-2"], internal: true },
        },
      });
    });

    it("gives each endpoint a queue with long retries, filtered by its customers, and few deliveries at a time", () => {
      const { named } = hooked;
      for (const endpoint of ["erp", "acme"]) {
        const name = `orders-notifications-${endpoint}`;
        expect(JSON.parse(String(named("Queue", name)["redrivePolicy"]))).to.deep.equal({
          deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:orders-notifications-failed",
          maxReceiveCount: 50,
        });
        expect(named("EventSourceMapping", name)).to.deep.include({
          functionResponseTypes: ["ReportBatchItemFailures"],
          scalingConfig: { maximumConcurrency: 5 },
        });
      }
      expect(named("TopicSubscription", "orders-notifications-erp")["filterPolicy"]).to.equal(undefined);
      expect(JSON.parse(String(named("TopicSubscription", "orders-notifications-acme")["filterPolicy"]))).to.deep.equal(
        {
          customerId: ["c-1", "c-2"],
        },
      );
    });

    it("keeps both secrets of a rotation in a parameter that the notifier alone reads", () => {
      const parameters = hooked.of("Parameter").filter(({ name }) => name.startsWith("orders-webhook-"));
      // The provider makes the value a secret, in a wrapper of Pulumi's.
      const secretsOf = ({ value }: Inputs) => (value as { value: string }).value;
      expect(parameters.map(({ name, inputs }) => [name, inputs["type"], secretsOf(inputs)])).to.deep.equal([
        ["orders-webhook-erp", "SecureString", `${newer} ${older}`],
        ["orders-webhook-acme", "SecureString", newer],
      ]);
      const { variables } = hooked.named("Function", "orders-notifier-function")["environment"] as {
        variables: Inputs;
      };
      expect(JSON.stringify(variables)).to.not.contain("whsec_");
      expect(JSON.parse(String(variables["WEBHOOKS"])).erp).to.include({ timeoutMs: 3_000, internal: false });
      expect(JSON.parse(String(variables["WEBHOOKS"])).acme).to.include({ timeoutMs: 5_000, internal: true });
      expect(hooked.actions("notifier")).to.include.members(["ssm:GetParameter", "sqs:ChangeMessageVisibility"]);
    });

    it("leaves the webhooks out of every other notifier's bundle and grants", async () => {
      const bundle = await bundleOf(made.named("Function", "orders-notifier-function"));
      expect(bundle).to.not.contain("stayopen-webhooks").and.not.contain("ChangeMessageVisibility");
      expect(await bundleOf(hooked.named("Function", "orders-notifier-function"))).to.contain("stayopen-webhooks");
      expect(made.actions("notifier")).to.not.include("sqs:ChangeMessageVisibility");
    });

    it("is the only channel of a store without mails", async () => {
      const { of } = await register({
        mail: "off",
        webhooks: { erp: { url: "https://erp.example.com", secrets: [newer] } },
      });
      const queues = of("Queue").filter(({ name }) => name.startsWith("orders-notifications"));
      expect(queues.map(({ name }) => name)).to.have.members([
        "orders-notifications-erp",
        "orders-notifications-failed",
      ]);
    });

    const webhook = { url: "https://erp.example.com", secrets: [newer] };
    const refused: [string, NonNullable<OrderServiceArgs["webhooks"]>, RegExp][] = [
      ["a name with a dot", { "a.b": webhook }, /`webhooks\.a\.b` is no name/],
      [
        "an address without TLS",
        { erp: { ...webhook, url: "http://erp.example.com" } },
        /`webhooks\.erp\.url` is "http:/,
      ],
      ["a user name", { erp: { ...webhook, url: "https://a:b@erp.example.com" } }, /without a user name/],
      ["no secret", { erp: { ...webhook, secrets: [] } }, /`webhooks\.erp\.secrets` has 0 secrets/],
      ["three secrets", { erp: { ...webhook, secrets: [newer, older, newer] } }, /has 3 secrets/],
      [
        "another secret",
        { erp: { ...webhook, secrets: ["hunter2"] } },
        /`webhooks\.erp\.secrets\[0\]` has another form; /,
      ],
      ["a long time-out", { erp: { ...webhook, timeoutSeconds: 20 } }, /between 1 and 10/],
      ["no customer", { erp: { ...webhook, customerIds: [] } }, /`webhooks\.erp\.customerIds` is empty/],
      [
        "too many customers",
        { erp: { ...webhook, customerIds: Array.from({ length: 151 }, (_, index) => `c-${index}`) } },
        /has more than 150 ids/,
      ],
      ["a misspelt field", { erp: { ...webhook, secret: newer } as never }, /unknown field "secret"/],
    ];
    for (const [what, webhooks, sentence] of refused) {
      it(`refuses ${what}`, () =>
        expectRefusal("OrderService", () => new OrderService("orders", { ...usual, webhooks }), sentence));
    }
  });

  it("asks a function of the store's own between Authorize and Capture", async () => {
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:fraud";
    const { named, statements } = await register({ review: { function: { arn }, undecided: "accept" } });
    const { States } = JSON.parse(String(named("StateMachine", "orders-workflow")["definition"]));
    expect(States.Authorize.Next).to.equal("Review");
    expect(States.Review.Arguments.FunctionName).to.match(/orders-review-function$/);
    const invoked = named("RolePolicy", "orders-workflow")["policy"];
    expect(String(invoked)).to.contain("orders-review-function");
    const asked = statements("review").filter(({ Resource }) => [Resource].flat().includes(arn));
    expect(asked.flatMap(({ Action }) => Action)).to.deep.equal(["lambda:InvokeFunction"]);
    const { variables } = named("Function", "orders-review-function")["environment"] as { variables: Inputs };
    expect(variables["REVIEW_FUNCTION"]).to.equal(arn);
    expect(JSON.parse(String(variables["REVIEW"]))).to.deep.equal({
      ...{ timeoutMs: 5_000, limitSeconds: 600, undecided: "accept" },
    });
  });

  it("bundles a check that is written as a callback", async () => {
    const { named } = await register({
      review: {
        callbackFactory: () => (order) => ({ decision: order.total.amount > 1_000_000 ? "review" : "accept" }),
        environment: { SCORES: "scores-table" },
      },
    });
    const fn = named("Function", "orders-review-function");
    expect((fn["environment"] as { variables: Inputs }).variables).to.include({ SCORES: "scores-table" });
    expect(await bundleOf(fn)).to.match(/1e6|1000000/);
  });

  it("bundles functions of shipping methods and taxes into the function that takes orders alone", async () => {
    const { of } = await register({
      shippingMethods: [
        { id: "own", name: "Own Carrier", price: ({ address }) => (address.country === "DE" ? 4_321 : undefined) },
      ],
      tax: { pricesIncludeTax: true, rates: [{ name: "Own Tax", percent: ({ category }) => (category ? 8.8757 : 0) }] },
    });
    const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
    const having = (await Promise.all(bundles)).filter(([, text]) => text.includes("Own Carrier"));
    expect(having.map(([name]) => name)).to.deep.equal(["orders-submit-function"]);
    expect(having[0]?.[1])
      .to.match(/4_?321/)
      .and.contain("Own Tax")
      .and.contain("8.8757");
  });

  it("accepts a longest retry wait above the first one", async () => {
    const { named } = await register({ waits: { retries: { firstSeconds: 120 } } });
    const { States } = JSON.parse(String(named("StateMachine", "orders-workflow")["definition"]));
    expect(States.Capture.Retry[0]).to.include({ IntervalSeconds: 120, MaxDelaySeconds: 121 });
  });

  describe("paid by Stripe", () => {
    let paid: Awaited<ReturnType<typeof register>>;
    before(async () => {
      paid = await register({ payment: stripe(stripeAccount) });
    });

    it("has Stripe's card fields in the checkout with a publishable key only", async () => {
      expect(paid.outputs.paymentElement).to.equal(undefined);
      const { outputs } = await register({ payment: stripe({ ...stripeAccount, publishableKey: "pk_live_1" }) });
      const { settings, origins } = outputs.paymentElement!;
      expect(settings).to.deep.equal({ kind: "stripe", publishableKey: "pk_live_1" });
      expect(origins.scripts).to.include("https://js.stripe.com");
    });

    it("stores key and signing secrets, which only their callers read", () => {
      const values = paid
        .of("Parameter")
        .map(({ name, inputs }) => [name, inputs["type"], (inputs["value"] as { value: string }).value]);
      expect(values).to.deep.include(["orders-payment-api-key", "SecureString", "rk_live_1"]);
      expect(values).to.deep.include(["orders-payment-webhook-secrets", "SecureString", "whsec_old whsec_new"]);
      const readers = (parameter: string) =>
        functions.filter((name) =>
          paid.statements(name).some(({ Resource }) => [Resource ?? []].flat().some((arn) => arn.endsWith(parameter))),
        );
      expect(readers("orders-payment-api-key")).to.have.members(["authorize", "settle", "refunder"]);
      expect(readers("orders-payment-webhook-secrets")).to.deep.equal(["webhooks"]);
    });

    it("has Stripe's package in the bundles of the functions that call it, and in no other program", async () => {
      const withStripe = async ({ of }: typeof paid) => {
        const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
        return (await Promise.all(bundles)).filter(([, text]) => text.includes("StripeConnectionError"));
      };
      const names = (await withStripe(paid)).map(([name]) => name);
      expect(names).to.have.members(
        ["authorize", "settle", "refunder", "webhooks"].map((each) => `orders-${each}-function`),
      );
      expect(await withStripe(made)).to.deep.equal([]);
    });
  });

  it("applies transforms last", async () => {
    const { named } = await register({ transform: { ordersTable: (args) => ({ ...args, tags: { team: "orders" } }) } });
    expect(named("Table", "orders-orders")).to.deep.include({ tags: { team: "orders" } });
  });

  const wrong: [string, Partial<OrderServiceArgs>, RegExp][] = [
    [
      "an endpoint without TLS",
      { payment: { ...usual.payment, endpoint: "http://payment.example.com" } },
      /`payment\.endpoint` is "http:.*; it must be an https:/,
    ],
    [
      "an endpoint with a slash at its end",
      { shipping: { ...usual.shipping, endpoint: "https://s.example.com/" } },
      /`shipping\.endpoint` is .* without a trailing slash/,
    ],
    [
      "a time-out that is too long",
      { payment: { ...usual.payment, timeoutSeconds: 60 } },
      /`payment\.timeoutSeconds` is 60; it must be between 1 and 10, because a step/,
    ],
    [
      "a publishable key of Stripe's",
      { payment: stripe({ ...stripeAccount, apiKey: "pk_live_1" }) },
      /`payment\.apiKey` has another form; it must be a secret or restricted key/,
    ],
    [
      "a secret key where every visitor reads it",
      { payment: stripe({ ...stripeAccount, publishableKey: "sk_live_1" }) },
      /^(?!.*sk_live).*`payment\.publishableKey` has another form; it must be a publishable key/,
    ],
    [
      "Stripe without a signing secret",
      { payment: stripe({ ...stripeAccount, webhookSecrets: [] }) },
      /`payment\.webhookSecrets` is empty; it must have one signing secret/,
    ],
    [
      "a signing secret of another form",
      { payment: stripe({ ...stripeAccount, webhookSecrets: ["secret"] }) },
      /`payment\.webhookSecrets\[0\]` has another form; it must be a signing secret, whsec_/,
    ],
    [
      "a page to return to that is none",
      { payment: stripe({ ...stripeAccount, returnUrl: "/orders/{orderId}" }) },
      /`payment\.returnUrl` is "\/orders/,
    ],
    [
      "a time-out of Stripe's that is too long",
      { payment: stripe({ ...stripeAccount, timeoutSeconds: 11 }) },
      /`payment\.timeoutSeconds` is 11; it must be between 1 and 10/,
    ],
    ["a takeover of no order at a time", { takeoverConcurrency: 0 }, /`takeoverConcurrency` is 0; /],
    [
      "a review without a check",
      { review: {} },
      /`review\.function` and `review\.callbackFactory` are missing; give one of them/,
    ],
    [
      "a review that outlasts the sweeper's deadline",
      { review: { function: { arn: "arn" }, limitSeconds: 600 }, deadlines: { settlingSeconds: 600 } },
      /`review\.limitSeconds` is 600; it must be a whole number, between 1 and 599, because the sweeper restarts/,
    ],
    [
      "the default limit of a review beside a shorter deadline",
      { review: { function: { arn: "arn" } }, deadlines: { settlingSeconds: 300 } },
      /`review\.limitSeconds` is 600; /,
    ],
    [
      "a variable of a review that the service has itself",
      { review: { callbackFactory: () => () => ({ decision: "accept" }), environment: { ORDERS_TABLE: "t" } } },
      /`review\.environment\.ORDERS_TABLE` is the service's own; it must have another name/,
    ],
    [
      "permissions for another function's check",
      { review: { function: { arn: "arn" }, grants: [] } },
      /`review\.grants` is given; it must be left out beside `review\.function`/,
    ],
    [
      "no shipping method",
      { shippingMethods: [] },
      /`shippingMethods` is empty; it must have an entry, or be left out/,
    ],
    [
      "a shipping method with a long id",
      { shippingMethods: [{ id: "Express!", name: "Express", price: { EUR: 1 } }] },
      /`shippingMethods\[0\]\.id` is "Express!"; it must be small letters/,
    ],
    [
      "a shipping method without a price",
      { shippingMethods: [{ id: "express", name: "Express", price: undefined as never }] },
      /`shippingMethods\[0\]\.price` is undefined; it must be minor units by currency/,
    ],
    [
      "a shipping method that costs a part of a cent",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 4.9 } }] },
      /`shippingMethods\[0\]\.price\.EUR` is 4\.9; it must be a whole number/,
    ],
    [
      "a shipping method in no currency",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, freeFrom: { eur: 1 } }] },
      /`shippingMethods\[0\]\.freeFrom` names "eur"; it must name currencies by ISO 4217/,
    ],
    [
      "a shipping method to a country that is none",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, countries: ["Germany"] }] },
      /`shippingMethods\[0\]\.countries\[0\]` is "Germany"; /,
    ],
    [
      "a shipping method that arrives before it may",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, deliveryDays: [3, 1] }] },
      /`shippingMethods\[0\]\.deliveryDays\[1\]` is 1; /,
    ],
    [
      "two shipping methods with one id",
      { shippingMethods: ["A", "B"].map((name) => ({ id: "express", name, price: { EUR: 490 } })) },
      /`shippingMethods` has "express" twice; it must name each method once/,
    ],
    [
      "a tax that prices neither include nor get",
      { tax: { rates: [{ name: "VAT", percent: 19 }] } as never },
      /`tax\.pricesIncludeTax` is null; it must be true or false/,
    ],
    ["a tax without rates", { tax: { pricesIncludeTax: true, rates: [] } }, /`tax\.rates` is empty; /],
    [
      "a rate above 100 percent",
      { tax: { pricesIncludeTax: true, rates: [{ name: "VAT", percent: 119 }] } },
      /`tax\.rates\[0\]\.percent` is 119; it must be a percentage from 0 to 100/,
    ],
    [
      "a misspelt field of a rate",
      { tax: { pricesIncludeTax: true, rates: [{ name: "VAT", percent: 19, country: "DE" } as never] } },
      /`tax\.rates\[0\]` has the unknown field "country"/,
    ],
    [
      "mails neither set nor off",
      { mail: undefined as never },
      /`mail` is undefined; it must have `from`, or be "off"\./,
    ],
    [
      "a misspelt field of mails",
      { mail: { from: "a@b.c", gatherSecond: 1 } as never },
      /`mail` has the unknown field "gatherSecond"/,
    ],
    ["composers without a function", { texts: {} as never }, /`texts` is object; it must be a function/],
    ["a mail limit of 0", { mail: { from: "orders@example.com", perCustomerDay: 0 } }, /`mail\.perCustomerDay` is 0; /],
    ["a sweep every half minute", { sweepEveryMinutes: 0.5 }, /`sweepEveryMinutes` is 0\.5; /],
    [
      "more polls than an execution's history holds",
      { waits: { delivery: { maxPolls: 500 } } },
      /`waits\.delivery\.maxPolls` is 500; it must be a whole number, between 1 and 60/,
    ],
    [
      "waits that shrink",
      { waits: { payment: { factor: 0.5 } } },
      /`waits\.payment\.factor` is 0\.5; it must be at least 1, because waits can only grow/,
    ],
    [
      "a wait of part of a second",
      { waits: { delivery: { firstSeconds: 0.5 } } },
      /`waits\.delivery\.firstSeconds` is 0\.5/,
    ],
    ["retries without a wait", { waits: { retries: { firstSeconds: 0 } } }, /`waits\.retries\.firstSeconds` is 0/],
    [
      "retries after parts of a second",
      { waits: { retries: { firstSeconds: 1.5 } } },
      /`waits\.retries\.firstSeconds` is 1\.5; it must be a whole/,
    ],
    ["half an attempt", { waits: { refundRetries: { attempts: 2.5 } } }, /`waits\.refundRetries\.attempts` is 2\.5/],
    [
      "an execution of more than a year",
      { waits: { executionLimitSeconds: 4e7 } },
      /`waits\.executionLimitSeconds` is 40000000; .* a year at most/,
    ],
  ];
  for (const [what, changes, sentence] of wrong) {
    it(`refuses ${what} with a sentence that names the argument`, () =>
      expectRefusal("OrderService", () => new OrderService("orders", { ...usual, ...changes }), sentence));
  }
});
