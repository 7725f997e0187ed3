import { fork } from "node:child_process";
import { join } from "node:path";
import { BUGS } from "./bugs";
import { type FileCoverage, mergeCoverage, startCoverage } from "./coverage";
import { type ScheduleResult, simulate } from "./simulate";

/** A part of a run, for one process. */
export interface Job {
  /** First seed. */
  from: number;
  count: number;
  /** Every `step`-th seed: processes share a range evenly. */
  step: number;
  /** Counts the blocks of the order code that run; costs a tenth of the speed. */
  coverage?: boolean;
  /** Index of the bug that is planted, and stop at the first schedule that finds it. */
  bug?: number;
}

export interface Failure {
  seed: number;
  violations: string[];
}

/** Sums of many schedules. */
export interface Summary {
  schedules: number;
  orders: number;
  events: number;
  virtualHours: number;
  requests: number;
  providerCalls: number;
  functionCalls: number;
  transitions: number;
  mails: number;
  /** Orders for counted products, units moved between Regions and returned by orders, and answers that too few are left. */
  countedOrders: number;
  unitsMoved: number;
  unitsReturned: number;
  soldOut: number;
  stockMoving: number;
  /** Partial refunds. */
  refundsAccepted: number;
  refundsMade: number;
  refundsRefused: number;
  refundsTakenOver: number;
  /** Orders that the store's own check was asked about, and those that it declined. */
  ordersReviewed: number;
  ordersDeclined: number;
  replayedSteps: number;
  beyondModel: number;
  /** Of the most expensive order: calls of providers, and writes of its effective item. */
  mostCalls: number;
  mostWrites: number;
  /** Faults and incidents by kind. */
  misfortunes: Record<string, number>;
  failures: Failure[];
  /** By file; empty unless it was asked for. */
  coverage: FileCoverage[];
}

const EMPTY: Summary = {
  schedules: 0,
  orders: 0,
  events: 0,
  virtualHours: 0,
  requests: 0,
  providerCalls: 0,
  functionCalls: 0,
  transitions: 0,
  mails: 0,
  countedOrders: 0,
  unitsMoved: 0,
  unitsReturned: 0,
  soldOut: 0,
  stockMoving: 0,
  refundsAccepted: 0,
  refundsMade: 0,
  refundsRefused: 0,
  refundsTakenOver: 0,
  ordersReviewed: 0,
  ordersDeclined: 0,
  replayedSteps: 0,
  beyondModel: 0,
  mostCalls: 0,
  mostWrites: 0,
  misfortunes: {},
  failures: [],
  coverage: [],
};

/** Failures that are kept; one of a kind is usually enough. */
const MOST_FAILURES = 20;

function add(summary: Summary, result: ScheduleResult): void {
  summary.schedules += 1;
  summary.orders += result.orders.length;
  summary.events += result.events;
  summary.virtualHours += result.lastedMs / 3_600_000;
  for (const count of result.requests.values()) summary.requests += count;
  summary.providerCalls += result.providerCalls;
  summary.functionCalls += result.functionCalls;
  summary.transitions += result.transitions;
  summary.mails += result.mails;
  for (const name of ["countedOrders", "unitsMoved", "unitsReturned", "soldOut", "stockMoving"] as const)
    summary[name] += result.stock[name];
  for (const name of ["refundsAccepted", "refundsMade", "refundsRefused", "refundsTakenOver"] as const)
    summary[name] += result.refunds[name];
  for (const name of ["ordersReviewed", "ordersDeclined"] as const) summary[name] += result.reviews[name];
  summary.replayedSteps += result.replayed.steps;
  summary.beyondModel += result.replayed.beyond;
  summary.mostCalls = Math.max(summary.mostCalls, result.most.calls);
  summary.mostWrites = Math.max(summary.mostWrites, result.most.writes);
  for (const { kind } of result.misfortunes) {
    const general = kind
      .replace(/ us-(east|west)-\d/, "")
      .replace(/^(orders|failover)-[a-z]+ crashes/, "a function crashes");
    summary.misfortunes[general] = (summary.misfortunes[general] ?? 0) + 1;
  }
  if (result.violations.length > 0 && summary.failures.length < MOST_FAILURES)
    summary.failures.push({ seed: result.seed, violations: result.violations });
}

