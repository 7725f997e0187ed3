import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { HEARTBEAT, type HeartbeatItem } from "../../../domain/region";

/**
 * Finds a Region's own addresses in its last heartbeat, as this Region's replica has it: nothing has to be asked of a
 * Region that may be dead, and no stack has to know the other's outputs.
 *
 * @param table name of a `RegionState`'s table.
 * @returns the address of the service there, without a trailing slash; `undefined` if that Region was never heard of.
 */
export function createAddressLookup(client: DynamoDBDocumentClient, table: string, service: "orders" | "catalogue") {
  return async (region: string): Promise<string | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { subject: region, entry: HEARTBEAT }, ProjectionExpression: "urls" }),
    );
    return (Item as Pick<HeartbeatItem, "urls"> | undefined)?.urls[service];
  };
}
