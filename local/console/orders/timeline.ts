import { effectiveItem } from "../../../domain/order/effective";
import type { OrderItem } from "../../../domain/order/items";
import { describeDecline } from "../../../domain/order/providers/declines";
import { isFinal, type OrderStatus } from "../../../domain/order/status";
import type { Arrival } from "../../aws/replication";
import type { FunctionCall } from "../../aws/traces";
import type { Incident } from "../../chaos";
import type { Call } from "../../providers";
import type { MessageView } from "../state";
import { type CostFacts, callUsd, messageUsd, replicationUsd, requestUsd, stateUsd, writeUsd } from "./cost";
import { EXCEPTIONS, isFailure, toWay, type Workflow, type WorkflowView } from "./workflow";
import type { OrderWrite } from "./writes";

/** Something that happened to an order: over a time, or at a moment. Times are ISO 8601, UTC. */
export interface TimelineEntry {
  kind:
    | "status"
    | "write"
    | "state"
    | "call"
    | "request"
    | "log"
    | "provider"
    | "replication"
    | "message"
    | "action"
    | "incident";
  /** Absent for what happens outside the Regions. */
  region?: string;
  title: string;
  detail?: string;
  at: string;
  /** Absent for a moment, and for what has not ended. */
  endAt?: string;
  hasFailed?: boolean;
  /** It has begun and not ended. */
  isOpen?: boolean;
  /** Of a write: the item before and after it. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** Cost on AWS in US dollars, with that of the parts; absent for what costs nothing. */
  usd?: number;
  /** Entries within this one: requests and log lines of a function's call. */
  parts?: TimelineEntry[];
}

/** Everything the local run knows of one order, in the order of time. */
export interface OrderTimeline {
  orderId: string;
  /** Of the effective item. */
  status: OrderStatus;
  /** One item a Region. */
  items: OrderItem[];
  entries: TimelineEntry[];
  /** The deployed definition of the order's workflow, and the states and transitions that the order took. */
  workflow?: WorkflowView;
  /** Cost of all entries on AWS in US dollars, at list prices. */
  usd: number;
  /** Sentences about what is missing, such as the records of a dead Region. */
  missing: string[];
}

/** A workflow's execution with its states. */
export interface ExecutionRun {
  /** `orderId-epoch`. */
  name: string;
  region: string;
  status: string;
  error?: string;
  states: {
    name: string;
    at: string;
    endAt?: string;
    /** Names of the errors of its attempts. */
    errors: string[];
    /** It waits for a token; its time-out only means that the workflow looks again. */
    isWaiting?: true;
  }[];
}

/** A function's log line, with the trace that it belongs to. */
export interface TracedLine {
  traceId: string;
  at: string;
  level: "debug" | "info" | "warn" | "error";
  text: string;
}

export interface TimelineSources {
  items: readonly OrderItem[];
  runs: readonly ExecutionRun[];
  calls: readonly FunctionCall[];
  lines: readonly TracedLine[];
  providerCalls: readonly Call[];
  writes: readonly OrderWrite[];
  workflow?: Workflow;
  arrivals: readonly Arrival[];
  messages: readonly MessageView[];
  /** Failures and repairs of Regions; those before the order are left out. */
  incidents: readonly Incident[];
  /** Actions of the console on the order. */
  actions?: readonly Incident[];
  /** Default: costs are computed for functions of 128 MB that no API and no queue calls. */
  costs?: CostFacts;
}

/**
 * Puts what the parts of the local run recorded of one order on one time axis.
 *
 * @returns undefined if no Region has an item of the order.
 */
