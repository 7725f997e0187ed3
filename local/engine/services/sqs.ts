import { SQS } from "@aws-sdk/client-sqs";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalText,
  type ServiceHandlers,
  tagsOf,
  text,
} from "../handler";
import { checkName, checkPolicy, checkRange, names, parseJson } from "../rules";

export const sqs: ServiceHandlers = {
  "aws:sqs/queue:Queue": {
    autoName: {
      property: "name",
      maxLength: 80,
      transform: (name, inputs) => (inputs["fifoQueue"] ? `${name}.fifo` : name),
    },
    check: (inputs) => [
      checkName(inputs, "name", names.queue),
      checkRange(inputs, "visibilityTimeoutSeconds", 0, 43_200),
      checkRange(inputs, "messageRetentionSeconds", 60, 1_209_600),
      checkRange(inputs, "delaySeconds", 0, 900),
      checkRange(inputs, "receiveWaitTimeSeconds", 0, 20),
      checkPolicy(inputs, "policy", "resource"),
      checkRedrive(inputs),
      Boolean(inputs["fifoQueue"]) !== String(inputs["name"]).endsWith(".fifo") &&
        `The name "${String(inputs["name"])}" and fifoQueue disagree: a FIFO queue's name ends with .fifo, and no other's.`,
    ],
    async create({ inputs }, context) {
      const { QueueUrl } = await context.client(SQS).createQueue({
        QueueName: text(inputs, "name"),
        Attributes: attributesOf(inputs),
        tags: tagsOf(inputs),
      });
      return await describe(QueueUrl ?? "", context);
    },
    async update({ inputs }, earlier, context) {
      const { FifoQueue: _, ...Attributes } = attributesOf(inputs);
      await context.client(SQS).setQueueAttributes({ QueueUrl: earlier.id, Attributes });
      return await describe(earlier.id, context);
    },
    remove: ({ id }, context) => context.client(SQS).deleteQueue({ QueueUrl: id }),
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    required: ["queueUrl", "policy"],
    check: (inputs) => checkPolicy(inputs, "policy", "resource"),
    async create({ inputs }, context) {
      await setPolicy(text(inputs, "queueUrl"), text(inputs, "policy"), context);
      return { id: text(inputs, "queueUrl") };
    },
    remove: ({ id }, context) => setPolicy(id, "", context),
  },
};

async function setPolicy(QueueUrl: string, Policy: string, context: DeployContext): Promise<void> {
  await context.client(SQS).setQueueAttributes({ QueueUrl, Attributes: { Policy } });
}

function checkRedrive(inputs: Inputs): string[] {
  const source = optionalText(inputs, "redrivePolicy");
  if (source === undefined) return [];
  const policy = parseJson(source) as Inputs | undefined;
  if (typeof policy?.["deadLetterTargetArn"] !== "string" || !(Number(policy["maxReceiveCount"]) >= 1)) {
    return [`The redrivePolicy ${source} needs a deadLetterTargetArn and a maxReceiveCount of at least 1.`];
  }
  return [];
}

const attributeNames: Record<string, string> = {
  delaySeconds: "DelaySeconds",
  visibilityTimeoutSeconds: "VisibilityTimeout",
  messageRetentionSeconds: "MessageRetentionPeriod",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  maxMessageSize: "MaximumMessageSize",
  fifoQueue: "FifoQueue",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
  redrivePolicy: "RedrivePolicy",
  redriveAllowPolicy: "RedriveAllowPolicy",
  policy: "Policy",
  kmsMasterKeyId: "KmsMasterKeyId",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
};

function attributesOf(inputs: Inputs): Record<string, string> {
  const given = Object.entries(attributeNames).filter(([key]) => inputs[key] !== undefined && inputs[key] !== false);
  return Object.fromEntries(given.map(([key, attribute]) => [attribute, String(inputs[key])]));
}

async function describe(QueueUrl: string, context: DeployContext): Promise<Made> {
  const { Attributes: attributes } = await context
    .client(SQS)
    .getQueueAttributes({ QueueUrl, AttributeNames: ["QueueArn"] });
  return { id: QueueUrl, outputs: { arn: attributes?.QueueArn, url: QueueUrl } };
}
