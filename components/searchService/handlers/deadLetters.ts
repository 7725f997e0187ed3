import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** A product that can't be indexed, and why. Its item in the table has the content: repaired there, it is indexed. */
export interface DeadLetter {
  productId: string;
  version?: number;
  reason: string;
  /** Where it was found. */
  source: { sequenceNumber: string; streamArn: string } | { rebuild: string };
  /** ISO 8601 UTC. */
  at: string;
}

/** Where products go that can't be indexed. */
export interface DeadLetters {
  /** Resolves when every letter is kept; otherwise the caller must not go on as if it were. */
  send(letters: readonly DeadLetter[]): Promise<void>;
}

/** So many at a time: a whole batch of poison is rare, but must fit into the function's time-out. */
const PARALLEL_MESSAGES = 10;

/** Keeps dead letters in a queue. */
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
