import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import type { QueuedRecord } from "./batch";

/** An item's change as its table's stream reports it, before filters. */
export interface ItemWrite {
  tableName: string;
  eventId: string;
  /** ISO 8601, UTC: when the reader received it. */
  at: string;
  /** Items before and after the write, in DynamoDB's JSON. */
  before?: Record<string, AttributeValue>;
  after?: Record<string, AttributeValue>;
}

/** A stream record in Lambda's form: an element of `Records` in a `DynamoDBStreamEvent`. */
export interface LambdaStreamRecord {
  eventID?: string;
  eventName?: string;
  eventVersion?: string;
  eventSource: "aws:dynamodb";
  awsRegion: string;
  dynamodb: Record<string, unknown>;
  eventSourceARN: string;
  userIdentity?: { type?: string; principalId?: string };
}

/** Converts the SDK's record to Lambda's form: bytes as base64, times as epoch seconds. */
export function lambdaRecord(record: StreamRecord, streamArn: string): LambdaStreamRecord {
  const { userIdentity } = record;
  return {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion,
    eventSource: "aws:dynamodb",
    awsRegion: streamArn.split(":")[3] ?? "",
    dynamodb: plain(record.dynamodb) as Record<string, unknown>,
    eventSourceARN: streamArn,
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
  };
}

/** Converts a record for its lane. */
export function queued(record: LambdaStreamRecord): QueuedRecord {
  const createdAt = record.dynamodb["ApproximateCreationDateTime"];
  return {
    sequenceNumber: String(record.dynamodb["SequenceNumber"]),
    createdAt: typeof createdAt === "number" ? createdAt * 1000 : Date.now(),
    json: JSON.stringify(record),
  };
}

/** Returns the item's lane, always the same of `count`, so that its changes stay in order. */
export function laneOf(keys: unknown, count: number): number {
  if (count === 1) return 0;
  const text = JSON.stringify(
    keys,
    Object.keys((keys as object) ?? {})
      .sort()
      .concat("S", "N", "B"),
  );
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return Math.abs(hash) % count;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [name, plain(inner)]),
  );
}
