import { type Outranks, outranks } from "./effective";
import { ownItem, type Partition, type Standing } from "./items";
import { ORDER_STATUS_RULES } from "./status";

/** The execution: it works for one Region under one epoch. */
export interface StepWorker {
  region: string;
  epoch: number;
}

/** Answers of providers to this execution that are not in an item yet. */
export interface StepKnowledge {
  /** The money is taken, so the order can no longer be cancelled. */
  captured?: boolean;
  /** The shipping provider will never ship this order. */
  impossible?: boolean;
  /** The payment was declined or voided, or was pending for too long. */
  unpaid?: boolean;
}

export type Action = "authorize" | "capture" | "void" | "ship" | "refund" | "track";

/** Next step of an execution. */
export type Step =
  | { kind: "end"; reason: "taken over" | "superseded" | "final" }
  | { kind: "supersede" }
  | { kind: "act"; action: Action };

/**
 * Rule 4: decides before each provider call and after every write.
 *
 * The partition must come from a strongly consistent query. This decision overrides every earlier one.
 *
 * @example
 * const step = nextStep(partition, { region: "us-east-1", epoch: 1 });
 * if (step.kind === "act" && step.action === "authorize") await provider.authorize(order, means);
 */
export function nextStep<Item extends Standing>(
  partition: Partition<Item>,
  worker: StepWorker,
  known: StepKnowledge = {},
  ranking: Outranks = outranks,
): Step {
  const own = ownItem(partition, worker.region);
  if (own === undefined || own.epoch !== worker.epoch) return { kind: "end", reason: "taken over" };
  const { action, end } = ORDER_STATUS_RULES[own.status];
  if (end === "superseded") return { kind: "end", reason: "superseded" };
  if (action === undefined) return { kind: "end", reason: "final" };
  if (partition.orders.some((other) => other !== own && ranking(other, own))) return { kind: "supersede" };
  if (action === "track") return act(action);
  if (known.impossible) return act("refund");
  if (known.captured) return act("ship");
  if (known.unpaid || partition.cancelWished) return act("void");
  return act(action);
}

const act = (action: Action): Step => ({ kind: "act", action });
