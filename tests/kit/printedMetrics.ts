/** A log line of CloudWatch's embedded metric format. */
interface MetricLine {
  service: string;
  _aws: { CloudWatchMetrics: [{ Metrics: { Name: string; Unit: string }[] }] };
  [metric: string]: unknown;
}

/** Runs this, and returns the metrics that it writes to standard output meanwhile. */
export function printedMetrics(work: () => void): MetricLine[] {
  const { write } = process.stdout;
  // Functions have it in their environment.
  process.env["POWERTOOLS_METRICS_NAMESPACE"] ??= "tests";
  let printed = "";
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
