import { mean, quantile } from "../table";

/** Wall time of one search, and the engine's own time. */
export interface Sample {
  ms: number;
  tookMs: number;
}

/** Splits the time of searches of one kind into that of the engine and of the closure. */
export function shareOf(samples: readonly Sample[], cpuMs: { closure: number; engine: number }) {
  const times = samples.map(({ ms }) => ms);
  const tookMs = mean(samples.map((sample) => sample.tookMs));
  return {
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    tookMs,
    /** The closure with its client and a local connection. */
    besidesMs: mean(times) - tookMs,
    closureCpuMs: cpuMs.closure / samples.length,
    engineCpuMs: cpuMs.engine / samples.length,
  };
}
