import type { SQSRecord } from "aws-lambda";
import type { NotificationChannel } from "../../../../domain/order";
import type { Log } from "../api/http";
import { documentClient, setting } from "../clients";
import { readOrderTables } from "../environment";
import type { OrderStore } from "../orderStore";
import { Circuit } from "./circuit";
import { deliver } from "./deliver";
import { createPostpone } from "./postpone";

/** Queue of one channel alone. */
export interface OwnQueue {
  /** Names the channel among those with their own queue. */
  suffix: string;
  arn: string;
  url: string;
}

interface OwnQueuesDeps {
  store: OrderStore;
  /** By the suffix of their queue. */
  channels: readonly (readonly [suffix: string, channel: NotificationChannel])[];
  log: Log;
}

/** Connects the channels that have queues of their own. The result delivers a message of such a queue, and returns `undefined` for others. */
export function readOwnQueues({
  store,
  channels,
  log,
}: OwnQueuesDeps): (record: SQSRecord) => Promise<void> | undefined {
  const queues = JSON.parse(setting("OWN_QUEUES")) as OwnQueue[];
  const changeVisibility = createPostpone();
  const { orders } = readOrderTables();
  const lanes = new Map(
    channels.map(([suffix, channel]) => {
      const { arn, url } = queues.find((queue) => queue.suffix === suffix)!;
      const circuit = new Circuit(documentClient(), orders, channel.name, store.region);
      const postpone = (record: SQSRecord, seconds: number) => changeVisibility(url, record, seconds);
      return [arn, { store, channel, circuit, postpone, log }] as const;
    }),
  );
  return (record) => {
    const lane = lanes.get(record.eventSourceARN);
    return lane && deliver(record, lane);
  };
}
