/** Verdict of a probe. `nothing` is inconclusive: it neither counts as a failure nor ends a row of failures. */
export type Verdict = "works" | "fails" | "nothing";

/** Status of the response, or its absence. */
export type ProbeOutcome = number | "no answer";

/**
 * Verdicts by status. Only missing responses and server errors count against a Region: a response that throttles, forbids
 * or redirects a request comes from something that is alive.
 */
const VERDICTS: readonly [from: number, to: number, verdict: Verdict][] = [
  // The only response of a healthy Region's health route.
  [200, 200, "works"],
  // Other successes and redirects come from something else, such as a proxy or a parked domain.
  [201, 399, "nothing"],
  // 403: a firewall or a missing permission. 404: an old check key. 429: a flooded route.
  [400, 407, "nothing"],
  // A timeout.
  [408, 408, "fails"],
  [409, 499, "nothing"],
  // The health route reports a failure (503), or its function is broken or missing.
  [500, 599, "fails"],
];

/**
 * Judges the outcome of a probe.
 *
 * @example
 * verdictOf(429); // "nothing"
 * verdictOf("no answer"); // "fails": a timeout, a refused or a reset connection
 */
export function verdictOf(outcome: ProbeOutcome): Verdict {
  if (outcome === "no answer") return "fails";
  return VERDICTS.find(([from, to]) => outcome >= from && outcome <= to)?.[2] ?? "nothing";
}
