import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../../arguments/overrides";
import { setTopicPolicy } from "../../infrastructure/tlsOnly";
import type { ObservabilityArgs } from "../args";

/** A topic, and the policy that AWS services need to publish to it. */
export interface AlarmTopic {
  topic: aws.sns.Topic;
  policy: aws.sns.TopicPolicy;
}

/** Services of this account that publish alarms. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "costalerts.amazonaws.com"];

/** Creates an encrypted topic that only CloudWatch and Cost Anomaly Detection of this account may publish to. */
export function createAlarmTopic(
  name: string,
  { mails = [], transform }: ObservabilityArgs,
  accountId: pulumi.Input<string>,
  parent: pulumi.Resource,
): AlarmTopic {
  const key = alarmKey(name, accountId, parent);
  const args = { displayName: "Store alarms", kmsMasterKeyId: key.keyId };
  const topic = new aws.sns.Topic(`${name}-alarms`, applyTransform<aws.sns.TopicArgs>(args, transform?.alarmTopic), {
    parent,
  });
  const allowed = {
    Effect: "Allow",
    Principal: { Service: PUBLISHERS },
    Action: "sns:Publish",
    Resource: topic.arn,
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  };
  const policy = setTopicPolicy(`${name}-alarms`, topic, [allowed], parent);
  for (const mail of new Set(mails)) {
    new aws.sns.TopicSubscription(
      `${name}-${mail}`,
      { topic: topic.arn, protocol: "email", endpoint: mail },
      { parent },
    );
  }
  return { topic, policy };
}

/**
 * Creates the topic's key, because services cannot publish to a topic under SNS's own key
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html). The statement for services is the one that AWS documents; it has
 * no source condition, because a key policy that a service does not meet would lose alarms silently, and the topic's policy has one.
 */
function alarmKey(name: string, accountId: pulumi.Input<string>, parent: pulumi.Resource): aws.kms.Key {
  return new aws.kms.Key(
    `${name}-alarms`,
    {
      description: "Alarms on their way to their subscribers.",
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AccountByItsPolicies",
            Effect: "Allow",
            Principal: { AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "PublishersOfAlarms",
            Effect: "Allow",
            Principal: { Service: PUBLISHERS },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
          },
        ],
      }),
    },
    { parent },
  );
}
