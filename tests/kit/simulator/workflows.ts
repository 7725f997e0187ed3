import { ExecutionAlreadyExists, ExecutionDoesNotExist } from "@aws-sdk/client-sfn";
import jsonata from "jsonata";
import type { Catcher, Retrier, TaskState } from "../../../workflows/statesLanguage";
import type { CallResult, Functions } from "./functions";
import type { SimulatedStack } from "./program";
import type { World } from "./world";

type Json = Record<string, unknown>;

export interface Execution {
  arn: string;
  region: string;
  input: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  error?: string;
  state: string;
  /** Retries used in this state, by retrier. */
  retries: Map<Retrier, number>;
  /** Grows with every entry of a state and every retry: an answer to an earlier one comes too late. */
  turn: number;
  token?: string;
  timer?: { cancel(): void };
  states: number;
  /** Milliseconds since 1970. */
  startedAt: number;
}

const compiled = new Map<string, jsonata.Expression>();

/** Step Functions: runs the definitions that the components deploy, JSONata included. */
export class Workflows {
  readonly executions = new Map<string, Execution>();
  private readonly tokens = new Map<string, { execution: Execution; turn: number }>();
  private tokenCount = 0;
  transitions = 0;
  /** Called when a state is entered, when an attempt of it fails, and when the execution ends. */
  onHistory: (execution: Execution, event: { entered?: string; isWaiting?: boolean; error?: string }) => void =
    () => {};

  constructor(
    private readonly world: World,
    private readonly stacks: ReadonlyMap<string, SimulatedStack>,
    private readonly functions: Functions,
  ) {}

  answer(region: string, command: string, input: Json): unknown {
    switch (command) {
      case "StartExecutionCommand":
        return this.start(region, String(input["name"]), String(input["input"]));
      case "DescribeExecutionCommand": {
        const execution = this.executions.get(String(input["executionArn"]));
        if (!execution) throw new ExecutionDoesNotExist({ $metadata: {}, message: "There is no such execution." });
        return { status: execution.status };
      }
      case "SendTaskSuccessCommand":
        return this.reply(input, (execution) => void this.leave(execution, {}));
      case "SendTaskFailureCommand":
        return this.reply(input, (execution) =>
          this.fail(execution, String(input["error"]), String(input["cause"] ?? "")),
        );
      default:
        throw new Error(`The simulator does not know Step Functions' ${command}.`);
    }
  }

  /** Ends an execution from outside, as an operator or a lost history does. */
  abort(execution: Execution): void {
    this.end(execution, "ABORTED", "Aborted");
  }

  running(region?: string): Execution[] {
    return [...this.executions.values()].filter(
      (execution) => execution.status === "RUNNING" && (region === undefined || execution.region === region),
    );
  }

  /** When an execution was started, if it runs. Milliseconds since 1970. */
  runningSince(region: string, name: string): number | undefined {
    const found = this.running(region).find(({ arn }) => arn.endsWith(`:${name}`));
    return found?.startedAt;
  }

  private start(region: string, name: string, input: string): unknown {
    const { workflow } = this.stacks.get(region)!;
    const arn = `${workflow.arn.replace(":stateMachine:", ":execution:")}:${name}`;
    const existing = this.executions.get(arn);
    if (existing) {
      if (existing.status === "RUNNING" && existing.input === input) return { executionArn: arn };
      throw new ExecutionAlreadyExists({ $metadata: { httpStatusCode: 400 }, message: "The execution exists." });
    }
    const execution: Execution = {
      arn,
      region,
      input,
      status: "RUNNING",
      state: workflow.definition.StartAt,
      retries: new Map(),
      turn: 0,
      states: 0,
      startedAt: this.world.now(),
    };
    this.executions.set(arn, execution);
    this.world.countExecution(name.slice(0, 26), region);
    this.world.tell(`${region} starts the execution ${name}`);
    this.world.after(5, region, () => this.enter(execution, execution.state, JSON.parse(input)));
    return { executionArn: arn };
  }

  private inputs = new WeakMap<Execution, Json>();

  private enter(execution: Execution, state: string, input: Json): void {
    if (execution.status !== "RUNNING") return;
    execution.state = state;
    execution.retries.clear();
    execution.states += 1;
    this.transitions += 1;
    this.inputs.set(execution, input);
    const definition = this.definition(execution);
    const isWaiting = "Resource" in definition && definition.Resource.endsWith(".waitForTaskToken");
    this.onHistory(execution, { entered: state, isWaiting });
    if (definition.Type === "Succeed") {
      this.end(execution, "SUCCEEDED");
      return;
    }
    if (definition.Type === "Fail") {
      this.end(execution, "FAILED", definition.Error);
      return;
    }
    void this.attempt(execution);
  }

  private definition(execution: Execution) {
    return this.stacks.get(execution.region)!.workflow.definition.States[execution.state]!;
  }

