import { SNS } from "@aws-sdk/client-sns";
import { optionalText, type ServiceHandlers, tagList, text } from "../handler";
import { checkArn, checkName, checkOneOf, checkPolicy, names, parseJson } from "../rules";

export const sns: ServiceHandlers = {
  "aws:sns/topic:Topic": {
    autoName: {
      property: "name",
      maxLength: 256,
      transform: (name, inputs) => (inputs["fifoTopic"] ? `${name}.fifo` : name),
    },
    check: (inputs) => [...checkName(inputs, "name", names.topic), ...checkPolicy(inputs, "policy", "resource")],
    async create({ inputs }, context) {
      const attributes: Record<string, unknown> = {
        DisplayName: inputs["displayName"],
        FifoTopic: inputs["fifoTopic"],
        ContentBasedDeduplication: inputs["contentBasedDeduplication"],
        KmsMasterKeyId: inputs["kmsMasterKeyId"],
        Policy: inputs["policy"],
      };
      const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
      const { TopicArn: arn } = await context.client(SNS).createTopic({
        Name: text(inputs, "name"),
        Attributes: Object.fromEntries(given.map(([key, value]) => [key, String(value)])),
        Tags: tagList(inputs),
      });
      return { id: arn ?? "", outputs: { arn, owner: context.accountId } };
    },
    remove: ({ id }, context) => context.client(SNS).deleteTopic({ TopicArn: id }),
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    required: ["arn", "policy"],
    check: (inputs) => checkPolicy(inputs, "policy", "resource"),
    async create({ inputs }, context) {
      await context.client(SNS).setTopicAttributes({
        TopicArn: text(inputs, "arn"),
        AttributeName: "Policy",
        AttributeValue: text(inputs, "policy"),
      });
      return { id: text(inputs, "arn"), outputs: { owner: context.accountId } };
    },
    async remove() {},
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    required: ["topic", "protocol", "endpoint"],
    check: (inputs) => [
      checkArn(inputs, "topic"),
      checkOneOf(inputs, "protocol", ["sqs", "lambda", "https", "http", "email", "email-json", "sms", "firehose"]),
      ["sqs", "lambda"].includes(String(inputs["protocol"])) && checkArn(inputs, "endpoint"),
      ["filterPolicy", "redrivePolicy"].flatMap((key) =>
        inputs[key] !== undefined && parseJson(String(inputs[key])) === undefined ? [`The ${key} is not JSON.`] : [],
      ),
    ],
    async create({ inputs }, context) {
      const attributes: Record<string, unknown> = {
        FilterPolicy: inputs["filterPolicy"],
        FilterPolicyScope: inputs["filterPolicyScope"],
        RawMessageDelivery: inputs["rawMessageDelivery"],
        RedrivePolicy: inputs["redrivePolicy"],
      };
      const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
      const { SubscriptionArn: arn } = await context.client(SNS).subscribe({
        TopicArn: text(inputs, "topic"),
        Protocol: text(inputs, "protocol"),
        Endpoint: text(inputs, "endpoint"),
        Attributes: Object.fromEntries(given.map(([key, value]) => [key, String(value)])),
        ReturnSubscriptionArn: true,
      });
      return { id: arn ?? "", outputs: { arn, ownerId: context.accountId } };
    },
    remove: ({ id }, context) => context.client(SNS).unsubscribe({ SubscriptionArn: id }),
  },
  "aws:sns/smsPreferences:SmsPreferences": {
    async create({ inputs }, context) {
      const attributes: Record<string, string | undefined> = {
        DefaultSMSType: optionalText(inputs, "defaultSmsType"),
        DefaultSenderID: optionalText(inputs, "defaultSenderId"),
      };
      const given = Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined);
      await context.client(SNS).setSMSAttributes({ attributes: Object.fromEntries(given) });
      return { id: "aws_sns_sms_id" };
    },
    async remove() {},
  },
};
