import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../../arguments/overrides";
import type { ObservabilityArgs } from "../args";

/** A topic, and the policy that AWS services need to publish to it. */
export interface AlarmTopic {
  topic: aws.sns.Topic;
  policy: aws.sns.TopicPolicy;
}

/** Creates a topic that only CloudWatch and Cost Anomaly Detection of this account may publish to. */
export function createAlarmTopic(
  name: string,
  { mails = [], transform }: ObservabilityArgs,
  accountId: pulumi.Input<string>,
  parent: pulumi.Resource,
): AlarmTopic {
  const args = applyTransform<aws.sns.TopicArgs>({ displayName: "Store alarms" }, transform?.alarmTopic);
  const topic = new aws.sns.Topic(`${name}-alarms`, args, { parent });
  const policy = new aws.sns.TopicPolicy(
    `${name}-alarms`,
    {
      arn: topic.arn,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: ["cloudwatch.amazonaws.com", "costalerts.amazonaws.com"] },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
      }),
    },
    { parent },
  );
  for (const mail of mails) {
    new aws.sns.TopicSubscription(
      `${name}-${mail}`,
      { topic: topic.arn, protocol: "email", endpoint: mail },
      { parent },
    );
  }
  return { topic, policy };
}
