import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface SubscribedQueueArgs {
  topic: aws.sns.Topic;
  /** Time-out of the function that reads the queue. */
  functionSeconds: number;
  /** Where messages go that failed `attempts` times. */
  failures: aws.sqs.Queue;
  attempts: number;
  /** Seconds that each message waits before it can be read, at most 900. Default: 0. */
  delaySeconds?: number;
  /** Values that a message's attributes must have: `{ status: ["DELIVERED"] }`. Default: every message. */
  only?: Record<string, string[]>;
}

/** A queue of its own for one reader of a topic: it waits, retries and fails without any other reader noticing. */
export function createSubscribedQueue(name: string, args: SubscribedQueueArgs, parent: pulumi.Resource) {
  const { topic } = args;
  const queue = new aws.sqs.Queue(
    name,
    {
      // Six times the function's time, as AWS advises, so that no message comes back while it is being handled.
      visibilityTimeoutSeconds: 6 * args.functionSeconds,
      messageRetentionSeconds: 4 * 24 * 3600,
      delaySeconds: args.delaySeconds,
      sqsManagedSseEnabled: true,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: args.failures.arn, maxReceiveCount: args.attempts }),
    },
    { parent },
  );
  const queuePolicy = new aws.sqs.QueuePolicy(
    name,
    {
      queueUrl: queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queue.arn,
            Condition: { ArnEquals: { "aws:SourceArn": topic.arn } },
          },
        ],
      }),
    },
    { parent },
  );
  const subscription = new aws.sns.TopicSubscription(
    name,
    {
      topic: topic.arn,
      protocol: "sqs",
      endpoint: queue.arn,
      rawMessageDelivery: true,
      filterPolicy: args.only && JSON.stringify(args.only),
    },
    { parent, dependsOn: [queuePolicy] },
  );
  return { queue, subscription };
}

export function createDeadLetterQueue(name: string, parent: pulumi.Resource): aws.sqs.Queue {
  return new aws.sqs.Queue(name, { messageRetentionSeconds: 14 * 24 * 3600, sqsManagedSseEnabled: true }, { parent });
}
