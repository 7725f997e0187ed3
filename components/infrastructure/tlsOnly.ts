import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Returns the statement of a resource policy that denies requests without TLS. */
export function denyWithoutTls(actions: string, resources: pulumi.Input<string>[]) {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * Sets the policy of a queue: these statements, and TLS for every request. A queue has one policy, so a second policy resource would
 * replace the first.
 */
export function setQueuePolicy(
  name: string,
  queue: aws.sqs.Queue,
  statements: pulumi.Input<object>[],
  parent: pulumi.Resource,
): aws.sqs.QueuePolicy {
  return new aws.sqs.QueuePolicy(
    name,
    { queueUrl: queue.url, policy: documentOf([...statements, denyWithoutTls("sqs:*", [queue.arn])]) },
    { parent },
  );
}

/**
 * Sets the policy of a topic: these statements, and TLS for every publication. Topic policies accept single actions only
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html).
 */
export function setTopicPolicy(
  name: string,
  topic: aws.sns.Topic,
  statements: pulumi.Input<object>[],
  parent: pulumi.Resource,
): aws.sns.TopicPolicy {
  return new aws.sns.TopicPolicy(
    name,
    { arn: topic.arn, policy: documentOf([...statements, denyWithoutTls("sns:Publish", [topic.arn])]) },
    { parent },
  );
}

const documentOf = (Statement: pulumi.Input<object>[]): pulumi.Output<string> =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement });
