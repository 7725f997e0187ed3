import * as path from "node:path";
import { expect } from "chai";
import * as ts from "typescript";
import { createCompilerHost, parsedPackages } from "../../kit/compilerHost";

const prologue = `
  import * as aws from "@pulumi/aws";
  import { allow, allowEverywhere, executions, index, objects, reference, stream, when, InlineFunction } from "../../../components/inlineFunction";
  import type { HttpCallback, KindOf, QueueCallback, TaskCallback } from "../../../components/inlineFunction";
  declare const table: aws.dynamodb.Table, bucket: aws.s3.Bucket, topic: aws.sns.Topic, queue: aws.sqs.Queue, key: aws.kms.Key;
  declare const parameter: aws.ssm.Parameter, machine: aws.sfn.StateMachine, domain: aws.opensearch.Domain, pool: aws.cognito.UserPool;
  type Same<A, B> = [A, B] extends [B, A] ? true : false;
  declare class CopiedTable extends aws.dynamodb.Table { private readonly ofAnotherCopy: true }
  declare const copied: Pick<CopiedTable, keyof CopiedTable>;
  declare const fn: InlineFunction<{ id: string }, void>, vpc: aws.ec2.Vpc;
`;

const compiles = [
  'allow(table, "dynamodb:PutItem", "dynamodb:Query")',
  'allow(index(table, "byCustomer"), "dynamodb:Query")',
  'allow(stream(table), "dynamodb:GetRecords")',
  'allow(bucket, "s3:ListBucket")',
  'allow(objects(bucket, "media/"), "s3:GetObject")',
  'allow(topic, "sns:Publish")',
  'allow(queue, "sqs:SendMessage")',
  'allow(key, "kms:Decrypt")',
  'allow(parameter, "ssm:GetParameter")',
  'allow(machine, "states:StartExecution")',
  'allow(executions(machine), "states:StopExecution")',
  'allow(domain, "es:ESHttpPost")',
  'allow(pool, "cognito-idp:AdminGetUser")',
  'allow(fn, "lambda:InvokeFunction")',
  'allow(reference("dynamodb:table", "arn:x"), "dynamodb:BatchGetItem")',
  'allowEverywhere("sns:Publish")',
  'when(allow(table, "dynamodb:GetItem"), { Bool: { "aws:SecureTransport": "true" } })',
  'new InlineFunction("a", { callbackFactory: (): HttpCallback => async (event) => ({ statusCode: 200, body: event.rawPath }) })',
  'new InlineFunction("a", { callbackFactory: (): QueueCallback => async (event) => ({ batchItemFailures: event.Records.map((r) => ({ itemIdentifier: r.messageId })) }) })',
  "const any: InlineFunction = fn; any.arn",
  // A class of another copy of the package has the same members, but is not the same class.
  'allow(copied, "dynamodb:GetItem"); allow(index(copied, "byCustomer"), "dynamodb:Query"); allow(stream(copied), "dynamodb:GetRecords")',
  ...Object.entries({
    "aws.dynamodb.Table": "dynamodb:table",
    "aws.sns.Topic": "sns:topic",
    "aws.sqs.Queue": "sqs:queue",
    "aws.s3.Bucket": "s3:bucket",
    "aws.kms.Key": "kms:key",
    "aws.kms.ReplicaKey": "kms:key",
    "aws.ssm.Parameter": "ssm:parameter",
    "aws.secretsmanager.Secret": "secretsmanager:secret",
    "aws.sfn.StateMachine": "states:stateMachine",
    "aws.lambda.Function": "lambda:function",
    InlineFunction: "lambda:function",
    "aws.opensearch.Domain": "es:domain",
    "aws.cognito.UserPool": "cognito-idp:userPool",
    "aws.sesv2.EmailIdentity": "ses:identity",
    "aws.sesv2.ConfigurationSet": "ses:configurationSet",
    "aws.cloudwatch.EventBus": "events:eventBus",
    "aws.iam.Role": "iam:role",
    "aws.cloudfront.Distribution": "cloudfront:distribution",
    "aws.codepipeline.Pipeline": "codepipeline:pipeline",
    "aws.kinesis.FirehoseDeliveryStream": "firehose:deliveryStream",
    "aws.kinesis.Stream": "kinesis:stream",
  }).map(([type, kind]) => `const isOnly: Same<KindOf<${type}>, "${kind}"> = true; void isOnly;`),
];

