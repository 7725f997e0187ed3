import { createSocket } from "node:dgram";
import { once } from "node:events";

/** One call that a function made of AWS or of another host. */
export interface OutgoingCall {
  /** `DynamoDB TransactWriteItems`, or `POST http://127.0.0.1:PORT/payments`. */
  title: string;
  /** Table, queue, topic, function or state machine. */
  subject?: string;
  /** ISO 8601, UTC. */
  at: string;
  endAt: string;
  /** HTTP status; absent without a response. */
  status?: number;
  /** Name of the error. */
  error?: string;
}

/** One call of a function. */
export interface FunctionCall {
  /** The trace's id, which log lines carry as `xray_trace_id`. */
  traceId: string;
  region: string;
  functionName: string;
  at: string;
  /** Absent while it runs, and for ever if its Region died. */
  endAt?: string;
  isColdStart: boolean;
  /** Process of the function's environment. */
  pid?: number;
  /** `Name: message` of the handler's error. */
  error?: string;
  calls: OutgoingCall[];
}

/** Traces of one Region. */
export interface Traces {
  /** Environment of the Region's functions, by which they send their traces. */
  functionEnvironment: Record<string, string>;
  /** Calls whose event or answer named the subject, oldest first. */
  callsOf(subject: string): FunctionCall[];
  /** Calls the listener when a function begins a call whose event names subjects. Returns the function that ends this. */
  onBegin(listener: (call: FunctionCall, subjects: ReadonlySet<string>) => void): () => void;
  stop(): Promise<void>;
}

export interface TracesOptions {
  region: string;
  /** Pattern of the subjects, such as order ids, within an event or answer. */
  subjectPattern: string;
  /** Calls that are kept; the oldest are dropped first. Default: 5,000. */
  limit?: number;
}

/** Segment or subsegment as X-Ray's daemon receives it. */
interface Segment {
  type?: "subsegment";
  name?: string;
  trace_id?: string;
  start_time?: number;
  end_time?: number;
  in_progress?: boolean;
  aws?: { operation?: string } & Record<string, unknown>;
  http?: { request?: { method: string; url: string }; response?: { status?: number } };
  cause?: { exceptions?: { type?: string; message?: string }[] };
  annotations?: { subjects?: string; cold_start?: boolean; process?: number };
}

interface Kept {
  call: FunctionCall;
  subjects: Set<string>;
}

/**
 * Stands for X-Ray's daemon of one Region. It runs outside the Region, so what it has received survives the Region's death.
 *
 * A call that has ended without naming a subject is dropped.
 *
 * @example
 * const traces = await startTraces({ region: "us-east-1", subjectPattern: "[0-9A-HJKMNP-TV-Z]{26}" });
 * traces.callsOf("7ZQ4M2…"); // [{ functionName: "orders-submit", calls: […] }, …]
 */
export async function startTraces({ region, subjectPattern, limit = 5_000 }: TracesOptions): Promise<Traces> {
  const kept = new Map<string, Kept>();
  const listeners = new Set<Parameters<Traces["onBegin"]>[0]>();

  function receive(segment: Segment): void {
    const { trace_id: traceId, start_time: start } = segment;
    if (traceId === undefined || start === undefined) return;
    if (segment.type === "subsegment") kept.get(traceId)?.call.calls.push(toOutgoingCall(segment));
    else keep(traceId, segment, start);
  }

  function keep(traceId: string, segment: Segment, start: number): void {
    const known = kept.get(traceId);
    const { subjects = "", cold_start: isColdStart = false, process: pid } = segment.annotations ?? {};
    const named = new Set([...(known?.subjects ?? []), ...subjects.split(",").filter(Boolean)]);
    if (!segment.in_progress && named.size === 0) {
      kept.delete(traceId);
      return;
    }
    const [exception] = segment.cause?.exceptions ?? [];
    kept.set(traceId, {
      subjects: named,
      call: {
        traceId,
        region,
        functionName: segment.name ?? "",
        at: toIsoTime(start),
        endAt: segment.end_time === undefined ? undefined : toIsoTime(segment.end_time),
        isColdStart,
        pid,
        error: exception && [exception.type, exception.message].filter(Boolean).join(": "),
        calls: known?.call.calls ?? [],
      },
    });
    const begun = segment.in_progress ? kept.get(traceId) : undefined;
    if (begun) for (const listener of listeners) listener(begun.call, begun.subjects);
    const [oldest] = kept.keys();
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
  }

  const socket = createSocket("udp4");
  socket.on("message", (message) => {
    // A header line, then the segment; any process of this machine may send, so what cannot be read is ignored.
    const [, body = ""] = message.toString("utf8").split("\n", 2);
    try {
      receive(JSON.parse(body) as Segment);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError)) throw error;
    }
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");

  return {
    functionEnvironment: {
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${socket.address().port}`,
      TRACED_SUBJECTS: subjectPattern,
    },
    callsOf: (subject) =>
      [...kept.values()]
        .filter(({ subjects }) => subjects.has(subject))
        .map(({ call }) => ({ ...call, calls: call.calls.toSorted((a, b) => a.at.localeCompare(b.at)) }))
        .sort((a, b) => a.at.localeCompare(b.at)),
    onBegin(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => new Promise((stopped) => socket.close(() => stopped())),
  };
}

function toOutgoingCall({ name = "", aws, http, cause, start_time, end_time }: Segment): OutgoingCall {
  const { operation, region: _, request_id: __, ...subjects } = aws ?? {};
  const [subject] = Object.values(subjects);
  return {
    title: http?.request ? `${http.request.method} ${http.request.url}` : [name, operation].filter(Boolean).join(" "),
    subject: typeof subject === "string" ? subject.split(":").at(-1) : undefined,
    at: toIsoTime(start_time ?? 0),
    endAt: toIsoTime(end_time ?? start_time ?? 0),
    status: http?.response?.status,
    error: cause?.exceptions?.[0]?.type,
  };
}

const toIsoTime = (seconds: number) => new Date(seconds * 1_000).toISOString();
