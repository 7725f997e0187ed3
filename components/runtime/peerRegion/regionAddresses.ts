import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { HEARTBEAT, type HeartbeatItem } from "../../../domain/region";

/**
 * Looks up a Region's addresses in its last heartbeat, from this Region's replica. No call to a Region that may be lost is
 * needed, and no output of the other stack.
 *
 * @param table name of a `RegionState`'s table.
 * @returns the address of the service there, without a trailing slash; `undefined` if that Region has no heartbeat.
 */
export function createAddressLookup(client: DynamoDBDocumentClient, table: string, service: "orders" | "catalogue") {
  return async (region: string): Promise<string | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { subject: region, entry: HEARTBEAT }, ProjectionExpression: "urls" }),
    );
    return (Item as Pick<HeartbeatItem, "urls"> | undefined)?.urls[service];
  };
}
