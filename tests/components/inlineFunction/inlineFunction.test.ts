import * as fs from "node:fs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { secretParameter } from "../../../components/infrastructure/secretParameter";
import { allow, InlineFunction, index, objects, reference } from "../../../components/inlineFunction";
import { bundle } from "../../../components/inlineFunction/bundle/bundle";
import { known, load } from "../../kit/bundles";
import { expectRefusal } from "../../kit/refusals";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const registered: Registered[] = [];

const resource = <T>(type: string, name: string) =>
  registered.find((r) => r.type === type && r.name === name)?.inputs as T;

interface PolicyDocument {
  Statement: { Action: string[]; Resource: string[] }[];
}

describe("InlineFunction", function () {
  this.timeout(120_000);

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered.push({ type, name, inputs });
          return { id: `${name}-id`, state: { ...inputs, name: inputs.name ?? name, arn: `arn:${name}` } };
        },
        call: ({ inputs }) => inputs,
      },
      "shop",
      "dev",
    );
  });

  beforeEach(() => {
    registered.length = 0;
  });

  it("creates an ARM function with its own log group, tracing and role", async () => {
    const f = new InlineFunction("greet", { callbackFactory: () => async (name: string) => `Hello ${name}` });
    await known(f.function.urn);
    const fn = resource<aws.lambda.FunctionArgs>("aws:lambda/function:Function", "greet-function");
    expect(fn).to.include({ name: "shop-dev-greet", handler: "index.handler", runtime: "nodejs24.x", timeout: 10 });
    expect(fn.architectures).to.deep.equal(["arm64"]);
    expect(fn.tracingConfig).to.deep.equal({ mode: "Active" });
    expect(fn.loggingConfig).to.deep.equal({ logFormat: "JSON", logGroup: "/aws/lambda/shop-dev-greet" });
    expect(resource("aws:cloudwatch/logGroup:LogGroup", "greet-log")).to.deep.equal({
      name: "/aws/lambda/shop-dev-greet",
      retentionInDays: 30,
    });
    expect(await f.callbackFactory()("you", {} as never)).to.equal("Hello you");
  });

  it("grants exactly the given permissions, and those for logs and traces", async () => {
    const table = new aws.dynamodb.Table("orders", { attributes: [], hashKey: "orderId" });
    const bucket = new aws.s3.Bucket("assets");
    const f = new InlineFunction("work", {
      grants: [
        allow(table, "dynamodb:PutItem", "dynamodb:Query"),
        allow(index(table, "byCustomer"), "dynamodb:Query"),
        allow(objects(bucket, "media/"), "s3:GetObject"),
        allow(reference("kms:key", "arn:key"), "kms:Decrypt"),
      ],
      callbackFactory: () => async () => undefined,
    });
    await known(f.nodes.rolePolicy.urn);
    const { policy } = resource<{ policy: string }>("aws:iam/rolePolicy:RolePolicy", "work-grants");
    const { Statement } = JSON.parse(policy) as PolicyDocument;
    expect(Statement.map((s) => [s.Action, s.Resource])).to.deep.equal([
      [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:work-log:*"]],
      [["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]],
      [["dynamodb:PutItem", "dynamodb:Query"], ["arn:orders"]],
      [["dynamodb:Query"], ["arn:orders/index/byCustomer"]],
      [["s3:GetObject"], ["arn:assets/media/*"]],
      [["kms:Decrypt"], ["arn:key"]],
    ]);
  });

  it("shortens names to Lambda's 64 characters, and keeps them distinct", async () => {
    const long = "a-name-that-goes-on-and-on-until-it-is-longer-than-lambda-allows";
    const f = new InlineFunction(`${long}1`, { callbackFactory: () => async () => undefined });
    const g = new InlineFunction(`${long}2`, { callbackFactory: () => async () => undefined });
    const names = [await known(f.name), await known(g.name)];
    expect(names[0])
      .to.have.length(64)
      .and.to.match(/^shop-dev-a-name-that/)
      .and.to.not.equal(names[1]);
  });

  it("bundles the values of outputs that the callback reads by `get`", async () => {
    const table = new aws.dynamodb.Table("read-by-get", { attributes: [], hashKey: "orderId" });
    const f = new InlineFunction("reader", { callbackFactory: () => async () => table.name.get() });
    const { file } = await known(f.bundle);
    expect(await load(file)(undefined)).to.equal("read-by-get");
  });

  it("refuses a resource that is captured as a whole", async () => {
    const table = new aws.dynamodb.Table("whole", { attributes: [], hashKey: "orderId" });
    const refused = await known(bundle(() => () => Object.keys(table), { name: "nosy" })).catch(
      (e: Error) => e.message,
    );
    expect(refused).to.match(/^InlineFunction "nosy": 'table' \(tests\/.*:\d+\) is a resource \(Table\)/);
  });

  it("lets a callback read a secret that is not in its code", async () => {
    const key = secretParameter("payment-key", "hunter2-hunter2");
    const f = new InlineFunction("payer", {
      grants: [allow(key.parameter, "ssm:GetParameter")],
      callbackFactory: () => async () => key.read(),
    });
    const { file } = await known(f.bundle);
    expect(fs.readFileSync(file, "utf8")).to.include("/shop/dev/payment-key").and.not.include("hunter2");
    expect(resource("aws:ssm/parameter:Parameter", "payment-key")).to.include({ type: "SecureString" });
  });

  it("refuses code that contains the value of a secret setting", async () => {
    process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(["shop:apiKey"]);
    pulumi.runtime.setAllConfig({ "shop:apiKey": 'pa"ss-word-1' }, ["shop:apiKey"]);
    const value = pulumi.runtime.getConfig("shop:apiKey");
    const refused = await known(bundle(() => () => value, { name: "leak" })).catch((e: Error) => e.message);
    delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
    expect(refused).to.match(
      /^InlineFunction "leak": the code contains the value of the secret setting `shop:apiKey`; store it with/,
    );
  });

  it("provisions concurrency for an alias", async () => {
    const f = new InlineFunction("warm", { provisionedConcurrency: 2, callbackFactory: () => async () => 1 });
    await known(f.nodes.provisionedConcurrency?.urn ?? pulumi.output(""));
    expect(resource("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "warm-warm")).to.include({
      qualifier: "live",
      provisionedConcurrentExecutions: 2,
    });
    expect(await known(f.arn)).to.equal("arn:warm-live");
    expect(await known(f.qualifier ?? pulumi.output(""))).to.equal("live");
    const [mayCall] = allow(f, "lambda:InvokeFunction").resources;
    expect(await known(pulumi.output(mayCall)), "a grant for the function would not cover its alias").to.equal(
      "arn:warm-live",
    );
  });

  it("limits the retries of asynchronous calls, also for its alias", async () => {
    const type = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
    const asynchronous = { retries: 0, maxAgeSeconds: 60 };
    const cold = new InlineFunction("cold", { asynchronous, callbackFactory: () => async () => 1 });
    const live = new InlineFunction("kept", {
      asynchronous,
      provisionedConcurrency: 1,
      callbackFactory: () => async () => 1,
    });
    for (const { nodes } of [cold, live]) await known(nodes.asynchronous?.urn ?? pulumi.output(""));
    const limits = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };
    expect(resource(type, "cold-calls")).to.deep.equal({ functionName: "shop-dev-cold", ...limits });
    expect(resource(type, "kept-calls")).to.deep.equal({ functionName: "shop-dev-kept", qualifier: "live", ...limits });
  });

  it("keeps Lambda's retries of asynchronous calls by default, and refuses invalid limits", async () => {
    const f = new InlineFunction("plain", { callbackFactory: () => async () => 1 });
    await known(f.function.urn);
    expect(f.nodes.asynchronous).to.equal(undefined);
    for (const [asynchronous, sentence] of [
      [{ retries: 3 }, /`asynchronous.retries` is 3; it must be a whole number, between 0 and 2/],
      [{ maxAgeSeconds: 10 }, /`asynchronous.maxAgeSeconds` is 10; it must be a whole number, between 60 and 21600/],
    ] as const) {
      const make = () => new InlineFunction("odd", { asynchronous, callbackFactory: () => async () => 1 });
      expect(make).to.throw(sentence);
    }
  });

  it("may send to its dead-letter queue, and run in a VPC", async () => {
    const queue = new aws.sqs.Queue("failed");
    const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
    const f = new InlineFunction("careful", { deadLetterQueue: queue, vpc, callbackFactory: () => async () => 1 });
    await known(f.function.urn);
    const fn = resource<aws.lambda.FunctionArgs>("aws:lambda/function:Function", "careful-function");
    expect(fn.deadLetterConfig).to.deep.equal({ targetArn: "arn:failed" });
    expect(fn.vpcConfig).to.deep.equal(vpc);
    const { policy } = resource<{ policy: string }>("aws:iam/rolePolicy:RolePolicy", "careful-grants");
    const statements = (JSON.parse(policy) as PolicyDocument).Statement;
    expect(statements.find((s) => s.Action.includes("sqs:SendMessage"))?.Resource).to.deep.equal(["arn:failed"]);
    expect(statements.filter((s) => s.Resource.includes("*")).flatMap((s) => s.Action)).to.have.length(8);
  });

  it("applies overrides to the underlying resources", async () => {
    const f = new InlineFunction("changed", {
      transform: { function: (args) => ({ ...args, memorySize: 2048 }), logGroup: { retentionInDays: 1 } },
      callbackFactory: () => async () => 1,
    });
    await known(f.function.urn);
    expect(resource("aws:lambda/function:Function", "changed-function")).to.include({ memorySize: 2048, timeout: 10 });
    expect(resource("aws:cloudwatch/logGroup:LogGroup", "changed-log")).to.include({ retentionInDays: 1 });
  });

  it("ships a source map that Node uses, if requested", async () => {
    const f = new InlineFunction("mapped", { sourceMap: "shipped", callbackFactory: () => async () => 1 });
    await known(f.function.urn);
    const fn = resource<aws.lambda.FunctionArgs>("aws:lambda/function:Function", "mapped-function");
    expect(fn.environment).to.deep.equal({ variables: { NODE_OPTIONS: "--enable-source-maps" } });
    expect(Object.keys(await (fn.code as pulumi.asset.AssetArchive).assets)).to.deep.equal([
      "index.js",
      "index.js.map",
    ]);
  });

  it("refuses an environment variable that Lambda refuses, with the reason", () => {
    const make = (key: string) => () =>
      new InlineFunction("set", { environment: { [key]: "x" }, callbackFactory: () => async () => undefined });
    expect(make("T")).to.throw(
      'InlineFunction "set": `environment.T` has a name of one character; it must have at least two.',
    );
    expect(make("AWS_REGION")).to.throw(
      "`environment.AWS_REGION` is reserved; it must have another name, because Lambda sets it.",
    );
    expect(make("1ST")).to.throw("`environment.1ST` has a name that Lambda refuses; it must start with a letter");
    expect(make("AWS_LAMBDA_EXEC_WRAPPER"), "which a Lambda extension needs").to.not.throw();
  });

  const callbackFactory = () => async () => undefined;
  for (const [what, args, sentence] of [
    ["a time-out above Lambda's limit", { timeoutSeconds: 901 }, /`timeoutSeconds` is 901; .* between 1 and 900/],
    ["less memory than Lambda's minimum", { memoryMb: 64 }, /`memoryMb` is 64; .* between 128 and 10240/],
    ["a long description", { description: "x".repeat(257) }, /`description` has 257 characters/],
    [
      "a factory that is async",
      { callbackFactory: (async () => async () => 1) as never },
      /`callbackFactory` is async; it must return the callback, which may be async/,
    ],
    ["a callback without its factory", { callbackFactory: "x" as never }, /`callbackFactory` is string/],
  ] as const) {
    it(`refuses ${what}`, () =>
      expectRefusal("InlineFunction", () => new InlineFunction("slow", { callbackFactory, ...args }), sentence));
  }
});
