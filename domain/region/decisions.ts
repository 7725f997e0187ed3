import type { DrainItem, HeartbeatItem, Return } from "./items";
import type { FailoverTimings } from "./timings";

/**
 * Whether an operator has taken the Region out of traffic: the newest word decides, whichever Region it was written in.
 * At the same moment drained beats not drained: a Region out of traffic costs less than one that should be.
 */
export function isDrained(drains: readonly Pick<DrainItem, "at" | "drained">[]): boolean {
  const newest = drains.reduce((latest, { at }) => (at > latest ? at : latest), "");
  return drains.some(({ at, drained }) => at === newest && drained);
}

/** What this Region has seen of its peer. */
export interface PeerObservation {
  /** The peer's heartbeat as this Region's replica has it; absent before the peer joined. */
  heartbeat?: Pick<HeartbeatItem, "at">;
  /** When this Region first saw that very heartbeat, if it remembers: a clock ahead of ours must not keep a dead peer alive. ISO 8601 UTC. */
  seenSince?: string;
  /** Failed probes of the peer's health since the last good one; those that say nothing are left out (`verdictOf`). */
  failuresInARow: number;
  /** Whether an operator has drained the peer. */
  peerDrained: boolean;
  /** Whether an operator has drained this Region. */
  selfDrained: boolean;
  /** ISO 8601 UTC. */
  now: string;
}

/**
 * `unknown`: has never joined. `alive`. `suspect`: one of the two signals. `drained`: an operator says so.
 * `lost`: its heartbeat is stale and its health endpoint fails from here.
 */
export type PeerState = "unknown" | "alive" | "suspect" | "drained" | "lost";

/**
 * What this Region makes of its peer. One signal alone proves nothing: replication may be late while the peer works, and
 * its health endpoint may be unreachable from here alone. A wrong answer costs work, never correctness.
 *
 * @example
 * if (takesOver(peerState(observation, FAILOVER_TIMINGS), observation)) await invoke(takeover, { from: peer });
 */
export function peerState(
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
 * Whether this Region takes the peer's open orders over. A drained Region does so only if the peer is really lost: two
 * drained Regions would otherwise take the same orders from each other again and again.
 */
export function takesOver(state: PeerState, { selfDrained }: Pick<PeerObservation, "selfDrained">): boolean {
  return state === "lost" || (state === "drained" && !selfDrained);
}

/** Seconds since the peer's heartbeat; infinite without one. A heartbeat from the future is as old as it is known here. */
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
 * What a Region owes when it writes its next heartbeat: nothing while it was never away; else orders that died with it
 * are looked for, and indexes are built anew if its streams may have lost records, or if it joins others.
 *
 * @param own its last heartbeat, with what it still owes from an earlier return.
 * @param peerKnown whether the peer was here before: whoever joins a store that works must catch up with it.
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
