import { availableParallelism, cpus, loadavg } from "node:os";

/** Heading of every table of figures: the machine, its load before, Node's version and the date. */
export function machine(): string {
  const [lastMinute = 0] = loadavg();
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "?"}, load ${lastMinute.toFixed(1)}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}

/** A Markdown table: the first column is text, all others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${head.map((_, column) => (column === 0 ? "---" : "---:")).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The smallest value that at least this share of the values does not exceed: 0.5 is the median. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `median (least–most)`. */
export function spread(values: readonly number[], digits: number): string {
  const at = (share: number) => quantile(values, share).toFixed(digits);
  return `${at(0.5)} (${at(0)}–${at(1)})`;
}

/** Median of the ratios of adjacent runs, which a momentary load slows alike. */
export const ratioOf = (runs: readonly number[], baseline: readonly number[]): number =>
  median(runs.map((value, index) => value / (baseline[index] ?? Number.NaN)));

/** Parses an option that is a whole number of at least 1. */
export function count(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${option} is "${text}"; it must be a whole number of at least 1.`);
  return value;
}

/** Runs a benchmark. A wrong option prints one sentence, any other error its stack trace. */
export function run(benchmark: () => Promise<void>): void {
  benchmark().then(
    () => process.exit(process.exitCode ?? 0),
    (error: unknown) => {
      const isOption = error instanceof RangeError || (error instanceof TypeError && "code" in error);
      console.error(isOption ? (error as Error).message : error);
      process.exit(isOption ? 2 : 1);
    },
  );
}
