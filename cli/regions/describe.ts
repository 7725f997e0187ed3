import type { RegionView } from "./operate";

/** Formats the state of all Regions as each Region sees it. */
export function describeRegions(views: readonly RegionView[]): string {
  return views.map(describeView).join("\n");
}

function describeView({ seenFrom, trouble, regions }: RegionView): string {
  if (trouble !== undefined) return `Seen from ${seenFrom}: no answer (${trouble}).`;
  const lines = regions.map(({ region, heartbeatAgeSeconds, drained, entries, owes }) => {
    const newest = [...entries].sort((a, b) => (a.at < b.at ? 1 : -1))[0];
    const traffic = drained
      ? `drained by ${newest?.by} at ${newest?.at} in ${newest?.entry.split("#")[1]}`
      : "not drained";
    return `  ${region}  ${ageOf(heartbeatAgeSeconds)}, ${traffic}${owes ? ", catching up" : ""}`;
  });
  return [`Seen from ${seenFrom}:`, ...lines].join("\n");
}

function ageOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "never joined";
  if (seconds < 120) return `heartbeat ${Math.round(seconds)} s ago`;
  if (seconds < 7_200) return `heartbeat ${Math.round(seconds / 60)} min ago`;
  return `heartbeat ${Math.round(seconds / 3_600)} h ago`;
}
