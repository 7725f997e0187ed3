import { createDocumentClient, limitCalls, setting } from "../../runtime/clients";
import { traced, traceFetch } from "../../runtime/tracing";

export { setting, traced };

// Traces the calls of payment and shipping providers, as `traced` does those of AWS.
traceFetch();

/** Limits of every AWS client of the order service that may retry. */
export const clientLimits = limitCalls(3, 3_000);

/**
 * Limits of clients that send what cannot be taken back. A time-out may follow a successful send, and each retry inside the
 * SDK would send another copy: one attempt, with a time-out longer than any send that still succeeds. The queue or stream retries.
 */
export const sendOnce = limitCalls(1, 10_000);

export const documentClient = () => createDocumentClient(clientLimits);
