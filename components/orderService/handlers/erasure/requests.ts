import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ORDER_SCHEMA } from "../../../../domain/order";
import { conditionHolds } from "../../../runtime/conditionalWrites";

/** Partition of the orders' table with one item for each erasure and Region; only that Region's item is written there. */
export const ERASURES = "erasures";

export interface ErasureItem {
  kind: "erasure";
  schema: number;
  /** `erasures`. */
  orderId: string;
  /** `CUSTOMER#REGION`. */
  region: string;
  /** The customer. An attribute `customerId` would put the item into the index of customers' orders. */
  erased: string;
  in: string;
  /** ISO 8601 UTC. */
  requestedAt: string;
  /**
   * ISO 8601 UTC, of a customer's own request: the customer's tokens have expired by then, and what they stored after the first erasure is
   * erased too.
   */
  againAt?: string;
  doneAt?: string;
}

/** One Region's table with the requests. */
export interface ErasureTable {
  client: Pick<DynamoDBDocumentClient, "send">;
  name: string;
  region: string;
}

/** Longer than a token (an hour at most), API Gateway's memory of it and the time until the account is deleted. */
const AGAIN_AFTER_MS = 2 * 3_600_000;

/** Key of a Region's item of an erasure. */
export const erasureKey = (customerId: string, region: string) => ({
  orderId: ERASURES,
  region: `${customerId}#${region}`,
});

/** Records a request, also one that was done before: orders may have come since. */
export async function recordRequest(table: ErasureTable, customerId: string, requestedAt: string): Promise<void> {
  await table.client.send(new UpdateCommand(requestUpdate(table, customerId, requestedAt)));
}

/**
 * Records a customer's own request.
 *
 * @returns `false` if this Region has the same request already, whose second erasure covers what has come since.
 */
export async function recordOwnRequest(table: ErasureTable, customerId: string, now: Date): Promise<boolean> {
  const requestedAt = now.toISOString();
  const update = requestUpdate(table, customerId, requestedAt);
  return await conditionHolds(
    table.client.send(
      new UpdateCommand({
        ...update,
        UpdateExpression: update.UpdateExpression.replace(" REMOVE", ", #againAt = :againAt REMOVE"),
        ConditionExpression: "attribute_not_exists(#againAt) OR #againAt <= :now",
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, "#againAt": "againAt" },
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ":againAt": new Date(now.getTime() + AGAIN_AFTER_MS).toISOString(),
        },
      }),
    ),
  );
}

function requestUpdate({ name, region }: ErasureTable, customerId: string, requestedAt: string) {
  return {
    TableName: name,
    Key: erasureKey(customerId, region),
    UpdateExpression:
      "SET #kind = :kind, #schema = :schema, #erased = :erased, #in = :in, #requestedAt = :now REMOVE #doneAt",
    ExpressionAttributeNames: {
      "#kind": "kind",
      "#schema": "schema",
      "#erased": "erased",
      "#in": "in",
      "#requestedAt": "requestedAt",
      "#doneAt": "doneAt",
    },
    ExpressionAttributeValues: {
      ":kind": "erasure",
      ":schema": ORDER_SCHEMA,
      ":erased": customerId,
      ":in": region,
      ":now": requestedAt,
    },
  };
}
