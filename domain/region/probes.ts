/** What a probe says about what it asked. `nothing` neither counts as a failure nor ends a row of failures. */
export type Verdict = "works" | "fails" | "nothing";

/** Status of the answer, or why there was none in time. */
export type ProbeOutcome = number | "no answer";

/**
 * Verdicts by status. Only the whole Region's silence and its own errors count against it: a request that was throttled, forbidden
 * or sent to the wrong place was answered by something that lives.
 */
const VERDICTS: readonly [from: number, to: number, verdict: Verdict][] = [
  // The only answer that a health route gives of a Region that works.
  [200, 200, "works"],
  // Another success or a redirect comes from something else, such as a proxy or a parked name.
  [201, 399, "nothing"],
  // 403: a firewall or a missing permission. 404: asked under an old key. 429: throttled, by whoever floods the route.
  [400, 407, "nothing"],
  // A time-out, as an answer.
  [408, 408, "fails"],
  [409, 499, "nothing"],
  // The Region's own word (503), a broken function, or API Gateway without one.
  [500, 599, "fails"],
];

/**
 * Decides what the outcome of a probe says.
 *
 * @example
 * verdictOf(429); // "nothing"
 * verdictOf("no answer"); // "fails": a time-out, a refused or a reset connection
 */
export function verdictOf(outcome: ProbeOutcome): Verdict {
  if (outcome === "no answer") return "fails";
  return VERDICTS.find(([from, to]) => outcome >= from && outcome <= to)?.[2] ?? "nothing";
}
