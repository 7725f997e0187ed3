import type { TimelineEntry } from "../../orders/timeline";

/** Idle time beyond this is cut out of the time axis, in ms. */
const LONGEST_GAP_MS = 1_000;

/** A time axis without the gaps in which only waiting states pass. */
export interface Axis {
  /** Length of the axis in milliseconds. */
  busyMs: number;
  /** Seconds since the first moment, as text. */
  offsetOf(at: string): string;
  /** Position of a moment, in per cent of the width. */
  positionOf(at: string): number;
}

/** Creates the axis of entries. */
export function createAxis(entries: readonly Pick<TimelineEntry, "kind" | "at" | "endAt">[]): Axis {
  const moments = [
    ...new Set(entries.filter(({ kind }) => kind !== "state").flatMap(({ at, endAt }) => [at, endAt ?? at])),
  ]
    .map((at) => Date.parse(at))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const positions: number[] = [];
  let position = 0;
  moments.forEach((moment, index) => {
    if (index > 0) position += Math.min(moment - moments[index - 1]!, LONGEST_GAP_MS);
    positions.push(position);
  });
  const start = moments[0] ?? 0;
  const busyMs = position || 1;
  return {
    busyMs,
    offsetOf: (at) => `+${((Date.parse(at) - start) / 1_000).toFixed(2)} s`,
    positionOf(at) {
      const moment = Date.parse(at);
      const next = moments.findIndex((one) => one >= moment);
      if (next === -1) return 100;
      if (next === 0) return 0;
      const [before, after] = [moments[next - 1]!, moments[next]!];
      const share = (moment - before) / (after - before || 1);
      return (100 * (positions[next - 1]! + share * (positions[next]! - positions[next - 1]!))) / busyMs;
    },
  };
}
