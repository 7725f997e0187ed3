import {
  type Action,
  advance,
  type Deadlines,
  nextStep,
  type OrderItem,
  type Outcome,
  ownItem,
  type Partition,
  type StepInput,
  type StepKnowledge,
  supersede,
} from "../../../../domain/order";
import { TransientError } from "../../../runtime/transientError";
import type { OrderStore } from "../orderStore";

/** Result of an action: the domain's outcome of the provider's answer, and the changes to the item. */
export type Performed = Outcome & {
  changes?: Partial<OrderItem>;
  /** In a customer's words, why the order is not paid or not shipped. */
  reason?: string;
  /** After the write there is nothing to do until the provider's record changes: the step waits. */
  thenWaits?: boolean;
};

/** End of a step: it waits, nothing is left to do, or another step performs the next action. */
export type Exit = { kind: "wait" } | { kind: "ended" } | { kind: "next"; action: Action; reason?: string };

export interface StepRun {
  store: OrderStore;
  /** The actions that this step performs. */
  perform: Partial<Record<Action, (own: OrderItem) => Promise<Performed>>>;
  /** Answers that earlier steps of the execution have received. */
  known?: StepKnowledge;
  deadlines?: Deadlines;
  /** The order as just read, strongly consistent. Default: it is read. */
  partition?: Partition;
}

/** More rounds than any order needs: each one writes or receives something new. */
const MOST_ROUNDS = 16;

/**
 * Runs one step of the workflow by the rules: read the partition, decide, call the provider, write, decide again,
 * until what comes next is not this step's to do.
 *
 * Each provider call that moves something follows a strongly consistent read. A step that is killed anywhere in between can be
 * run again, here or in the other Region.
 */
export async function runStep(input: Pick<StepInput, "orderId" | "epoch">, run: StepRun): Promise<Exit> {
  const { store, deadlines } = run;
  const worker = { region: store.region, epoch: input.epoch };
  let known = run.known ?? {};
  let reason: string | undefined;
  let partition = run.partition ?? (await store.partition(input.orderId));
  // The partition is read from the table, or is what was read with a write that has happened.
  let fresh = true;
  let isWritten = false;

  for (let round = 0; round < MOST_ROUNDS; round++) {
    const step = nextStep(partition, worker, known);
    if (step.kind === "end") return { kind: "ended" };
    const perform = step.kind === "act" ? run.perform[step.action] : undefined;
    if (step.kind === "act" && !perform) return { kind: "next", action: step.action, reason };
    // Reading the shipping provider's record moves nothing. What the peer Region writes may arrive after a read as well, and nothing that
    // this Region learns about a captured order decides against the record.
    const isReading = step.kind === "act" && step.action === "track";
    if (!fresh && !(isReading && isWritten)) {
      // Something was written or answered since, or a write's condition failed: never act on an old read.
      partition = await store.partition(input.orderId);
      fresh = true;
      continue;
    }
    fresh = false;
    isWritten = false;
    const own = ownItem(partition, store.region)!;
    if (!perform) {
      if (await store.write(supersede(own, { at: now(), deadlines }))) return { kind: "ended" };
      continue;
    }
    const performed = await perform(own);
    if (performed.kind === "wait") return { kind: "wait" };
    reason = performed.reason ?? reason;
    if (performed.kind === "known") known = { ...known, ...performed.known };
    if (performed.kind === "write") {
      const write = advance(own, performed.status, { at: now(), deadlines }, performed.changes);
      isWritten = await store.write(write);
      if (isWritten && performed.thenWaits) return { kind: "wait" };
      if (isWritten) partition = replaced(partition, own, write.item);
    }
  }
  throw new TransientError(`The order ${input.orderId} was changed concurrently in every round; gave up.`);
}

const now = () => new Date().toISOString();

function replaced(partition: Partition, before: OrderItem, after: OrderItem): Partition {
  return { ...partition, orders: partition.orders.map((item) => (item === before ? after : item)) };
}