export function assembleTimeline(
  orderId: string,
  sources: TimelineSources,
): Omit<OrderTimeline, "missing"> | undefined {
  const items = [...sources.items];
  const status = (effectiveItem(items) ?? items[0])?.status;
  if (status === undefined) return undefined;
  const linesOf = Map.groupBy(sources.lines, ({ traceId }) => traceId);
  const entries = [
    ...items.flatMap(toStatusEntries),
    ...sources.writes.flatMap((write) => toWriteEntry(write, sources)),
    ...sources.runs.flatMap(toStateEntries),
    ...sources.calls.map((call) => toCallEntry(call, linesOf.get(call.traceId) ?? [], sources.costs)),
    ...sources.providerCalls.map(toProviderEntry),
    ...sources.arrivals.map((arrival) => toReplicationEntry(arrival, sources)),
    ...sources.messages.map(toMessageEntry),
    ...(sources.actions ?? []).map(({ at, what }): TimelineEntry => ({ kind: "action", title: what, at })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  const [first, last] = [entries[0]?.at ?? "", entries.at(-1)?.at ?? ""];
  for (const { at, what } of sources.incidents.toReversed()) {
    if (at < first || (at > last && isFinal(status))) continue;
    const next = entries.findIndex((entry) => entry.at > at);
    entries.splice(next === -1 ? entries.length : next, 0, { kind: "incident", title: what, at, hasFailed: true });
  }
  const way = toWay(sources.runs);
  // A dead Region's execution is known as it was; it does not work on an order that has ended elsewhere.
  const current = isFinal(status) ? [] : way.current;
  const workflow = sources.workflow && { ...sources.workflow, ...way, current };
  const usd = entries.reduce((sum, entry) => sum + (entry.usd ?? 0), 0);
  return { orderId, status, items, entries, workflow, usd };
}

/** Writes of a Region's own items; what replication wrote has its own entry. */
function toWriteEntry(write: OrderWrite, { calls, costs }: TimelineSources): TimelineEntry[] {
  const { region, at, before, after } = write;
  const item = after ?? before ?? {};
  const { kind, region: owner } = item;
  if (typeof kind !== "string" || (typeof owner === "string" && !owner.endsWith(region))) return [];
  const what = before === undefined ? "created" : after === undefined ? "deleted" : "changed";
  const changed = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
  return [
    {
      kind: "write",
      region,
      title: `${kind} item ${what}`,
      detail: what === "changed" ? changed.filter((name) => !["version", "updatedAt"].includes(name)).join(", ") : "",
      at: typeof after?.["updatedAt"] === "string" ? after["updatedAt"] : at,
      before,
      after,
      usd: writeUsd(write, costs, isInTransaction(write, calls)),
    },
  ];
}

/** An item is stamped by the function's call that writes it, before it sends the request. */
function isInTransaction({ region, at, after }: OrderWrite, calls: readonly FunctionCall[]): boolean {
  const stampedAt = String(after?.["updatedAt"] ?? at);
  return calls.some(
    (call) =>
      call.region === region &&
      call.at <= stampedAt &&
      call.calls.some(({ title, endAt }) => title.endsWith("TransactWriteItems") && stampedAt <= endAt),
  );
}

function toStatusEntries({ region, history, payment }: OrderItem): TimelineEntry[] {
  return (history ?? [])
    .filter((entry) => entry.region === region)
    .map(({ status, at, epoch }, index, all) => {
      const why = payment?.declined && index === all.length - 1 ? `. ${describeDecline(payment.declined)}` : "";
      return { kind: "status", region, title: status, detail: `epoch ${epoch}${why}`, at };
    });
}

function toStateEntries({ name, region, status, states, error }: ExecutionRun): TimelineEntry[] {
  const hasFailed = !["RUNNING", "SUCCEEDED"].includes(status);
  return states.map((state, index) => {
    const isLast = index === states.length - 1;
    const errors = state.errors.filter((each) => isFailure(each, state.isWaiting));
    const exceptions = new Set(state.errors.flatMap((each) => EXCEPTIONS[each] ?? []));
    return {
      kind: "state",
      region,
      title: state.name,
      detail: [
        `execution ${name.slice(name.lastIndexOf("-") + 1)}`,
        state.isWaiting && state.errors.includes("States.Timeout") && "waited until its time-out, then looked again",
        ...exceptions,
        errors.length > 0 && `failed attempts: ${errors.length} (${[...new Set(errors)].join(", ")})`,
        isLast && hasFailed && `${status.toLowerCase()}${error ? `: ${error}` : ""}`,
      ]
        .filter(Boolean)
        .join(", "),
      at: state.at,
      endAt: state.endAt,
      isOpen: state.endAt === undefined && status === "RUNNING",
      hasFailed: errors.length > 0 || (isLast && hasFailed),
      usd: stateUsd(errors.length),
    };
  });
}

function toCallEntry(call: FunctionCall, lines: readonly TracedLine[], costs: CostFacts | undefined): TimelineEntry {
  const { region } = call;
  const requests = call.calls.map(
    ({ title, subject, at, endAt, status, error }): TimelineEntry => ({
      usd: requestUsd({ title, subject, error }) || undefined,
      kind: "request",
      region,
      title: [title, subject].filter(Boolean).join(" "),
      detail: [status, error].filter(Boolean).join(" "),
      at,
      endAt,
      hasFailed: error !== undefined || (status ?? 200) >= 400,
    }),
  );
  const logged = lines.map(
    ({ at, level, text }): TimelineEntry => ({
      kind: "log",
      region,
      title: text,
      detail: level,
      at,
      hasFailed: level === "error" || level === "warn",
    }),
  );
  const logBytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const own = callUsd(call, costs?.functions.get(call.functionName), logBytes);
  return {
    kind: "call",
    usd: requests.reduce((sum, request) => sum + (request.usd ?? 0), own),
    region,
    title: call.functionName,
    detail: [call.isColdStart && "cold start", call.error].filter(Boolean).join(", "),
    at: call.at,
    endAt: call.endAt,
    isOpen: call.endAt === undefined,
    hasFailed: call.error !== undefined,
    parts: [...requests, ...logged].sort((a, b) => a.at.localeCompare(b.at)),
  };
}

function toProviderEntry({ system, operation, at, effectAt, status, fault }: Call): TimelineEntry {
  return {
    kind: "provider",
    title: `${system} provider: ${operation}`,
    detail: [
      status === undefined ? "no answer" : `answered ${status}`,
      effectAt === undefined && "without effect",
      fault && `injected fault: ${fault}`,
    ]
      .filter(Boolean)
      .join(", "),
    at,
    hasFailed: status === undefined || status >= 400,
  };
}

function toReplicationEntry(arrival: Arrival, { writes, costs }: TimelineSources): TimelineEntry {
  const { table, key, from, to, writtenAt, arrivedAt } = arrival;
  const distanceMs = ({ at }: OrderWrite) => Math.abs(Date.parse(at) - Date.parse(arrivedAt));
  const [arrived] = writes
    .filter(({ region, tableName, before, after }) => {
      const item = after ?? before;
      return region === to && tableName === table && (key.length < 2 || item?.["region"] === key[1]);
    })
    .sort((a, b) => distanceMs(a) - distanceMs(b));
  return {
    usd: replicationUsd(arrived, costs),
    kind: "replication",
    region: to,
    title: `${kindOf(arrived?.after ?? arrived?.before ?? {}, key)} item arrived`,
    detail: `from ${from}`,
    at: writtenAt,
    endAt: arrivedAt,
  };
}

/** Kind of an item by its content; if that is not known, by its key, such as `wait#us-east-1`. */
function kindOf(item: Record<string, unknown>, [, range = ""]: readonly string[]): string {
  if (typeof item["kind"] === "string") return item["kind"];
  if (item["ciphertext"] !== undefined) return "card";
  return range.includes("#") ? range.slice(0, range.indexOf("#")) : "order";
}

function toMessageEntry({ kind, region, subject, to, text, at }: MessageView): TimelineEntry {
  return {
    kind: "message",
    usd: messageUsd(kind) || undefined,
    region,
    title: kind === "sms" ? `text message: ${text}` : `email: ${subject}`,
    detail: `to ${to}`,
    at: at ?? "",
  };
}
