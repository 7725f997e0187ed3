import * as aws from "@pulumi/aws";
import { expect } from "chai";
import {
  createDeadLetterQueue,
  createSubscribedQueue,
  type SubscribedQueueArgs,
} from "../../../components/infrastructure/subscribedQueue";
import { registerResources, statementsOf } from "../../kit/registeredResources";

describe("createSubscribedQueue", () => {
  const register = (more: Partial<SubscribedQueueArgs> = {}) =>
    registerResources((parent) => {
      const topic = new aws.sns.Topic("changes");
      const failures = new aws.sqs.Queue("failures");
      createSubscribedQueue("mails", { topic, failures, functionSeconds: 10, attempts: 4, ...more }, parent);
    });
  const queueOf = ({ of }: Awaited<ReturnType<typeof register>>) =>
    of("Queue").find(({ name }) => name === "mails")!.inputs;

  it("hides a message for six time-outs, and gives it up to the dead-letter queue", async () => {
    const queue = queueOf(await register({ delaySeconds: 5 }));
    expect(queue).to.include({ visibilityTimeoutSeconds: 60, delaySeconds: 5, sqsManagedSseEnabled: true });
    expect(JSON.parse(String(queue["redrivePolicy"]))).to.deep.equal({
      deadLetterTargetArn: "arn:failures",
      maxReceiveCount: 4,
    });
  });

  it("admits messages of its topic only, over TLS", async () => {
    const [allow, deny] = statementsOf((await register()).only("QueuePolicy")["policy"]);
    expect(allow).to.deep.include({
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Condition: { ArnEquals: { "aws:SourceArn": "arn:changes" } },
    });
    expect(deny).to.include({ Effect: "Deny", Sid: "TlsOnly" });
  });

  it("receives the messages with these attributes only, or every one", async () => {
    const filtered = await register({ only: { status: ["DELIVERED"] } });
    expect(filtered.only("TopicSubscription")).to.include({
      protocol: "sqs",
      rawMessageDelivery: true,
      filterPolicy: '{"status":["DELIVERED"]}',
    });
    expect((await register()).only("TopicSubscription")["filterPolicy"]).to.equal(undefined);
  });
});

describe("createDeadLetterQueue", () => {
  it("keeps messages for 14 days, and takes overrides", async () => {
    const { only } = await registerResources((parent) => {
      createDeadLetterQueue("failures", parent, { maxMessageSize: 1_024 });
    });
    expect(only("Queue")).to.include({ messageRetentionSeconds: 1_209_600, maxMessageSize: 1_024 });
    expect(statementsOf(only("QueuePolicy")["policy"]).map(({ Sid }) => Sid)).to.deep.equal(["TlsOnly"]);
  });
});
