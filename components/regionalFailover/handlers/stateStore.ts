import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import {
  type DrainItem,
  type HeartbeatItem,
  type RegionItem,
  type RegionRecords,
  toRegionRecords,
} from "../../../domain/region";
import { conditionHolds } from "../../runtime/conditionalWrites";
import { queryAll } from "../../runtime/queryAll";

/** Reads and writes one Region's replica of the table of Regions. */
export class StateStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** Reads the records of a Region. */
  async readRecords(subject: string): Promise<RegionRecords> {
    const items = await queryAll<RegionItem>(this.client, {
      TableName: this.tableName,
      KeyConditionExpression: "subject = :subject",
      ExpressionAttributeValues: { ":subject": subject },
      ConsistentRead: true,
    });
    return toRegionRecords(items);
  }

  /** Writes a Region's own heartbeat. Returns `false` if a newer one exists, because another run is active. */
  async writeHeartbeat(heartbeat: HeartbeatItem): Promise<boolean> {
    return await this.putNewest(heartbeat);
  }

  /** Writes a drain decision of an operator. Returns `false` if the same writer has written a newer one. */
  async writeDrain(item: DrainItem): Promise<boolean> {
    return await this.putNewest(item);
  }

  private putNewest(item: HeartbeatItem | DrainItem): Promise<boolean> {
    return conditionHolds(
      this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: item,
          ConditionExpression: "attribute_not_exists(subject) OR #at < :at",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":at": item.at },
        }),
      ),
    );
  }
}
