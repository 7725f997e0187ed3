import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** A product that can't be indexed, with the reason. Its content is in the table; once repaired there, it is indexed. */
export interface DeadLetter {
  productId: string;
  version?: number;
  reason: string;
  /** The stream record, or the index being rebuilt. */
  source: { sequenceNumber: string; streamArn: string } | { rebuild: string };
  /** ISO 8601 UTC. */
  at: string;
}

/** Destination of products that can't be indexed. */
export interface DeadLetters {
  /** Resolves when every letter is stored. On rejection the caller must process the records again. */
  send(letters: readonly DeadLetter[]): Promise<void>;
}

/** Messages sent at once, so that a whole batch of unusable records fits into the function's time-out. */
const PARALLEL_MESSAGES = 10;

/** Sends dead letters to a queue. */
export function createDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    async send(letters) {
      for (let start = 0; start < letters.length; start += PARALLEL_MESSAGES) {
        const some = letters.slice(start, start + PARALLEL_MESSAGES);
        await Promise.all(
          some.map((letter) =>
            client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) })),
          ),
        );
      }
    },
  };
}