function merge(summaries: readonly Summary[]): Summary {
  const total = structuredClone(EMPTY);
  for (const summary of summaries) {
    for (const [name, value] of Object.entries(summary)) {
      if (typeof value !== "number") continue;
      const sums = total as unknown as Record<string, number>;
      sums[name] = name.startsWith("most") ? Math.max(sums[name]!, value) : sums[name]! + value;
    }
    for (const [kind, count] of Object.entries(summary.misfortunes))
      total.misfortunes[kind] = (total.misfortunes[kind] ?? 0) + count;
    total.failures.push(...summary.failures);
    total.coverage = mergeCoverage([total.coverage, summary.coverage]);
  }
  return total;
}

/** Runs one job in this process. */
export async function work(
  { from, count, step, bug, coverage }: Job,
  report: (summary: Summary) => void = () => {},
): Promise<Summary> {
  const summary = structuredClone(EMPTY);
  let reportedAt = Date.now();
  const takeCoverage = coverage ? await startCoverage() : undefined;
  const planted = bug === undefined ? undefined : BUGS[bug]!;
  const unplant = planted?.plant();
  const kinds = {
    counted: planted?.counted || undefined,
    refunds: planted?.refunds || undefined,
    reviewed: planted?.reviewed || undefined,
  };
  try {
    for (let index = 0; index < count; index++) {
      add(summary, await simulate({ seed: from + index * step, ...kinds }));
      if (unplant && summary.failures.length > 0) break;
      if (Date.now() - reportedAt > 1_000) {
        report(summary);
        reportedAt = Date.now();
      }
    }
  } finally {
    unplant?.();
  }
  if (takeCoverage) summary.coverage = await takeCoverage();
  return summary;
}

/** Runs jobs in processes of their own, at most `workers` at a time. */
export async function runJobs(
  jobs: readonly Job[],
  workers: number,
  onProgress: (done: Summary) => void = () => {},
): Promise<Summary[]> {
  const results: Summary[] = [];
  const present: Summary[] = [];
  const queue = [...jobs.entries()];
  await Promise.all(
    Array.from({ length: Math.min(workers, jobs.length) }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [index, job] = next;
        results[index] = await runJob(job, (summary) => {
          present[index] = summary;
          onProgress(merge(present.filter(Boolean)));
        });
        present[index] = results[index]!;
      }
    }),
  );
  return results;
}

/** Splits a range of seeds among processes and sums up. */
export async function runSchedules(
  { from, count, workers, coverage }: { from: number; count: number; workers: number; coverage?: boolean },
  onProgress?: (done: Summary) => void,
): Promise<Summary> {
  const jobs = Array.from({ length: workers }, (_, index) => ({
    from: from + index,
    count: Math.ceil((count - index) / workers),
    step: workers,
    coverage,
  }));
  return merge(await runJobs(jobs, workers, onProgress));
}

function runJob(job: Job, onProgress: (summary: Summary) => void): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, [JSON.stringify(job)], {
      execArgv: ["-r", join(__dirname, "../../../local/loadTypeScript.js")],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let said = "";
    let result: Summary | undefined;
    child.stderr?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    child.on("message", ({ isLast, summary }: { isLast: boolean; summary: Summary }) => {
      if (isLast) result = summary;
      onProgress(summary);
    });
    child.on("exit", (code) => {
      if (result) resolve(result);
      else reject(new Error(`A simulation process ended with ${code}: ${said}`));
    });
  });
}

// As a process of its own.
if (require.main === module && process.send) {
  const send = (isLast: boolean) => (summary: Summary) => void process.send!({ isLast, summary });
  work(JSON.parse(process.argv[2]!), send(false)).then(
    (summary) => process.send!({ isLast: true, summary }, () => process.exit(0)),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
}
