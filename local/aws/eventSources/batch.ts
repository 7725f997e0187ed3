/** A stream record on its way to the function. */
export interface QueuedRecord {
  sequenceNumber: string;
  /** When the item changed, epoch milliseconds. */
  createdAt: number;
  /** The record as the function gets it, already JSON. */
  json: string;
}

/** Result of a batch. */
export type Verdict =
  | { kind: "success" }
  /** Everything before `index` is done; from there on it has to be tried again. */
  | { kind: "failed"; index: number; functionError?: string };

/** Answer of Invoke. */
export interface InvocationAnswer {
  /** `Handled` or `Unhandled` when the function threw. */
  functionError?: string;
  /** The response, as text. */
  payload: string;
}

/**
 * Lambda's reading of a function's answer to a batch of stream records.
 *
 * With `ReportBatchItemFailures` the lowest reported sequence number is where the next try starts; an identifier that is
 * missing or not of this batch fails all of it; an empty answer or list is a success.
 */
export function verdictOn(
  answer: InvocationAnswer,
  records: readonly Pick<QueuedRecord, "sequenceNumber">[],
  reportsItemFailures: boolean,
): Verdict {
  if (answer.functionError) return { kind: "failed", index: 0, functionError: answer.functionError };
  if (!reportsItemFailures) return { kind: "success" };
  const failures = reportedFailures(answer.payload);
  if (failures === "unreadable") return { kind: "failed", index: 0 };
  if (failures.length === 0) return { kind: "success" };
  const indexes = failures.map((identifier) => records.findIndex((record) => record.sequenceNumber === identifier));
  return { kind: "failed", index: indexes.includes(-1) ? 0 : Math.min(...indexes) };
}

function reportedFailures(payload: string): (string | undefined)[] | "unreadable" {
  if (payload.trim() === "") return [];
  let response: unknown;
  try {
    response = JSON.parse(payload);
  } catch {
    return "unreadable";
  }
  if (typeof response !== "object" || response === null) return [];
  const list = (response as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(list)) return "unreadable";
  return list.map((one: { itemIdentifier?: unknown } | null) =>
    typeof one?.itemIdentifier === "string" ? one.itemIdentifier : undefined,
  );
}

/** Records tried together. */
export interface Unit {
  records: QueuedRecord[];
  /** Tries of exactly these that failed. */
  failedTries: number;
}

/** Decision after a failure. */
export type NextStep = { kind: "retry"; units: Unit[] } | { kind: "give-up" };

/**
 * Lambda's next step after a batch failed.
 *
 * Progress (a reported failure further in) restarts the count, because other records are now first. Only an error of the
 * function splits a batch in halves, and that does not count as a retry. A reported failure does not: when the first
 * record is the one reported, it takes all behind it along, in its retries and at the end to the on-failure destination.
 */
export function nextStep(
  unit: Unit,
  failure: Pick<Extract<Verdict, { kind: "failed" }>, "index" | "functionError">,
  { bisects, maximumRetryAttempts }: { bisects: boolean; maximumRetryAttempts: number },
): NextStep {
  const { index, functionError } = failure;
  if (index > 0) return { kind: "retry", units: [{ records: unit.records.slice(index), failedTries: 0 }] };
  if (bisects && functionError !== undefined && unit.records.length > 1) {
    const middle = Math.ceil(unit.records.length / 2);
    const halves = [unit.records.slice(0, middle), unit.records.slice(middle)];
    return { kind: "retry", units: halves.map((records) => ({ records, failedTries: unit.failedTries })) };
  }
  const failedTries = unit.failedTries + 1;
  if (maximumRetryAttempts >= 0 && failedTries > maximumRetryAttempts) return { kind: "give-up" };
  return { kind: "retry", units: [{ records: unit.records, failedTries }] };
}

/** The most that one invocation's payload may hold. */
const payloadLimitBytes = 6 * 1024 * 1024 - 1024;

/** Returns the number of queued records that make the next batch. */
export function batchLength(queue: readonly QueuedRecord[], batchSize: number): number {
  let bytes = 0;
  let length = 0;
  for (const record of queue) {
    bytes += Buffer.byteLength(record.json) + 1;
    if (length > 0 && bytes > payloadLimitBytes) break;
    length += 1;
    if (length === batchSize) break;
  }
  return length;
}

/** Doubling from `baseMs` to `limitMs`, with a random share of up to a half taken off. */
export function backoffMs(failures: number, { baseMs, limitMs }: { baseMs: number; limitMs: number }): number {
  const full = Math.min(limitMs, baseMs * 2 ** Math.min(failures, 20));
  return full * (0.5 + Math.random() / 2);
}
