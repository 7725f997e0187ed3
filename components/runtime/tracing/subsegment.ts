import { randomBytes } from "node:crypto";
import type { Socket } from "node:dgram";

/** Call as shown by X-Ray: target and outcome, never the content of request or response. */
export interface Outgoing {
  /** AWS service or host. */
  name: string;
  /** For AWS services: operation, table and so on, by X-Ray's names. */
  aws?: Record<string, string | undefined>;
  /** For other hosts. Without the query string, which may contain a customer's search. */
  request?: { method: string; url: string };
}

/** Result of a call. */
export interface Outcome {
  /** HTTP status, if there was a response. */
  status?: number;
  error?: unknown;
  /** AWS request id. */
  requestId?: string;
}

/** Ends the subsegment. */
export type End = (outcome: Outcome) => void;

/**
 * Begins a subsegment below the function's own segment; it is sent to X-Ray's daemon when the call ends.
 *
 * @returns undefined if the invocation is not sampled, as in any process that Lambda does not run.
 */
export function beginSubsegment(call: Outgoing): End | undefined {
  const trace = currentTrace();
  if (!trace) return undefined;
  const startedAt = Date.now();
  return ({ status, error, requestId }) => {
    const { name, aws, request } = call;
    send({
      type: "subsegment",
      id: randomBytes(8).toString("hex"),
      trace_id: trace.root,
      parent_id: trace.parent,
      name,
      namespace: aws ? "aws" : "remote",
      start_time: startedAt / 1_000,
      end_time: Date.now() / 1_000,
      ...(aws && { aws: { ...aws, request_id: requestId } }),
      ...((request || status !== undefined) && { http: { request, response: status && { status } } }),
      ...flags(status, error),
    });
  };
}

/** Reads the trace of the current invocation; an environment handles one at a time. */
function currentTrace(): { root: string; parent: string } | undefined {
  const header = process.env["_X_AMZN_TRACE_ID"];
  if (!header?.includes("Sampled=1")) return undefined;
  const part = (name: string) => new RegExp(`(?:^|;)${name}=([^;]+)`).exec(header)?.[1];
  const [root, parent] = [part("Root"), part("Parent")];
  return root && parent ? { root, parent } : undefined;
}

/** X-Ray's classes: error (of the caller), throttle, fault (of the service). */
function flags(status: number | undefined, error: unknown) {
  if (status === undefined ? error === undefined : status < 400) return {};
  const cause = error instanceof Error && {
    cause: { exceptions: [{ id: randomBytes(8).toString("hex"), type: error.name }] },
  };
  if (status === 429) return { error: true, throttle: true, ...cause };
  return { [status !== undefined && status < 500 ? "error" : "fault"]: true, ...cause };
}

let socket: Socket | undefined;

/** Sends without waiting and ignores failures: a trace must not delay a response. */
function send(subsegment: object): void {
  const daemon = /([\d.]+):(\d+)$/.exec(process.env["AWS_XRAY_DAEMON_ADDRESS"] ?? "");
  if (!daemon) return;
  socket ??= process
    .getBuiltinModule("node:dgram") // takes 1 ms to load: only a sampled invocation needs it
    .createSocket("udp4")
    .on("error", () => undefined)
    .unref();
  socket.send(`{"format":"json","version":1}\n${JSON.stringify(subsegment)}`, Number(daemon[2]), daemon[1]);
}
