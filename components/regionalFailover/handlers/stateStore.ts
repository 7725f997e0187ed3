import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import {
  type DrainItem,
  type HeartbeatItem,
  type RegionItem,
  type RegionRecords,
  toRegionRecords,
} from "../../../domain/region";

/** The table by which Regions know of each other, as one of them reads and writes it. */
export class StateStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** All that this Region's replica knows about a Region. */
  async book(subject: string): Promise<RegionRecords> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: "subject = :subject",
        ExpressionAttributeValues: { ":subject": subject },
        ConsistentRead: true,
      }),
    );
    return toRegionRecords(Items as RegionItem[]);
  }

  /** Writes a Region's own heartbeat, unless a newer one is there: `false` says that another run is at work. */
  async beat(heartbeat: HeartbeatItem): Promise<boolean> {
    return await this.putNewest(heartbeat);
  }

  /** Writes an operator's word, unless the same writer has written a newer one. */
  async drain(word: DrainItem): Promise<boolean> {
    return await this.putNewest(word);
  }

  private async putNewest(item: HeartbeatItem | DrainItem): Promise<boolean> {
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: item,
          ConditionExpression: "attribute_not_exists(subject) OR #at < :at",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":at": item.at },
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
      return false;
    }
  }
}
