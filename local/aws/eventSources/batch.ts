/** A stream record on its way to the function. */
export interface QueuedRecord {
  sequenceNumber: string;
  /** Time of the item's change, epoch milliseconds. */
  createdAt: number;
  /** The record in Lambda's form, as JSON. */
  json: string;
}

/** Result of a batch. */
export type Verdict =
  | { kind: "success" }
  /** Records before `index` are done; the rest must be retried. */
  | { kind: "failed"; index: number; functionError?: string };

/** Answer of Invoke. */
export interface InvocationAnswer {
  /** `Handled` or `Unhandled` if the function threw. */
  functionError?: string;
  /** Response body. */
  payload: string;
}

/**
 * Interprets a function's response to a batch of stream records as Lambda does.
 *
 * With `ReportBatchItemFailures` the next attempt starts at the lowest reported sequence number. An identifier that is missing or
 * not in this batch fails the whole batch; an empty response or list is a success.
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

/** Records that are processed together. */
export interface Unit {
  records: QueuedRecord[];
  /** Failed attempts of exactly these records. */
  failedTries: number;
}

/** Decision after a failure. */
export type NextStep = { kind: "retry"; units: Unit[] } | { kind: "give-up" };

/**
 * Decides the next step after a failed batch, as Lambda does.
 *
 * Progress (a reported failure further in) resets the count, because other records are now first. Only an error of the function
 * splits a batch in halves, and that does not count as a retry. A reported failure does not split: if the first record is
 * reported, the records behind it share its retries and its on-failure destination.
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

/** Lambda's limit on the payload of an invocation. */
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

/** Computes an exponential backoff from `baseMs` to `limitMs`, reduced by a random share of up to a half. */
export function backoffMs(failures: number, { baseMs, limitMs }: { baseMs: number; limitMs: number }): number {
  const full = Math.min(limitMs, baseMs * 2 ** Math.min(failures, 20));
  return full * (0.5 + Math.random() / 2);
}
