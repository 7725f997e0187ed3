import { type ScheduleOptions, type ScheduleResult, simulate } from "./simulate";

/** A failing schedule with as few orders and faults as still make it fail in the same way. */
export interface Shrunk {
  options: ScheduleOptions;
  result: ScheduleResult;
  /** Schedules that were run to find it. */
  runs: number;
}

/** Shrinks a failing schedule: fewer orders, fewer faults, then no chance in latencies. */
export async function shrink(failed: ScheduleResult, mostRuns = 400): Promise<Shrunk> {
  const [violation] = failed.violations;
  let runs = 0;
  let best: { options: ScheduleOptions; result: ScheduleResult } = { options: { seed: failed.seed }, result: failed };
  const attempt = async (options: ScheduleOptions): Promise<boolean> => {
    if (runs >= mostRuns) return false;
    runs += 1;
    const result = await simulate(options);
    if (!result.violations.includes(violation!)) return false;
    best = { options, result };
    return true;
  };
  const labels = () => best.result.misfortunes.map(({ label }) => label);

  for (const index of failed.orders) {
    if (best.result.orders.length > 1)
      await attempt({ ...best.options, orders: best.result.orders.filter((each) => each !== index) });
  }
  if (!(await attempt({ ...best.options, only: new Set(labels()) }))) return { ...best, runs };
  // Delta debugging: leaves out halves, then quarters, down to single faults.
  for (let size = Math.ceil(labels().length / 2); size >= 1; ) {
    let isSmaller = false;
    for (let start = 0; start < labels().length; start += size) {
      const kept = labels().filter((_, index) => index < start || index >= start + size);
      if (await attempt({ ...best.options, only: new Set(kept) })) {
        isSmaller = true;
        start -= size;
      }
    }
    if (size === 1 && !isSmaller) break;
    if (!isSmaller || size > labels().length) size = Math.max(1, Math.floor(Math.min(size, labels().length) / 2));
    if (labels().length === 0) break;
  }
  await attempt({ ...best.options, calm: true });
  return { ...best, runs };
}

/** The schedule as a test to paste into `tests/simulation/`. */
export function toTest({ options, result }: Shrunk): string {
  const only = [...(options.only ?? [])].map((label) => `\n      ${JSON.stringify(label)},`).join("");
  return `it("keeps its promises: ${result.violations[0]}", async () => {
  const result = await simulate({
    seed: ${options.seed},
    orders: [${result.orders.join(", ")}],${options.calm ? "\n    calm: true," : ""}
    only: new Set([${only}${only ? "\n    " : ""}]),
  });
  expect(result.violations).to.deep.equal([]);
});`;
}

/** Prints a trace without the background of health checks: orders, faults and what followed. */
export function toStory({ result }: Pick<Shrunk, "result">): string {
  return result.trace.filter((line) => !/failover-(watch|checks)|orders-check\b/.test(line)).join("\n");
}
