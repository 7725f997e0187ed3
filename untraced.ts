// Imported before all else: switches off what traces the program at every step for the case that something goes wrong.
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

// Pulumi keeps a stack trace with each of a stack's some 30,000 promises, a quarter, and shows it only when this variable asks for it.
// Errors keep theirs.
if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] === undefined) {
  const runtime = debuggable as { debuggablePromise<T>(promise: Promise<T>, context: unknown): Promise<T> };
  const { debuggablePromise } = runtime;
  runtime.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}
