import { mean, quantile } from "../table";

/** One search: all of it by the clock, and what the engine says it took. */
export interface Sample {
  ms: number;
  tookMs: number;
}

/** What a search takes in the engine and what besides, from so many of one kind and the processor time of all of them. */
export function shareOf(samples: readonly Sample[], cpuMs: { closure: number; engine: number }) {
  const times = samples.map(({ ms }) => ms);
  const tookMs = mean(samples.map((sample) => sample.tookMs));
  return {
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    tookMs,
    /** The closure with its client, and a connection on this machine. */
    besidesMs: mean(times) - tookMs,
    closureCpuMs: cpuMs.closure / samples.length,
    engineCpuMs: cpuMs.engine / samples.length,
  };
}
