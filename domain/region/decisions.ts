import type { DrainItem, HeartbeatItem, Return } from "./items";
import type { FailoverTimings } from "./timings";

/**
 * Decides whether a Region is drained: the newest item counts, whichever Region wrote it. With equal times drained wins,
 * because wrongly draining a Region costs less than wrongly keeping it in traffic.
 */
export function isDrained(drains: readonly Pick<DrainItem, "at" | "drained">[]): boolean {
  const newest = drains.reduce((latest, { at }) => (at > latest ? at : latest), "");
  return drains.some(({ at, drained }) => at === newest && drained);
}

/** Observation of the peer by this Region. */
export interface PeerObservation {
  /** The peer's heartbeat as this Region's replica has it; absent before the peer joined. */
  heartbeat?: Pick<HeartbeatItem, "at">;
  /** Time at which this Region first saw that heartbeat, if known: a peer's fast clock must not keep it alive. ISO 8601 UTC. */
  seenSince?: string;
  /** Failed probes of the peer since the last successful one; inconclusive probes do not count (`verdictOf`). */
  failuresInARow: number;
  /** An operator has drained the peer. */
  peerDrained: boolean;
  /** An operator has drained this Region. */
  selfDrained: boolean;
  /** ISO 8601 UTC. */
  now: string;
}

/**
 * State of the peer. `unknown`: it has never joined. `suspect`: one of the two signals fails. `drained`: by an operator.
 * `lost`: its heartbeat is stale and its health endpoint fails, as seen from this Region.
 */
export type PeerState = "unknown" | "alive" | "suspect" | "drained" | "lost";

/**
 * Judges the peer. One signal alone proves nothing: replication may be late while the peer works, and its health endpoint
 * may be unreachable from this Region only. A wrong conclusion costs work, never correctness.
 *
 * @example
 * if (shouldTakeOver(judgePeer(observation, FAILOVER_TIMINGS), observation)) await invoke(takeover, { from: peer });
 */
export function judgePeer(
  observation: PeerObservation,
  timings: Pick<FailoverTimings, "staleAfterSeconds" | "failuresInARow">,
): PeerState {
  const stale = heartbeatAgeSeconds(observation) > timings.staleAfterSeconds;
  const failing = observation.failuresInARow >= timings.failuresInARow;
  if (observation.heartbeat && stale && failing) return "lost";
  if (observation.peerDrained) return "drained";
  if (!observation.heartbeat) return "unknown";
  return stale || failing ? "suspect" : "alive";
}

/**
 * Decides whether this Region takes over the peer's open orders. A drained Region does so only if the peer is lost:
 * otherwise two drained Regions would keep taking the same orders from each other.
 */
export function shouldTakeOver(state: PeerState, { selfDrained }: Pick<PeerObservation, "selfDrained">): boolean {
  return state === "lost" || (state === "drained" && !selfDrained);
}

/** Seconds since the peer's heartbeat; infinite without one. A heartbeat with a future time ages from its first observation. */
export function heartbeatAgeSeconds({
  heartbeat,
  seenSince,
  now,
}: Pick<PeerObservation, "heartbeat" | "seenSince" | "now">): number {
  if (!heartbeat) return Number.POSITIVE_INFINITY;
  const written = secondsBetween(heartbeat.at, now);
  const known = seenSince === undefined ? 0 : secondsBetween(seenSince, now);
  return Math.max(0, written, known);
}

/**
 * Detects that a Region was away, or joins. A returning Region restarts stalled orders; it also rebuilds its index if its
 * streams may have lost records, or if it joins.
 *
 * @param own last heartbeat of the Region, with a return that it has not handled yet.
 * @param peerKnown the peer existed before: a Region that joins a running store must catch up.
 */
export function detectReturn(
  own: Pick<HeartbeatItem, "at" | "owes"> | undefined,
  peerKnown: boolean,
  now: string,
  timings: Pick<FailoverTimings, "awayAfterSeconds" | "rebuildAfterSeconds">,
): Return | undefined {
  if (!own) return peerKnown ? { backAt: now, rebuild: true } : undefined;
  const awaySeconds = secondsBetween(own.at, now);
  if (awaySeconds <= timings.awayAfterSeconds) return own.owes;
  const rebuild = awaySeconds > timings.rebuildAfterSeconds || (own.owes?.rebuild ?? false);
  return { awaySince: own.at, backAt: now, rebuild };
}

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