const doesNotCompile = [
  ['allow(table, "dynamodb:PutItems")', /'"dynamodb:PutItems"' is not assignable/],
  ['allow(table, "s3:GetObject")', /'"s3:GetObject"' is not assignable/],
  ['allow(table, "*")', /'"\*"' is not assignable/],
  ["allow(table)", /Source has 0 element|Expected|not assignable/],
  ['allow(index(table, "x"), "dynamodb:PutItem")', /'"dynamodb:PutItem"' is not assignable/],
  ['allow(bucket, "s3:GetObject")', /'"s3:GetObject"' is not assignable/],
  ['allow(objects(bucket), "s3:ListBucket")', /'"s3:ListBucket"' is not assignable/],
  ['allow(objects(table), "s3:GetObject")', /not assignable/],
  ['allow(queue, "sns:Publish")', /'"sns:Publish"' is not assignable/],
  ['allow(vpc, "ec2:DescribeVpcs")', /not assignable/],
  ['allow("arn:aws:s3:::x", "s3:GetObject")', /not assignable/],
  ['allow(reference("dynamodb:tables", "arn:x"), "dynamodb:GetItem")', /'"dynamodb:tables"' is not assignable/],
  ['allow(reference("kms:key", "arn:x"), "dynamodb:GetItem")', /'"dynamodb:GetItem"' is not assignable/],
  ['allowEverywhere("dynamodb:GetItem")', /'"dynamodb:GetItem"' is not assignable/],
  ['new InlineFunction("a", { callbackFactory: (): HttpCallback => async () => "text" })', /not assignable/],
  [
    'new InlineFunction("a", { callbackFactory: (): TaskCallback<{ id: string }, number> => async (event) => event.id })',
    /not assignable/,
  ],
  ['new InlineFunction("a", { timeout: 3, callbackFactory: () => async () => 1 })', /'timeout'/],
] as const;

describe("grants and callbacks, at compile time", function () {
  this.timeout(120_000);
  const root = path.resolve(__dirname, "../../..");
  const fileOf = (i: number) => path.join(__dirname, `compiled-${i}.ts`);
  const statements = [...compiles, ...doesNotCompile.map(([statement]) => statement)];
  let errors: (string | undefined)[] = [];

  before(() => {
    const config = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
    const host = createCompilerHost(options, { parsed: parsedPackages });
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) => {
      const i = statements.findIndex((_, n) => fileOf(n) === path.resolve(name));
      return i < 0
        ? read(name, ...rest)
        : ts.createSourceFile(name, `${prologue}${statements[i]};`, ts.ScriptTarget.Latest);
    };
    const exists = host.fileExists.bind(host);
    host.fileExists = (name) => statements.some((_, n) => fileOf(n) === path.resolve(name)) || exists(name);
    const program = ts.createProgram(
      statements.map((_, i) => fileOf(i)),
      { ...options, noEmit: true },
      host,
    );
    errors = statements.map((_, i) => {
      const [first] = program.getSemanticDiagnostics(program.getSourceFile(fileOf(i)));
      return first && ts.flattenDiagnosticMessageText(first.messageText, "\n");
    });
  });

  compiles.forEach((statement, i) => {
    it(`accepts ${statement}`, () => expect(errors[i]).to.equal(undefined));
  });

  doesNotCompile.forEach(([statement, error], i) => {
    it(`refuses ${statement}`, () => expect(errors[compiles.length + i]).to.match(error));
  });
});
