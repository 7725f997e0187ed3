import type { RegionView } from "./operate";

/** What each Region knows, for a person. */
export function describeRegions(views: readonly RegionView[]): string {
  return views.map(describeView).join("\n");
}

function describeView({ seenFrom, trouble, regions }: RegionView): string {
  if (trouble !== undefined) return `As ${seenFrom} sees it: no answer (${trouble}).`;
  const lines = regions.map(({ region, heartbeatAgeSeconds, drained, words, owes }) => {
    const newest = [...words].sort((a, b) => (a.at < b.at ? 1 : -1))[0];
    const traffic = drained
      ? `drained by ${newest?.by} at ${newest?.at}, written in ${newest?.entry.split("#")[1]}`
      : "not drained";
    return `  ${region}  ${ageOf(heartbeatAgeSeconds)}, ${traffic}${owes ? ", catching up" : ""}`;
  });
  return [`As ${seenFrom} sees it:`, ...lines].join("\n");
}

function ageOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "never joined";
  if (seconds < 120) return `heartbeat ${Math.round(seconds)} s ago`;
  if (seconds < 7_200) return `heartbeat ${Math.round(seconds / 60)} min ago`;
  return `heartbeat ${Math.round(seconds / 3_600)} h ago`;
}
