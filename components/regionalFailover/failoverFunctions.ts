/** The functions by name. Their time-outs are part of the timings of detection and takeover. */
export const FAILOVER_FUNCTIONS = { watch: "fixed", answers: "fixed", checks: "fixed" } as const;
