import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { allow, InlineFunction, index, objects, reference } from "../../../components/inlineFunction";
import { known } from "./running";

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
  this.timeout(60_000);

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

  it("is one ARM function with its own log group, tracing and a role", async () => {
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

  it("holds exactly the grants, and what logging and tracing need", async () => {
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

  it("keeps names within Lambda's 64 characters, different ones for different functions", async () => {
    const long = "a-name-that-goes-on-and-on-until-it-is-longer-than-lambda-allows";
    const f = new InlineFunction(`${long}1`, { callbackFactory: () => async () => undefined });
    const g = new InlineFunction(`${long}2`, { callbackFactory: () => async () => undefined });
    const names = [await known(f.name), await known(g.name)];
    expect(names[0])
      .to.have.length(64)
      .and.to.match(/^shop-dev-a-name-that/)
      .and.to.not.equal(names[1]);
  });

  it("says which argument is wrong", () => {
    const make = (timeoutSeconds: number) => () =>
      new InlineFunction("slow", { timeoutSeconds, callbackFactory: () => async () => undefined });
    expect(make(901)).to.throw('InlineFunction "slow": `timeoutSeconds` is 901; Lambda allows 1 to 900.');
  });
});