  private async attempt(execution: Execution): Promise<void> {
    const task = this.definition(execution) as TaskState<string>;
    const input = this.inputs.get(execution)!;
    const turn = ++execution.turn;
    const isWaiting = task.Resource.endsWith(".waitForTaskToken");
    const token = isWaiting ? `token-${++this.tokenCount}` : undefined;
    if (token) this.tokens.set(token, { execution, turn });
    execution.token = token;
    const states = { input, context: { Task: { Token: token } } };
    const payload = (await evaluate(task.Arguments.Payload, states)) as Json;
    const seconds = Number(await evaluate(task.TimeoutSeconds, states));
    execution.timer?.cancel();
    execution.timer = this.world.after(seconds * 1_000, execution.region, () => {
      if (execution.turn === turn) this.fail(execution, "States.Timeout", "");
    });
    const { region } = execution;
    const fn = this.functions.find(region, task.Arguments.FunctionName);
    this.functions.call(region, fn, payload, (result) => {
      if (execution.turn !== turn || execution.status !== "RUNNING") return;
      if (!result.ok) this.fail(execution, result.error, causeOf(result));
      else if (!isWaiting) void this.leave(execution, result.value);
    });
  }

  private reply(input: Json, answer: (execution: Execution) => void): unknown {
    const waiting = this.tokens.get(String(input["taskToken"]));
    if (!waiting) throw Object.assign(new Error("The token is not one."), { name: "InvalidToken" });
    const { execution, turn } = waiting;
    if (execution.turn !== turn || execution.status !== "RUNNING") {
      throw Object.assign(new Error("The task has timed out."), { name: "TaskTimedOut" });
    }
    answer(execution);
    return {};
  }

  private async leave(execution: Execution, result: unknown): Promise<void> {
    const task = this.definition(execution) as TaskState<string> & { Next?: string; End?: true };
    execution.timer?.cancel();
    execution.turn += 1;
    const input = this.inputs.get(execution)!;
    const output = task.Output ? await evaluate(task.Output, { input, result }) : result;
    if (task.Next === undefined) return this.end(execution, "SUCCEEDED");
    const next = task.Next;
    this.world.after(3, execution.region, () => this.enter(execution, next, output as Json));
  }

  private fail(execution: Execution, error: string, cause: string): void {
    const task = this.definition(execution) as TaskState<string>;
    this.onHistory(execution, { error });
    execution.timer?.cancel();
    execution.turn += 1;
    const retrier = task.Retry?.find(({ ErrorEquals }) => isListed(ErrorEquals, error));
    const used = retrier ? (execution.retries.get(retrier) ?? 0) : 0;
    if (retrier && used < retrier.MaxAttempts) {
      execution.retries.set(retrier, used + 1);
      const longest = Math.min(retrier.MaxDelaySeconds, retrier.IntervalSeconds * retrier.BackoffRate ** used);
      const jitter = this.world.chance.of(this.world.chance.next(`retry/${execution.arn}`));
      const { turn } = execution;
      this.world.after(longest * 1_000 * jitter, execution.region, () => {
        if (execution.turn === turn && execution.status === "RUNNING") void this.attempt(execution);
      });
      return;
    }
    const catcher = task.Catch?.find(({ ErrorEquals }) => isListed(ErrorEquals, error));
    if (!catcher) {
      this.end(execution, "FAILED", error);
      return;
    }
    void this.divert(execution, catcher, error, cause);
  }

  private async divert(execution: Execution, catcher: Catcher<string>, error: string, cause: string): Promise<void> {
    const input = this.inputs.get(execution)!;
    const errorOutput = { Error: error, Cause: cause };
    const output = catcher.Output ? await evaluate(catcher.Output, { input, errorOutput }) : errorOutput;
    this.world.after(3, execution.region, () => this.enter(execution, catcher.Next, output as Json));
  }

  private end(execution: Execution, status: Execution["status"], error?: string): void {
    if (execution.status !== "RUNNING") return;
    execution.timer?.cancel();
    execution.turn += 1;
    execution.status = status;
    execution.error = error;
    this.onHistory(execution, {});
    const name = execution.arn.split(":").at(-1)!;
    this.world.tell(
      `${execution.region} execution ${name} ${status}${error ? ` (${error})` : ""} in ${execution.state}`,
    );
  }
}

/** `States.ALL` and `States.TaskFailed` stand for every error but a time-out, as Step Functions defines them. */
function isListed(errors: readonly string[], error: string): boolean {
  return errors.includes(error) || errors.includes("States.ALL");
}

/** Cause that Step Functions builds from an error that a function throws. */
const causeOf = (result: CallResult & { ok: false }) =>
  JSON.stringify({ errorType: result.error, errorMessage: result.message, trace: [] });

/** Evaluates a field: text between `{%` and `%}` is JSONata, with `$states` and Step Functions' own `$parse`. */
async function evaluate(field: unknown, states: Json): Promise<unknown> {
  if (typeof field !== "string" || !field.startsWith("{%")) return field;
  let expression = compiled.get(field);
  if (!expression) {
    expression = jsonata(field.slice(2, -2));
    expression.registerFunction("parse", (text: string) => JSON.parse(text), "<s:x>");
    compiled.set(field, expression);
  }
  return expression.evaluate(undefined, { states });
}
