import { type Outranks, outranks } from "./effective";
import { ownItem, type Partition, type Standing } from "./items";
import { ORDER_STATUS_RULES } from "./status";

/** Who asks: one execution works for one Region under one epoch. */
export interface StepWorker {
  region: string;
  epoch: number;
}

/** What this execution has heard from an outside system and no item says yet. */
export interface StepKnowledge {
  /** The money is taken, so the order can't be cancelled any more. */
  captured?: boolean;
  /** The shipping system will never ship this order. */
  impossible?: boolean;
  /** The payment was declined, or voided, or nothing was heard of it for too long. */
  unpaid?: boolean;
}

export type Action = "authorize" | "capture" | "void" | "ship" | "refund" | "track";

/** What an execution does next. */
export type Step =
  | { kind: "end"; because: "taken over" | "superseded" | "final" }
  | { kind: "supersede" }
  | { kind: "act"; action: Action };

/**
 * Rule 4: the decision before each call of an outside system and after every write.
 *
 * The partition must come from a strongly consistent query. Whatever an execution has been told before, this decides.
 *
 * @example
 * const step = nextStep(partition, { region: "us-east-1", epoch: 1 });
 * if (step.kind === "act" && step.action === "authorize") …
 */
export function nextStep<Item extends Standing>(
  partition: Partition<Item>,
  worker: StepWorker,
  heard: StepKnowledge = {},
  ranking: Outranks = outranks,
): Step {
  const own = ownItem(partition, worker.region);
  if (own === undefined || own.epoch !== worker.epoch) return { kind: "end", because: "taken over" };
  const { action, end } = ORDER_STATUS_RULES[own.status];
  if (end === "superseded") return { kind: "end", because: "superseded" };
  if (action === undefined) return { kind: "end", because: "final" };
  if (partition.orders.some((other) => other !== own && ranking(other, own))) return { kind: "supersede" };
  if (action === "track") return act(action);
  if (heard.impossible) return act("refund");
  if (heard.captured) return act("ship");
  if (heard.unpaid || partition.cancelWished) return act("void");
  return act(action);
}

const act = (action: Action): Step => ({ kind: "act", action });
