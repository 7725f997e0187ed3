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
export async function dispatch(record: DynamoDBRecord, deps: DispatchDeps): Promise<void> {
  const item = imageOf(record.dynamodb?.NewImage);
  const before = imageOf(record.dynamodb?.OldImage);
  // A record's images are of one item, and so of one kind.
  if (item?.kind === "cancel") await resumeExecution(deps.store, deps.reply, item.orderId);
  else if (item?.kind === "refund") await handleRefund(item, before as RefundItem | undefined, deps);
  else if (item?.region === deps.store.region) await handleOwnItem(item, before as OrderItem | undefined, deps);
  else if (item) await handlePeerItem(item, before as OrderItem | undefined, deps);
}

async function handleOwnItem(item: OrderItem, before: OrderItem | undefined, deps: DispatchDeps): Promise<void> {
  const isNewEpoch = before?.epoch !== item.epoch;
  if (isNewEpoch) await start(item, deps);
  // A restart or takeover keeps the status: nothing to publish, unless the notification was lost before it was sent.
  const isToPublish =
    isNewEpoch && item.epoch > 1 ? await isUnsent(item, deps) : isNewEpoch || before?.status !== item.status;
  if (isToPublish) await publish(toNotification(item), deps);
  if (before && recordsPayment(before.status, item.status)) {
    deps.onPaid?.((Date.parse(item.updatedAt) - Date.parse(item.createdAt)) / 1_000);
  }
  if (item.hold && !isOpen(item.status) && mayNeedNoHold(item)) await returnUnits(item.orderId, deps);
}

async function handlePeerItem(item: OrderItem, before: OrderItem | undefined, deps: DispatchDeps): Promise<void> {
  if (deps.peerRegions && !deps.peerRegions.includes(item.region)) {
    deps.onUnknownRegion?.({ orderId: item.orderId, region: item.region, status: item.status });
  }
  if (mayDecide(before, item)) await stepBack(item.orderId, deps);
}

async function handleRefund(item: RefundItem, before: RefundItem | undefined, deps: DispatchDeps): Promise<void> {
  if (item.owner !== deps.store.region) return;
  if (item.status === "REQUESTED" && before?.attempt !== item.attempt) await startRefund(item, deps);
  if (before?.status !== item.status) await publish(toRefundNotification(item), deps);
}

/** Rule 16: starts an attempt to make a refund. A repeated start refunds nothing twice. */
async function startRefund(
  { orderId, refundId, attempt }: RefundItem,
  { functions, refunder }: DispatchDeps,
): Promise<void> {
  const task: RefundTask = { orderId, refundId, attempt };
  await functions.send(
    new InvokeCommand({ FunctionName: refunder, InvocationType: "Event", Payload: JSON.stringify(task) }),
  );
}

/** False if the item alone shows that its hold stays, or is returned already. Otherwise the partition decides. */
function mayNeedNoHold(item: OrderItem): boolean {
  return isCustomerStatus(item.status) ? mayReturn(item, item) : !item.hold!.returned;
}

/** Rule 15: returns the units of the own hold, in the transaction that records it. */
async function returnUnits(orderId: string, { store }: DispatchDeps): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const write = returnHold(await store.partition(orderId), store.region);
    if (!write || (await store.write(write))) return;
  }
  throw new TransientError(`The order ${orderId} was changed concurrently; gave up after 3 attempts.`);
}

/** True if the customer has not been notified of the item's status. */
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
 * Rule 9: supersedes the own item if the peer Region's is the effective one. The resumed execution finds the item superseded, and
 * ends. An own item that is superseded already may hold units that the order no longer needs (rule 15).
 */
async function stepBack(orderId: string, deps: DispatchDeps): Promise<void> {
  const { store, reply, deadlines } = deps;
  for (let attempt = 0; attempt < 3; attempt++) {
    const partition = await store.partition(orderId);
    const write = onForeignRecord(partition, store.region, { at: new Date().toISOString(), deadlines });
    if (!write) {
      if (returnHold(partition, store.region)) await returnUnits(orderId, deps);
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
