import { SIGNALS, type Signal, type StepName } from "../domain/order/signals";
import type { OrderWaits, Polling, Retrying } from "./orderWaits";
import type { Catcher, Jsonata, Retrier, TaskState, Workflow } from "./statesLanguage";

export type OrderState =
  | "Authorize"
  | "Review"
  | "Capture"
  | "Ship"
  | "Void"
  | "Refund"
  | "Ended"
  | "RefundFailing"
  | "DeliveryOverdue";

export interface OrderWorkflowArgs {
  /** ARNs of the functions that do the steps. Without `review` there is no such step. */
  functions: { authorize: string; settle: string; ship: string; review?: string };
  waits: OrderWaits;
}

/**
 * The workflow of an order after it was placed.
 *
 * ```
 *  Authorize, capture ──► Ship, track ──► delivered
 *     │ unpaid               │ impossible
 *     ▼       captured       ▼
 *    Void ───────► (Ship)   Refund ──► cancelled
 *     │                      │ keeps failing
 *     ▼                      ▼
 *  cancelled           RefundFailing: alarm, and the order stays open
 * ```
 *
 * With a check of the store's own, Authorize only holds the money, and Review and Capture follow: accepted orders are captured, declined
 * ones take the way of declined payments.
 *
 * Each step reads the order and decides by the rules in `domain/order` before it does anything, so a step may run
 * twice, late or for an order that was taken over. The ordinary way is one transition for each provider, and one for each poll of it.
 * Exceptions come back as an error with a name of `SIGNALS`.
 */
export function orderWorkflow({ functions, waits }: OrderWorkflowArgs): Workflow<OrderState, "Review" | "Capture"> {
  const step = stepsOf(waits.retries);
  const isReviewed = functions.review !== undefined;
  return {
    Comment: "Authorize, capture and ship one order, and wait until it is delivered.",
    QueryLanguage: "JSONata",
    StartAt: "Authorize",
    TimeoutSeconds: waits.executionLimitSeconds,
    States: {
      Authorize: {
        ...step.waiting("authorize", functions.authorize, waits.payment, isReviewed ? {} : { captures: true }),
        Comment: isReviewed
          ? "Hold the money. Stays open until the payment provider has decided."
          : "Hold the money, and take it. Stays open until the payment provider has decided.",
        Output: LOOK_FIRST,
        Catch: [
          on([SIGNALS.woken, "States.Timeout"], "Authorize", LOOK_AGAIN),
          on([SIGNALS.unpaid], "Void", `{% $merge([$states.input, {"reason": $states.errorOutput.Cause}]) %}`),
          on([SIGNALS.travelling], "Ship", LOOK_FIRST),
          ended,
        ],
        Next: isReviewed ? "Review" : "Ship",
      },
      ...(functions.review !== undefined && {
        Review: reviewState(step, functions.review),
        Capture: {
          ...step.calling("capture", functions.settle),
          Comment: "Take the money. From now on the order is either shipped or refunded.",
          Catch: [on([SIGNALS.travelling], "Ship"), ended],
          Next: "Ship" as const,
        },
      }),
      Ship: {
        ...step.waiting("ship", functions.ship, waits.delivery),
        Comment:
          "Book the parcel and track it: read the shipping provider's record at intervals. Webhooks trigger checks in between.",
        Catch: [
          on([SIGNALS.woken, "States.Timeout"], "Ship", LOOK_AGAIN),
          on([SIGNALS.impossible], "Refund", `{% $merge([$states.input, {"reason": $states.errorOutput.Cause}]) %}`),
          on([SIGNALS.overdue], "DeliveryOverdue"),
        ],
        End: true,
      },
      Void: {
        ...step.calling("void", functions.settle),
        Comment: "Declined, timed out or cancelled by the customer: void the payment for good, and cancel.",
        Catch: [on([SIGNALS.captured, SIGNALS.travelling], "Ship", LOOK_FIRST)],
        End: true,
      },
      Refund: {
        ...stepsOf(waits.refundRetries).calling("refund", functions.settle),
        Comment: "Cannot be shipped: refund, and cancel.",
        Catch: [on([SIGNALS.travelling], "Ship", LOOK_FIRST), on(["States.ALL"], "RefundFailing", WITH_ERROR)],
        End: true,
      },
      Ended: { Type: "Succeed", Comment: "Cancelled, or handled by another execution." },
      RefundFailing: {
        Type: "Fail",
        Comment: "The order stays open and PAID; the sweeper starts another execution, which repeats the refund.",
        Error: "RefundFailing",
        Cause: `{% "The customer of order " & $states.input.orderId & " is owed a refund. Last error: " & $states.input.error %}`,
      },
      DeliveryOverdue: {
        Type: "Fail",
        Comment: "The order stays open; the sweeper starts another execution, which checks again.",
        Error: "DeliveryOverdue",
        Cause: `{% "The shipping provider has not reported order " & $states.input.orderId & " as delivered. Ask the carrier." %}`,
      },
    },
  };
}

