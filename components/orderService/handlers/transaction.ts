import { type AttributeValue, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { TransientError } from "../../runtime/transientError";

export type Action = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/** Attempts of a transaction that meets another one: after 0, 50, 100 ms at most, doubling. */
const ATTEMPTS = 3;

/** The same for a transaction on items in which many orders meet: 1.6 s at most, in a function that has 10. */
export const MEETING_ATTEMPTS = 6;

const PASSING_REASONS = new Set([
  "None",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
  "RequestLimitExceeded",
]);

/**
 * Runs one transaction. `undefined` if it happened, else the actions whose conditions did not hold, by index, with the item
 * in the way where the action asked for it.
 */
export async function transact(
  client: DynamoDBDocumentClient,
  actions: Action[],
  attempts = ATTEMPTS,
): Promise<Map<number, Record<string, unknown> | undefined> | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: actions }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = (error.CancellationReasons ?? []) as { Code?: string; Item?: Record<string, AttributeValue> }[];
      const refused = new Map<number, Record<string, unknown> | undefined>();
      for (const [index, { Code, Item }] of reasons.entries()) {
        // The document client translates answers, and not what an error carries.
        if (Code === "ConditionalCheckFailed") refused.set(index, Item && unmarshall(Item));
      }
      if (refused.size > 0) return refused;
      const passes = reasons.every(({ Code }) => Code === undefined || PASSING_REASONS.has(Code));
      if (!passes || attempt === attempts - 1) {
        throw passes ? new TransientError("The items were changed concurrently.", { cause: error }) : error;
      }
      // Another writer has the same item in this moment: a retry of the same request, or another order.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** attempt));
    }
  }
}
