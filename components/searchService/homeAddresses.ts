import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { HEARTBEAT, type HeartbeatItem } from "../../domain/region";

/**
 * Finds a Region's own catalogue address in its last heartbeat, as this Region's replica has it: nothing has to be asked
 * of a Region that may be dead, and no stack has to know the other's outputs.
 *
 * @returns the address without a trailing slash; `undefined` if that Region has never been heard of.
 */
export function homeAddresses(client: DynamoDBDocumentClient, table: string) {
  return async (region: string): Promise<string | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { subject: region, entry: HEARTBEAT }, ProjectionExpression: "urls" }),
    );
    return (Item as Pick<HeartbeatItem, "urls"> | undefined)?.urls.catalogue;
  };
}
