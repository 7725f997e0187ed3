import { CreateTopicCommand, PublishCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const account = "000000000000";

describe("Policies in the emulator that require TLS", function () {
  this.timeout(300_000);
  const region = "us-east-1";
  let emulator: MiniStack;
  let queues: SQSClient;
  let topics: SNSClient;

  before(async () => {
    emulator = await startMiniStack({ region, dataDir: temporaryFolder("tls") });
    const { endpoint } = emulator;
    const credentials = { accessKeyId: account, secretAccessKey: "test" };
    queues = new SQSClient({ region, endpoint, credentials, maxAttempts: 1 });
    topics = new SNSClient({ region, endpoint, credentials, maxAttempts: 1 });
  });
  after(async () => {
    await emulator?.kill();
  });

  const policy = (Action: string, Resource: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Deny", Principal: "*", Action, Resource, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ],
    });

  it("admit requests of this machine, whose HTTP stands for HTTPS", async () => {
    const Policy = policy("sqs:*", `arn:aws:sqs:${region}:${account}:work`);
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: "work", Attributes: { Policy } }));
    await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
    const { Messages } = await queues.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.map(({ Body }) => Body)).to.deep.equal(["hello"]);

    const { TopicArn } = await topics.send(new CreateTopicCommand({ Name: "news" }));
    const AttributeValue = policy("sns:Publish", TopicArn!);
    await topics.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
    expect((await topics.send(new PublishCommand({ TopicArn, Message: "hello" }))).MessageId).to.be.a("string");
  });
});
