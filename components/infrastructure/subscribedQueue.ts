import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform, type Transform } from "../arguments/overrides";
import { setQueuePolicy } from "./tlsOnly";

export interface SubscribedQueueArgs {
  topic: aws.sns.Topic;
  /** Time-out of the function that reads the queue, in seconds. */
  functionSeconds: number;
  /** Dead-letter queue for messages that failed `attempts` times. */
  failures: aws.sqs.Queue;
  attempts: number;
  /** Seconds that each message waits before it can be read, at most 900. Default: 0. */
  delaySeconds?: number;
  /** Values that a message's attributes must have: `{ status: ["DELIVERED"] }`. Default: every message. */
  only?: Record<string, string[]>;
}

/** Creates a queue for one subscriber of a topic, so that its delays, retries and failures do not affect other subscribers. */
export function createSubscribedQueue(name: string, args: SubscribedQueueArgs, parent: pulumi.Resource) {
  const { topic } = args;
  const queue = new aws.sqs.Queue(
    name,
    {
      // Six times the function's time-out, as AWS advises, so that no message returns while it is being handled.
      visibilityTimeoutSeconds: 6 * args.functionSeconds,
      messageRetentionSeconds: 4 * 24 * 3600,
      delaySeconds: args.delaySeconds,
      sqsManagedSseEnabled: true,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: args.failures.arn, maxReceiveCount: args.attempts }),
    },
    { parent },
  );
  const queuePolicy = setQueuePolicy(
    name,
    queue,
    [
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue.arn,
        Condition: { ArnEquals: { "aws:SourceArn": topic.arn } },
      },
    ],
    parent,
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

/** Creates a queue for messages that could not be handled, kept for 14 days, the longest that SQS keeps any. */
export function createDeadLetterQueue(
  name: string,
  parent: pulumi.Resource,
  transform?: Transform<aws.sqs.QueueArgs>,
): aws.sqs.Queue {
  const args = { messageRetentionSeconds: 14 * 24 * 3600, sqsManagedSseEnabled: true };
  const queue = new aws.sqs.Queue(name, applyTransform<aws.sqs.QueueArgs>(args, transform), { parent });
  setQueuePolicy(name, queue, [], parent);
  return queue;
}
