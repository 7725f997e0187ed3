import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { SIGNALS, type Signal } from "../../../../domain/order/signals";
import { asTransient, isTransientAwsError, TransientError } from "../../../runtime/transientError";

/** Answers a waiting task. A task that has timed out or was answered already needs no answer. */
export class TaskReply {
  constructor(private readonly client: SFNClient) {}

  async succeeds(taskToken: string): Promise<void> {
    await unlessOver(this.client.send(new SendTaskSuccessCommand({ taskToken, output: "{}" })));
  }

  /** @param cause information for the next step; it stands in the execution's history, so nothing secret. */
  async fails(taskToken: string, signal: Signal, cause = ""): Promise<void> {
    await unlessOver(
      this.client.send(new SendTaskFailureCommand({ taskToken, error: signal, cause: cause.slice(0, 1_000) })),
    );
  }

  /**
   * Runs a step that waits. Trouble that passes is answered through the token, so that the workflow's retry rules
   * decide and no function error is counted for it; everything else is thrown and fails the task.
   */
  async during(taskToken: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof TransientError) && !isTransientAwsError(error)) throw error;
      // If that reply fails too, the function's own error has the same name.
      await asTransient(() =>
        this.fails(taskToken, SIGNALS.transient, error instanceof Error ? error.message : undefined),
      );
    }
  }
}

async function unlessOver(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error) || !["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"].includes(error.name)) {
      throw error;
    }
  }
}
