import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from "@aws-sdk/client-sfn";
import type { OrderItem } from "../../../../domain/order";
import {
  type Deadlines,
  executionName,
  isRefundKey,
  openKeys,
  ownItem,
  release,
  releaseRefund,
  type Sweep,
  sweep,
  sweepRefund,
} from "../../../../domain/order";
import type { OrderStore } from "../orderStore";

export interface SweepDeps {
  store: OrderStore;
  workflows: SFNClient;
  /** ARN of an execution of this name, without the name: `arn:aws:states:REGION:ACCOUNT:execution:STATEMACHINE`. */
  executionArnPrefix: string;
  deadlines?: Deadlines;
  /** ISO 8601 UTC. The Region returned then: orders not written since are checked before their deadline too. Default: only those past it. */
  backAt?: string;
  /** Restarts the parked orders, and no other ones. */
  release?: boolean;
  /** Milliseconds left: what is not swept now is swept next time. */
  timeLeftMs: () => number;
  onTrouble: (orderId: string, error: unknown) => void;
}

export type Swept = Record<Sweep<OrderItem>["kind"], number>;

/** Rule 12: checks this Region's orders whose deadline has passed, and restarts stalled ones. */
export async function sweepOrders(sweeping: SweepDeps): Promise<Swept> {
  const { store, backAt, timeLeftMs } = sweeping;
  const dueAt = backAt === undefined && !sweeping.release ? new Date().toISOString() : undefined;
  const swept: Swept = { nothing: 0, supersede: 0, restart: 0, park: 0, postpone: 0 };

  for (const key of openKeys(store.region)) {
    let after: Record<string, unknown> | undefined;
    do {
      const { orders, next } = await store.open(key, { dueAt, after });
      for (const { orderId, region } of orders) {
        if (timeLeftMs() < 5_000) return swept;
        try {
          const isRefund = isRefundKey(region);
          swept[isRefund ? await sweepRefunds(orderId, region, sweeping) : await sweepOrder(orderId, sweeping)] += 1;
        } catch (error) {
          // The failure of one order must not keep the sweeper from the others.
          sweeping.onTrouble(orderId, error);
        }
      }
      after = next;
    } while (after);
  }
  return swept;
}

async function sweepOrder(orderId: string, sweeping: SweepDeps): Promise<keyof Swept> {
  const { store, deadlines, backAt } = sweeping;
  const partition = await store.partition(orderId);
  const own = ownItem(partition, store.region);
  if (sweeping.release) {
    const write = release(partition, store.region, { at: new Date().toISOString(), deadlines });
    return write && (await store.write(write)) ? "restart" : "nothing";
  }
  if (!own || (backAt !== undefined && own.updatedAt >= backAt)) return "nothing";
  const running = await isRunning(own, sweeping);
  const decision = sweep(partition, store.region, running, { at: new Date().toISOString(), deadlines });
  if (decision.kind === "nothing") return "nothing";
  // Before its deadline there is nothing to postpone.
  if (decision.kind === "postpone" && backAt !== undefined) return "nothing";
  // A failed condition: an execution works on the order after all.
  return (await store.write(decision.write)) ? decision.kind : "nothing";
}

/** Rule 16 for one refund, by the range key of its item. */
async function sweepRefunds(orderId: string, key: string, sweeping: SweepDeps): Promise<keyof Swept> {
  const { store, deadlines, backAt } = sweeping;
  const { refunds = [] } = await store.partition(orderId);
  const own = refunds.find(({ region, owner }) => region === key && owner === store.region);
  const moment = { at: new Date().toISOString(), deadlines };
  if (sweeping.release) {
    const write = releaseRefund(own, moment);
    return write && (await store.writeRefund(write)) ? "restart" : "nothing";
  }
  if (backAt !== undefined && own && own.updatedAt >= backAt) return "nothing";
  const decision = sweepRefund(own, moment);
  if (decision.kind === "nothing") return "nothing";
  return (await store.writeRefund(decision.write)) ? decision.kind : "nothing";
}

async function isRunning(own: OrderItem, { workflows, executionArnPrefix }: SweepDeps): Promise<boolean> {
  const executionArn = `${executionArnPrefix}:${executionName(own.orderId, own.epoch)}`;
  try {
    const { status } = await workflows.send(new DescribeExecutionCommand({ executionArn }));
    return status === "RUNNING" || status === "PENDING_REDRIVE";
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}
