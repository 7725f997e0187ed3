import { SIGNALS } from "../../../domain/order/signals";
import type { Deployment } from "../../deployment/deployment";
import { resourcesOfType } from "../../deployment/deployment";

/** A workflow's definition, as far as its drawing needs it. */
export interface Workflow {
  startAt: string;
  states: WorkflowState[];
}

export interface WorkflowState {
  name: string;
  /** `Task`, `Succeed`, `Fail` and so on. */
  type: string;
  /** Its comment in the definition. */
  about?: string;
  /** Transitions; `on` has the errors that lead there, without the prefixes of their names. */
  next: { to: string; on?: string[] }[];
  isEnd: boolean;
}

/** A workflow with the way that one order took. */
export interface WorkflowView extends Workflow {
  /** Number of times that each state was entered. */
  entered: Record<string, number>;
  /** Transitions that were taken, as `FROM>TO`. */
  taken: string[];
  /** States that are open now. */
  current: string[];
  /** States in which attempts or the execution failed. */
  failed: string[];
}

/** Words for the errors with which steps report exceptions; these are branches of the workflow and no failures. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  [SIGNALS.woken]: "woken to look again",
  [SIGNALS.ended]: "nothing is left to do for this execution",
  [SIGNALS.unpaid]: "the payment will not come",
  [SIGNALS.captured]: "the money was taken already",
  [SIGNALS.impossible]: "the parcel cannot be shipped",
  [SIGNALS.travelling]: "the parcel travels already",
  [SIGNALS.underReview]: "not reviewed yet",
  [SIGNALS.overdue]: "not delivered after the last check",
};

/** Returns true for an error of a failed attempt. A waiting state's time-out only means that the workflow looks again. */
export const isFailure = (error: string, isWaiting = false): boolean =>
  EXCEPTIONS[error] === undefined && !(isWaiting && error === "States.Timeout");

interface Definition {
  StartAt?: string;
  States?: Record<
    string,
    {
      Type?: string;
      Comment?: string;
      Next?: string;
      End?: boolean;
      Catch?: { ErrorEquals?: string[]; Next?: string }[];
    }
  >;
}

/** Reads the workflow of orders from the deployed state machines: the one that authorizes. */
export function readWorkflow(deployments: readonly Pick<Deployment, "resources">[]): Workflow | undefined {
  for (const { inputs } of deployments.flatMap((each) => resourcesOfType(each, "aws:sfn/stateMachine:StateMachine"))) {
    const { definition } = inputs;
    const parsed = (typeof definition === "string" ? JSON.parse(definition) : definition) as Definition | undefined;
    if (parsed?.States?.["Authorize"]) return toWorkflow(parsed);
  }
  return undefined;
}

/** Reduces a definition in Amazon States Language to its states and transitions. */
export function toWorkflow({ StartAt = "", States = {} }: Definition): Workflow {
  return {
    startAt: StartAt,
    states: Object.entries(States).map(([name, { Type = "", Comment, Next, End, Catch = [] }]) => ({
      name,
      type: Type,
      about: Comment,
      next: [
        ...(Next === undefined ? [] : [{ to: Next }]),
        ...Catch.flatMap(({ ErrorEquals = [], Next: to }) => (to === undefined ? [] : [{ to, on: ErrorEquals }])),
      ],
      isEnd: End === true || Type === "Succeed" || Type === "Fail",
    })),
  };
}

/** Finds the states and transitions that executions took. */
export function toWay(
  runs: readonly {
    status: string;
    states: readonly { name: string; endAt?: string; errors: readonly string[]; isWaiting?: true }[];
  }[],
): Pick<WorkflowView, "entered" | "taken" | "current" | "failed"> {
  const entered: Record<string, number> = {};
  const taken = new Set<string>();
  const current = new Set<string>();
  const failed = new Set<string>();
  for (const { status, states } of runs) {
    for (const [index, { name, endAt, errors, isWaiting }] of states.entries()) {
      entered[name] = (entered[name] ?? 0) + 1;
      const next = states[index + 1];
      if (next) taken.add(`${name}>${next.name}`);
      else if (endAt === undefined && status === "RUNNING") current.add(name);
      if (errors.some((error) => isFailure(error, isWaiting)) || (!next && !["RUNNING", "SUCCEEDED"].includes(status)))
        failed.add(name);
    }
  }
  return { entered, taken: [...taken], current: [...current], failed: [...failed] };
}
