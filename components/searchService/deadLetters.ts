import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

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

const MAX_MESSAGES = 10;

/** Keeps dead letters in a queue. */
export function deadLetterQueue(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    async send(letters) {
      for (let start = 0; start < letters.length; start += MAX_MESSAGES) {
        const entries = letters
          .slice(start, start + MAX_MESSAGES)
          .map((letter, position) => ({ Id: String(position), MessageBody: JSON.stringify(letter) }));
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
        );
        if (Failed.length > 0)
          throw new Error(`The dead-letter queue refused ${Failed.length} messages: ${Failed[0]?.Message}`);
      }
    },
  };
}
