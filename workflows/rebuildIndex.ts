/** Settings of the workflow. */
export interface RebuildWorkflow {
  /** ARN of the function that performs the steps. */
  functionArn: string;
  /** Longer than a running batch can still write to the replaced index. */
  waitBeforeCleaningSeconds: number;
}

/**
 * The rebuild as a state machine: begin, fill (as often as it takes), swap, wait, clean. A rebuild may have any
 * size: each call of the function is short, and is retried when it fails.
 */
export function rebuildIndexWorkflow({ functionArn, waitBeforeCleaningSeconds }: RebuildWorkflow) {
  const task = (payload: unknown, next: { Next: string }) => ({
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: functionArn, Payload: payload },
    Output: "{% $states.result.Payload %}",
    TimeoutSeconds: 900,
    Retry: [
      {
        // Every step is idempotent: documents carry versions, and the other steps check the state first.
        ErrorEquals: ["States.ALL"],
        IntervalSeconds: 5,
        BackoffRate: 2,
        MaxDelaySeconds: 120,
        MaxAttempts: 8,
        JitterStrategy: "FULL",
      },
    ],
    ...next,
  });
  const progress = "{% $states.input %}";
  return {
    Comment: "Fills a new product index beside the one in use, then makes searches read it.",
    QueryLanguage: "JSONata",
    StartAt: "Begin",
    States: {
      Begin: task({ step: "begin", id: "{% $states.context.Execution.Name %}" }, { Next: "Fill" }),
      Fill: task({ step: "fill", progress }, { Next: "Filled?" }),
      "Filled?": {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input.filled %}", Next: "Swap" }],
        Default: "Fill",
      },
      Swap: task({ step: "swap", progress }, { Next: "Replaced?" }),
      "Replaced?": {
        Type: "Choice",
        Choices: [{ Condition: "{% $count($states.input.replaced) > 0 %}", Next: "Wait" }],
        Default: "Done",
      },
      Wait: { Type: "Wait", Seconds: waitBeforeCleaningSeconds, Next: "Clean" },
      Clean: task({ step: "clean", progress }, { Next: "Done" }),
      Done: { Type: "Succeed" },
    },
  };
}
