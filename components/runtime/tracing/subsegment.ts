import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";

/** What X-Ray shows of a call: where it went and how it ended, never what was sent or answered. */
export interface Outgoing {
  /** A service of AWS, or a host. */
  name: string;
  /** Of AWS's services: operation, table and so on, by X-Ray's own names. */
  aws?: Record<string, string | undefined>;
  /** Of others. Without the query, which may say what somebody looks for. */
  request?: { method: string; url: string };
}

/** How it ended. */
export interface Outcome {
  /** HTTP status of the answer, if there was one. */
  status?: number;
  error?: unknown;
  /** AWS's id of the request. */
  requestId?: string;
}

/** Says that the call has ended. */
export type End = (outcome: Outcome) => void;

/**
 * A call begins: the subsegment of it hangs below the function's own segment, and is sent to X-Ray's daemon when the call has ended.
 *
 * @returns undefined where nobody looks: outside Lambda, and in the calls that X-Ray has not chosen.
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

/** The trace of the call that the function is answering: a container answers one at a time. */
function currentTrace(): { root: string; parent: string } | undefined {
  const header = process.env["_X_AMZN_TRACE_ID"];
  if (!header?.includes("Sampled=1")) return undefined;
  const part = (name: string) => new RegExp(`(?:^|;)${name}=([^;]+)`).exec(header)?.[1];
  const [root, parent] = [part("Root"), part("Parent")];
  return root && parent ? { root, parent } : undefined;
}

/** X-Ray's colours: the caller's mistake, too many calls, the other side's failure. */
function flags(status: number | undefined, error: unknown) {
  if (status === undefined ? error === undefined : status < 400) return {};
  const cause = error instanceof Error && {
    cause: { exceptions: [{ id: randomBytes(8).toString("hex"), type: error.name }] },
  };
  if (status === 429) return { error: true, throttle: true, ...cause };
  return { [status !== undefined && status < 500 ? "error" : "fault"]: true, ...cause };
}

let socket: Socket | undefined;

/** Without waiting, and without a word should it be lost: a trace is worth no answer's time. */
function send(subsegment: object): void {
  const daemon = /([\d.]+):(\d+)$/.exec(process.env["AWS_XRAY_DAEMON_ADDRESS"] ?? "");
  if (!daemon) return;
  socket ??= createSocket("udp4")
    .on("error", () => undefined)
    .unref();
  socket.send(`{"format":"json","version":1}\n${JSON.stringify(subsegment)}`, Number(daemon[2]), daemon[1]);
}
