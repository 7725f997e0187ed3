import { join } from "node:path";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { zipOf } from "../../../../local/engine/archive";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const arnOf = (name: string) => `arn:aws:sqs:${region}:000000000000:${name}`;

/** Fails the messages that request it. */
const code = `
exports.handler = async (event) => {
  const failed = event.Records.filter((record) => record.body.startsWith("bad"));
  console.log(JSON.stringify({ batch: event.Records.map((record) => record.body) }));
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
};`;

// The emulator polls queues itself: this is the behaviour that the store relies on.
describe("the emulator's own event source mappings of queues", function () {
  this.timeout(300_000);
  let folder: string;
  let miniStack: MiniStack;

  before(async () => {
    folder = temporaryFolder("queues");
    miniStack = await startMiniStack({ region, dataDir: join(folder, "ministack") });
  });
  after(async () => {
    await miniStack?.kill();
  });

  it("delete handled messages, deliver reported failures again, and then move them to the dead-letter queue", async () => {
    const client = { region, endpoint: miniStack.endpoint, credentials };
    const [iam, lambda, sqs] = [new IAMClient(client), new LambdaClient(client), new SQSClient(client)];
    const statement = (Action: string | string[], more: object) => ({ Effect: "Allow", Action, ...more });
    const document = (one: object) => JSON.stringify({ Version: "2012-10-17", Statement: [one] });
    const trust = statement("sts:AssumeRole", { Principal: { Service: "lambda.amazonaws.com" } });
    const { Role: role } = await iam.send(
      new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: document(trust) }),
    );
    const read = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "reader",
        PolicyName: "read",
        PolicyDocument: document(statement(read, { Resource: arnOf("work") })),
      }),
    );
    await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({
        QueueName: "work",
        Attributes: {
          VisibilityTimeout: "1",
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 2 }),
        },
      }),
    );
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "reader",
        Role: role?.Arn,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: {
          ZipFile: zipOf({ $asset: "archive", entries: { "index.js": { $asset: "text", text: code } } }, folder),
        },
      }),
    );
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: ["good-1", "bad-1", "good-2"].map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: arnOf("work"),
        FunctionName: "reader",
        BatchSize: 10,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      }),
    );
    const waiting = async (name: string) => {
      const response = await fetch(`${miniStack.endpoint}/_ministack/sqs/messages`);
      const { messages } = (await response.json()) as {
        messages: Record<string, Record<string, Record<string, { Body: string }[]>>>;
      };
      const queues = Object.values(messages).flatMap((regions) => Object.values(regions).flatMap(Object.entries));
      const found = queues.find(([url]) => String(url).endsWith(`/${name}`));
      return ((found?.[1] ?? []) as { Body: string }[]).map((message) => message.Body);
    };
    for (const end = Date.now() + 20_000; Date.now() < end && (await waiting("dead")).length === 0; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await waiting("dead")).to.deep.equal(["bad-1"]);
    expect(await waiting("work")).to.deep.equal([]);
    for (const one of [iam, lambda, sqs]) one.destroy();
  });
});
