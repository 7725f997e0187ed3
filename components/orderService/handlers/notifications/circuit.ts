import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  type CircuitItem,
  circuitKey,
  FAILURES_BEFORE_PAUSE,
  ORDER_SCHEMA,
  PROBE_SECONDS,
  pauseSeconds,
} from "../../../../domain/order";
import { conditionHolds } from "../../../runtime/conditionalWrites";

/** A delivery's permission, or the seconds until another look. */
export type Entry =
  | {
      kind: "open";
      /** State at that time; absent: the channel's deliveries succeed. */
      seen?: Pick<CircuitItem, "pausedUntil" | "pauses">;
    }
  | { kind: "paused"; seconds: number };

const KEPT_SECONDS = 2 * 86_400;

/**
 * Pauses a channel whose deliveries keep failing. The state is an item of the own Region in the orders' table, so that all instances
 * of the notifier share it; one read a delivery, and no write while deliveries succeed.
 */
export class Circuit {
  private readonly table: { TableName: string; Key: ReturnType<typeof circuitKey> };

  constructor(
    private readonly client: DynamoDBDocumentClient,
    table: string,
    channel: string,
    region: string,
  ) {
    this.table = { TableName: table, Key: circuitKey(channel, region) };
  }

  /** Asks for a delivery. After a pause one delivery probes, and the others wait for its result. */
  async enter(now: number): Promise<Entry> {
    const { Item } = await this.client.send(new GetCommand({ ...this.table, ConsistentRead: true }));
    const seen = Item as CircuitItem | undefined;
    if (seen?.pausedUntil === undefined) return { kind: "open", seen };
    const waitMs = Date.parse(seen.pausedUntil) - now;
    if (waitMs > 0) return { kind: "paused", seconds: Math.ceil(waitMs / 1_000) };
    const probing = isoAfter(now, PROBE_SECONDS);
    const isOurs = await this.pause(probing, seen.pausedUntil, 0);
    return isOurs
      ? { kind: "open", seen: { ...seen, pausedUntil: probing } }
      : { kind: "paused", seconds: PROBE_SECONDS };
  }

  async succeeded({ seen }: Extract<Entry, { kind: "open" }>): Promise<void> {
    if (seen) await this.client.send(new DeleteCommand(this.table));
  }

  /** Counts a failure. Returns the seconds of the pause that it begins. */
  async failed({ seen }: Extract<Entry, { kind: "open" }>, now: number): Promise<number | undefined> {
    const { Attributes } = await this.client.send(
      new UpdateCommand({
        ...this.table,
        UpdateExpression: "SET #kind = :kind, #schema = :schema, expiresAt = :expiresAt ADD failures :one",
        ExpressionAttributeNames: { "#kind": "kind", "#schema": "schema" },
        ExpressionAttributeValues: {
          ":kind": "circuit",
          ":schema": ORDER_SCHEMA,
          ":expiresAt": Math.floor(now / 1_000) + KEPT_SECONDS,
          ":one": 1,
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    const { failures, pauses = 0 } = Attributes as CircuitItem;
    if (failures < FAILURES_BEFORE_PAUSE) return undefined;
    const seconds = pauseSeconds(pauses, Math.random());
    // Of deliveries that fail at the same time, one begins the pause.
    return (await this.pause(isoAfter(now, seconds), seen?.pausedUntil, 1)) ? seconds : undefined;
  }

  /** Sets the end of a pause, if nothing else has changed it since `earlier` was read. */
  private async pause(until: string, earlier: string | undefined, counted: number): Promise<boolean> {
    const isUnchanged = earlier === undefined ? "attribute_not_exists(pausedUntil)" : "pausedUntil = :earlier";
    return await conditionHolds(
      this.client.send(
        new UpdateCommand({
          ...this.table,
          UpdateExpression: "SET pausedUntil = :until ADD pauses :counted",
          ConditionExpression: `attribute_exists(failures) AND ${isUnchanged}`,
          ExpressionAttributeValues: {
            ":until": until,
            ":counted": counted,
            ...(earlier !== undefined && { ":earlier": earlier }),
          },
        }),
      ),
    );
  }
}

const isoAfter = (now: number, seconds: number): string => new Date(now + seconds * 1_000).toISOString();
