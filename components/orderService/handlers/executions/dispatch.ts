import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import {
  type CancelItem,
  type Deadlines,
  type ExecutionInput,
  executionName,
  isCustomerStatus,
  isOpen,
  mayDecide,
  mayReturn,
  type OrderItem,
  type OrderNotification,
  onForeignRecord,
  type RefundItem,
  type RefundNotification,
  recordsPayment,
  returnHold,
  toNotification,
  toRefundNotification,
} from "../../../../domain/order";
import { TransientError } from "../../../runtime/transientError";
import type { RefundTask } from "../api/refunds";
import type { OrderStore } from "../orderStore";
import { resumeExecution } from "./resume";
import type { TaskReply } from "./taskReply";

export interface DispatchDeps {
  store: OrderStore;
  workflows: SFNClient;
  stateMachineArn: string;
  publisher: SNSClient;
  topicArn: string;
  reply: TaskReply;
  functions: LambdaClient;
  /** Name of the function that makes refunds. */
  refunder: string;
  deadlines?: Deadlines;
  /** Other Regions that work on orders of this table. Absent where they are not known. */
  peerRegions?: readonly string[];
  /** Reports an item of a Region that is neither this one nor a peer: no workflow works on it. */
  onUnknownRegion?(item: Pick<OrderItem, "orderId" | "region" | "status">): void;
  /** Called with the seconds from the placing of an order of this Region to its payment. */
  onPaid?(seconds: number): void;
}

/** Kinds of items whose records the dispatcher handles; the event source filters out all others. */
export const DISPATCHED_KINDS = ["order", "cancel", "refund"] as const;

/**
 * Handles one record of the orders table's stream, of which this is the only reader: starts executions (rule 3),
 * publishes status changes (rule 13), supersedes (rule 9), resumes a waiting execution when the customer cancels, and has
 * refunds made (rule 16).
 * Every action is idempotent.
 */
export async function dispatch(record: DynamoDBRecord, dispatching: DispatchDeps): Promise<void> {
  const item = imageOf(record.dynamodb?.NewImage);
  if (!item) return;
  if (item.kind === "cancel") {
    await resumeExecution(dispatching.store, dispatching.reply, item.orderId);
  } else if (item.kind === "refund") {
    const before = imageOf(record.dynamodb?.OldImage) as RefundItem | undefined;
    if (item.owner !== dispatching.store.region) return;
    await followRefund(item, before, dispatching);
    if (before?.status !== item.status) await publish(toRefundNotification(item), dispatching);
  } else if (item.region !== dispatching.store.region) {
    if (dispatching.peerRegions && !dispatching.peerRegions.includes(item.region)) {
      dispatching.onUnknownRegion?.({ orderId: item.orderId, region: item.region, status: item.status });
    }
    const before = imageOf(record.dynamodb?.OldImage) as OrderItem | undefined;
    if (mayDecide(before, item)) await stepBack(item.orderId, dispatching);
  } else {
    const before = imageOf(record.dynamodb?.OldImage) as OrderItem | undefined;
    const newEpoch = before?.epoch !== item.epoch;
    if (newEpoch) await start(item, dispatching);
    const isNews =
      item.epoch > 1 && newEpoch ? await isUnsent(item, dispatching) : newEpoch || before?.status !== item.status;
    if (isNews) await publish(toNotification(item), dispatching);
    if (before && recordsPayment(before.status, item.status)) {
      dispatching.onPaid?.((Date.parse(item.updatedAt) - Date.parse(item.createdAt)) / 1_000);
    }
    if (item.hold && !isOpen(item.status) && mayNeedNoHold(item)) await returnUnits(item.orderId, dispatching);
  }
}

/** Rule 16: starts the execution of a refund's attempt. A repeated start makes nothing twice. */
async function followRefund(
  { orderId, refundId, attempt, status }: RefundItem,
  before: RefundItem | undefined,
  { functions, refunder }: DispatchDeps,
): Promise<void> {
  if (status !== "REQUESTED" || before?.attempt === attempt) return;
  const task: RefundTask = { orderId, refundId, attempt };
  await functions.send(
    new InvokeCommand({ FunctionName: refunder, InvocationType: "Event", Payload: JSON.stringify(task) }),
  );
}

/** False if the item itself says that its hold stays or is returned; only its partition can say the rest. */
function mayNeedNoHold(item: OrderItem): boolean {
  return isCustomerStatus(item.status) ? mayReturn(item, item) : !item.hold!.returned;
}

/** Rule 15: gives the own hold back, in the transaction that notes it. */
async function returnUnits(orderId: string, { store }: DispatchDeps): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const write = returnHold(await store.partition(orderId), store.region);
    if (!write || (await store.write(write))) return;
  }
  throw new TransientError(`The order ${orderId} was changed concurrently; gave up after 3 attempts.`);
}

/** A restart or takeover keeps the status: nothing to publish, unless the notification was lost before it was sent. */
async function isUnsent({ orderId, status }: OrderItem, { store }: DispatchDeps): Promise<boolean> {
  return isCustomerStatus(status) && !(await store.notified(orderId)).sent.has(status);
}

/** Rule 3: starts the execution of an epoch. */
async function start(item: OrderItem, { workflows, stateMachineArn }: DispatchDeps): Promise<void> {
  const input: ExecutionInput = { orderId: item.orderId, epoch: item.epoch, startedAt: item.updatedAt, polls: 0 };
  try {
    await workflows.send(
      new StartExecutionCommand({
        stateMachineArn,
        name: executionName(item.orderId, item.epoch),
        input: JSON.stringify(input),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}

/** Rule 13: publishes a status, or a refund that was made. Other services filter by the attributes. */
async function publish(
  notification: OrderNotification | RefundNotification | undefined,
  { publisher, topicArn }: DispatchDeps,
): Promise<void> {
  if (!notification) return;
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  await publisher.send(
    new PublishCommand({
      TopicArn: topicArn,
      Message: JSON.stringify(notification),
      MessageAttributes: {
        status: attribute(notification.status),
        customerId: attribute(notification.customerId),
        orderId: attribute(notification.orderId),
      },
    }),
  );
}

/**
 * Rule 9: supersedes the own item. Its execution is resumed, finds that, and ends. An own item that is superseded already may
 * hold units that the order no longer needs (rule 15).
 */
async function stepBack(orderId: string, dispatching: DispatchDeps): Promise<void> {
  const { store, reply, deadlines } = dispatching;
  for (let attempt = 0; attempt < 3; attempt++) {
    const partition = await store.partition(orderId);
    const write = onForeignRecord(partition, store.region, { at: new Date().toISOString(), deadlines });
    if (!write) {
      if (returnHold(partition, store.region)) await returnUnits(orderId, dispatching);
      return;
    }
    if (await store.write(write)) {
      await resumeExecution(store, reply, orderId);
      return;
    }
  }
  throw new TransientError(`The order ${orderId} was changed concurrently; gave up after 3 attempts.`);
}

function imageOf(image: unknown): OrderItem | CancelItem | RefundItem | undefined {
  if (!image) return undefined;
  // The event's types and the SDK's describe the same JSON.
  const item = unmarshall(image as Record<string, AttributeValue>);
  const isKnown = DISPATCHED_KINDS.some((kind) => kind === item["kind"]);
  return isKnown ? (item as OrderItem | CancelItem | RefundItem) : undefined;
}
