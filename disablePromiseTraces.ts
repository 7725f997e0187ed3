// Import first. Disables Pulumi's per-promise stack traces, 16 % of the processor time of an evaluation with cached bundles, 40 % when
// `pulumi up` transpiles each file (docs/figures.md). Errors keep their stack traces.
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

/** Pulumi shows these traces only with PULUMI_DEBUG_PROMISE_LEAKS and has no setting that disables them. */
function disablePromiseTraces(): void {
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

if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] === undefined) disablePromiseTraces();
