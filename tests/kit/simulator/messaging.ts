import type { Functions } from "./functions";
import type { SimulatedMapping, SimulatedQueue, SimulatedStack } from "./program";
import type { World } from "./world";

interface Message {
  id: string;
  body: string;
  attributes: Record<string, { stringValue: string; dataType: string }>;
  receives: number;
  deleted: boolean;
}

export interface DeadLetter {
  queue: string;
  region: string;
  body: string;
  reason: string;
}

interface BatchResult {
  batchItemFailures?: { itemIdentifier: string }[];
}

/** SNS topics, SQS queues with redelivery and dead letters, and the mappings that call functions with their messages. */
export class Messaging {
  readonly deadLetters: DeadLetter[] = [];
  private count = 0;

  constructor(
    private readonly world: World,
    private readonly stacks: ReadonlyMap<string, SimulatedStack>,
    private readonly functions: Functions,
    private readonly duplicates: number,
  ) {}

  publish(region: string, input: Record<string, unknown>): unknown {
    const attributes = (input["MessageAttributes"] ?? {}) as Record<string, { StringValue: string; DataType: string }>;
    for (const { topicArn, queueArn, only } of this.stacks.get(region)!.subscriptions) {
      if (topicArn !== input["TopicArn"]) continue;
      const passes = Object.entries(only ?? {}).every(([name, values]) =>
        values.includes(attributes[name]?.StringValue ?? ""),
      );
      if (!passes) continue;
      this.send(
        region,
        queueArn,
        String(input["Message"]),
        Object.fromEntries(
          Object.entries(attributes).map(([name, { StringValue, DataType }]) => [
            name,
            { stringValue: StringValue, dataType: DataType },
          ]),
        ),
      );
    }
    return { MessageId: `message-${++this.count}` };
  }

  /** Puts a message into a queue; without a mapping it stays there, as dead letters do. */
  send(region: string, queueArn: string, body: string, attributes: Message["attributes"] = {}, reason = "sent"): void {
    const stack = this.stacks.get(region)!;
    const queue = stack.queues.get(queueArn)!;
    const mapping = stack.mappings.find(({ sourceArn }) => sourceArn === queueArn);
    if (!mapping) {
      this.deadLetters.push({ queue: queue.name, region, body, reason });
      this.world.tell(`${region} dead letter in ${queue.name}: ${reason}`);
      return;
    }
    const message: Message = { id: `message-${++this.count}`, body, attributes, receives: 0, deleted: false };
    const label = this.world.chance.next(`queue/${region}/${queue.name}`);
    this.deliver(region, queue, mapping, message, queue.delaySeconds * 1_000 + this.world.latency(label, 50));
    if (this.world.strikes(`${label}/twice`, this.duplicates, "a queue delivers a message twice")) {
      this.deliver(region, queue, mapping, message, queue.delaySeconds * 1_000 + this.world.latency(`${label}/2`, 800));
    }
  }

  private deliver(
    region: string,
    queue: SimulatedQueue,
    mapping: SimulatedMapping,
    message: Message,
    delayMs: number,
  ): void {
    this.world.after(delayMs, region, () => {
      message.receives += 1;
      if (queue.attempts !== undefined && message.receives > queue.attempts && queue.deadLetterArn) {
        if (!message.deleted)
          this.send(region, queue.deadLetterArn, message.body, {}, `${queue.attempts} attempts failed`);
        message.deleted = true;
        return;
      }
      const record = {
        messageId: message.id,
        receiptHandle: message.id,
        body: message.body,
        attributes: { ApproximateReceiveCount: String(message.receives) },
        messageAttributes: message.attributes,
        eventSource: "aws:sqs",
        eventSourceARN: queue.arn,
        awsRegion: region,
      };
      const fn = this.functions.find(region, mapping.functionArn);
      this.functions.call(region, fn, { Records: [record] }, (result) => {
        const failed = result.ok && (result.value as BatchResult | undefined)?.batchItemFailures?.length;
        if (result.ok && !failed) message.deleted = true;
        else this.deliver(region, queue, mapping, message, queue.visibilitySeconds * 1_000);
      });
    });
  }
}
