/**
 * The part of the Amazon States Language that the workflows here are written in: JSONata only, so that a state takes
 * what it needs from `$states` and no state has input or output paths.
 */

/** Text between `{%` and `%}`, evaluated when the state is entered. */
export type Jsonata = `{%${string}%}`;

/** `Optional`: states that some workflows of the kind lack. */
export interface Workflow<Name extends string, Optional extends Name = never> {
  Comment: string;
  QueryLanguage: "JSONata";
  StartAt: Name;
  /** The whole execution's limit. */
  TimeoutSeconds: number;
  States: Readonly<Record<Exclude<Name, Optional>, State<Name>> & Partial<Record<Optional, State<Name>>>>;
}

export type State<Name extends string> = TaskState<Name> | SucceedState | FailState;

export type TaskState<Name extends string> = {
  Type: "Task";
  Comment?: string;
  /** With `.waitForTaskToken` the state lasts until a reply with the token. */
  Resource: "arn:aws:states:::lambda:invoke" | "arn:aws:states:::lambda:invoke.waitForTaskToken";
  Arguments: { FunctionName: string; Payload: Jsonata };
  TimeoutSeconds: number | Jsonata;
  Retry?: readonly Retrier[];
  Catch?: readonly Catcher<Name>[];
  Output?: Jsonata;
} & ({ Next: Name } | { End: true });

export interface Retrier {
  ErrorEquals: readonly string[];
  IntervalSeconds: number;
  BackoffRate: number;
  MaxAttempts: number;
  MaxDelaySeconds: number;
  JitterStrategy: "FULL" | "NONE";
}

export interface Catcher<Name extends string> {
  ErrorEquals: readonly string[];
  Next: Name;
  Output?: Jsonata;
}

export interface SucceedState {
  Type: "Succeed";
  Comment?: string;
}

export interface FailState {
  Type: "Fail";
  Comment?: string;
  Error: string;
  Cause: string | Jsonata;
}