/** Errors that AWS reports of a function that could not run or did not finish; a retry may help. */
export const TRANSIENT_ERRORS = [
  SIGNALS.transient,
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  // Killed by its time-out or for lack of memory, or its process ended.
  "Lambda.Unknown",
  "Sandbox.Timedout",
  "Runtime.ExitError",
] as const;

/** Seconds that a step's function may take as seen by the workflow; its own time-out is shorter. */
const CALL_LIMIT_SECONDS = 60;

const LOOK_AGAIN: Jsonata = `{% $merge([$states.input, {"polls": $states.input.polls + 1}]) %}`;
const LOOK_FIRST: Jsonata = `{% $merge([$states.input, {"polls": 0}]) %}`;
const WITH_ERROR: Jsonata = `{% $merge([$states.input, {"error": $states.errorOutput.Error}]) %}`;

function on(errors: readonly (Signal | "States.Timeout" | "States.ALL")[], Next: OrderState, Output?: Jsonata) {
  // Without an output the error would take the place of the order's id.
  return { ErrorEquals: errors, Next, Output: Output ?? ("{% $states.input %}" as const) };
}

const ended: Catcher<OrderState> = on([SIGNALS.ended], "Ended");

/** Asks the store's own check until it decides. The step's function gives up after the review's limit, the retries far later. */
function reviewState(step: ReturnType<typeof stepsOf>, functionArn: string): TaskState<OrderState> {
  const state = step.calling("review", functionArn);
  return {
    ...state,
    Comment: "Ask the store's own check, before the money is taken.",
    Retry: [...state.Retry, retrier([SIGNALS.underReview], REVIEW_POLLING)],
    Catch: [
      on(
        [SIGNALS.unpaid],
        "Void",
        `{% $merge([$states.input, {"reason": $parse($states.errorOutput.Cause).errorMessage}]) %}`,
      ),
      on([SIGNALS.travelling], "Ship", LOOK_FIRST),
      ended,
    ],
    Next: "Capture",
  };
}

/** Between two questions, at most; full jitter halves it on average. A retry writes five events of the 25,000 of an execution. */
const REVIEW_POLLING: Retrying = { firstSeconds: 10, factor: 1.5, maxSeconds: 120, attempts: 2_000 };

function stepsOf(retries: Retrying) {
  return {
    /** A step that is done when its function returns. */
    calling(step: StepName, functionArn: string) {
      return {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Arguments: { FunctionName: functionArn, Payload: `{% $merge([$states.input, {"step": "${step}"}]) %}` },
        TimeoutSeconds: CALL_LIMIT_SECONDS,
        Retry: [retrier([...TRANSIENT_ERRORS, "States.Timeout"], retries)],
        Output: "{% $states.input %}",
      } satisfies Partial<TaskState<OrderState>>;
    },
    /** A step that is done when its task is answered; its time-out is the time until it checks again. */
    waiting(step: StepName, functionArn: string, polling: Polling, orders: { captures?: true } = {}) {
      const given = JSON.stringify({ step, ...orders }).slice(0, -1);
      return {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
        Arguments: {
          FunctionName: functionArn,
          Payload: `{% $merge([$states.input, ${given}, "token": $states.context.Task.Token}]) %}`,
        },
        TimeoutSeconds: intervalOf(polling),
        Retry: [retrier(TRANSIENT_ERRORS, retries)],
        Output: "{% $states.input %}",
      } satisfies Partial<TaskState<OrderState>>;
    },
  };
}

function retrier(errors: readonly string[], { firstSeconds, factor, maxSeconds, attempts }: Retrying): Retrier {
  return {
    ErrorEquals: errors,
    IntervalSeconds: firstSeconds,
    BackoffRate: factor,
    MaxDelaySeconds: maxSeconds,
    MaxAttempts: attempts,
    JitterStrategy: "FULL",
  };
}

function intervalOf({ firstSeconds, factor, maxSeconds }: Polling): Jsonata {
  // JSONata refuses a power that is no number, as after a thousand polls.
  const growing = factor > 1 ? Math.ceil(Math.log(maxSeconds / firstSeconds) / Math.log(factor)) : 0;
  const power = `$power(${factor}, $min([${growing}, $states.input.polls]))`;
  return `{% $min([${maxSeconds}, $floor(${firstSeconds} * ${power})]) %}`;
}
