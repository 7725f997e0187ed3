import type { Logger } from "@aws-lambda-powertools/logger";
import {
  detectReturn,
  type FailoverTimings,
  HEARTBEAT,
  type HeartbeatItem,
  heartbeatAgeSeconds,
  isDrained,
  judgePeer,
  type PeerObservation,
  type PeerState,
  REGION_SCHEMA,
  type RegionRecords,
  type RegionUrls,
  type Return,
  type StoredObservation,
  shouldTakeOver,
} from "../../../domain/region";
import type { Count } from "./metrics";
import type { Probe } from "./probe";
import type { StateStore } from "./stateStore";

export interface WatchDeps {
  region: string;
  /** Absent: the store has one Region, and the watch only writes its heartbeat. */
  peerRegion?: string;
  urls: RegionUrls;
  timings: FailoverTimings;
  store: Pick<StateStore, "readRecords" | "writeHeartbeat">;
  probe: (url: string, timeoutMs: number) => Promise<Probe>;
  /** Starts a takeover and does not wait for it. */
  takeOver: (from: string) => Promise<void>;
  /** Notifies the targets of `onReturn`; a failure is retried in the next round. */
  notifyReturn: (returned: Return) => Promise<void>;
  count: Count;
  log: Pick<Logger, "info" | "warn" | "error">;
  clock: { now(): number; sleep(ms: number): Promise<void> };
}

/** State of the watch between rounds. The heartbeat carries it between runs, and so between containers. */
export interface WatchMemory extends StoredObservation {
  /** Milliseconds since 1970. */
  lastRoundAt?: number;
  state?: PeerState;
}

export const newMemory = (): WatchMemory => ({ failuresInARow: 0 });

/** Age of a run after which it ends once its successor is active. Schedules fire about once a minute. Milliseconds. */
const OWN_TIME_MS = 50_000;

/** Time that must be left for another round, besides its probe. Milliseconds. */
const ROUND_NEEDS_MS = 12_000;

/** Rounds between two starts of a takeover, which runs for a minute at most: an earlier start would overlap with it. */
const ROUNDS_PER_TAKEOVER = 6;

/** Longest duration of a healthy round, besides its probe. Milliseconds. */
const ROUND_LIMIT_MS = 6_000;

/**
 * Repeats rounds of heartbeat and probe until the next run of this function is active, or time is up.
 *
 * Two runs at once, or one that resumes after hours, are harmless: heartbeats only grow, and a takeover decides again from
 * the current state of the tables.
 */
export async function watchPeer(deps: WatchDeps, memory: WatchMemory, timeLeftMs: () => number): Promise<void> {
  const { clock, timings } = deps;
  const begin = clock.now();
  let lastWritten: string | undefined;
  while (timeLeftMs() > ROUND_NEEDS_MS + timings.probeTimeoutMs) {
    const roundBegin = clock.now();
    const { written, hasSuccessor } = await runRound(deps, memory, lastWritten);
    if (hasSuccessor && clock.now() - begin >= OWN_TIME_MS) return;
    lastWritten = written ?? lastWritten;
    await clock.sleep(Math.max(0, roundBegin + timings.roundSeconds * 1000 - clock.now()));
  }
}

/**
 * Runs one round.
 *
 * @param lastWritten time of the last heartbeat that this run wrote.
 * @returns `written`, the time of the heartbeat that this round wrote, and `hasSuccessor`: another run has written this Region's
 * heartbeat since this run did.
 */
async function runRound(
  deps: WatchDeps,
  memory: WatchMemory,
  lastWritten: string | undefined,
): Promise<{ written?: string; hasSuccessor: boolean }> {
  const { region, peerRegion, store, clock, count, log } = deps;
  let own: RegionRecords;
  let peer: RegionRecords | undefined;
  let written: string | undefined;
  const begin = clock.now();
  try {
    [own, peer] = await Promise.all([
      store.readRecords(region),
      peerRegion ? store.readRecords(peerRegion) : undefined,
    ]);
    resumeMemory(deps, memory, own);
    written = await writeHeartbeat(deps, memory, own, peer);
    count({ HeartbeatsWritten: 1 });
  } catch (error) {
    // If our own table is unreachable, draw no conclusion about the peer.
    count({ HeartbeatsFailed: 1 });
    log.error("Heartbeat failed", { error: error as Error });
    return { hasSuccessor: false };
  }
  const hasSuccessor = lastWritten !== undefined && own.heartbeat !== undefined && own.heartbeat.at > lastWritten;
  if (peerRegion && peer) await observePeer(deps, memory, { own, peer, peerRegion, begin });
  return { written, hasSuccessor };
}

/** Writes the heartbeat and notifies of a return. Returns the heartbeat's time, or `undefined` if another run wrote a newer one. */
async function writeHeartbeat(
  { region, urls, store, clock, timings, notifyReturn, count, log }: WatchDeps,
  memory: WatchMemory,
  own: RegionRecords,
  peer: RegionRecords | undefined,
): Promise<string | undefined> {
  const at = timeOf(clock.now());
  const owes = detectReturn(own.heartbeat, peer?.heartbeat !== undefined, at, timings);
  const sees = peer && toStoredObservation(memory);
  const heartbeat: HeartbeatItem = { subject: region, entry: HEARTBEAT, schema: REGION_SCHEMA, at, urls, owes, sees };
  // The return is stored before it is handled, so that a run that dies in between leaves it to the next one.
  if (!(await store.writeHeartbeat(heartbeat))) return undefined;
  if (!owes) return at;
  log.warn("Region returned or joined", { ...owes });
  try {
    await notifyReturn(owes);
  } catch (error) {
    log.error("Return notification failed; retrying in the next round", { error: error as Error });
    return at;
  }
  count({ RegionReturned: 1 });
  const done = timeOf(clock.now() + 1);
  await store.writeHeartbeat({ ...heartbeat, owes: undefined, at: done });
  return done;
}

async function observePeer(
  deps: WatchDeps,
  memory: WatchMemory,
  { own, peer, peerRegion, begin }: { own: RegionRecords; peer: RegionRecords; peerRegion: string; begin: number },
): Promise<void> {
  const { timings, clock, count, log } = deps;
  const answer = peer.heartbeat && (await deps.probe(peer.heartbeat.urls.health, timings.probeTimeoutMs));
  const now = clock.now();
  if (now - begin > ROUND_LIMIT_MS + timings.probeTimeoutMs) {
    // The function was frozen meanwhile, so its observations are outdated.
    log.warn("Round took too long; discarded", { seconds: (now - begin) / 1000 });
    memory.failuresInARow = 0;
    return;
  }
  if (answer?.verdict === "works") memory.failuresInARow = 0;
  if (answer?.verdict === "fails") memory.failuresInARow += 1;
  if (peer.heartbeat && memory.seen?.at !== peer.heartbeat.at) {
    memory.seen = { at: peer.heartbeat.at, since: timeOf(now) };
  }
  const observation: PeerObservation = {
    heartbeat: peer.heartbeat,
    seenSince: memory.seen?.since,
    failuresInARow: memory.failuresInARow,
    peerDrained: isDrained(peer.drains),
    selfDrained: isDrained(own.drains),
    now: timeOf(now),
  };
  const state = judgePeer(observation, timings);
  count({
    PeerHeartbeatAgeSeconds: heartbeatAgeSeconds(observation),
    PeerHealthFailing: answer?.verdict === "fails" ? 1 : 0,
    PeerLost: state === "lost" ? 1 : 0,
    PeerDrained: observation.peerDrained ? 1 : 0,
  });
  if (state !== memory.state) {
    log.warn("Peer state changed", { peerRegion, state, before: memory.state, said: answer?.said });
    memory.state = state;
  }
  if (shouldTakeOver(state, observation)) await startTakeover(deps, memory, peerRegion);
}

async function startTakeover(
  { takeOver, clock, timings, count, log }: WatchDeps,
  memory: WatchMemory,
  from: string,
): Promise<void> {
  const now = clock.now();
  const pauseMs = ROUNDS_PER_TAKEOVER * timings.roundSeconds * 1000;
  if (memory.takeoverStartedAt !== undefined && now - memory.takeoverStartedAt < pauseMs) return;
  try {
    await takeOver(from);
    memory.takeoverStartedAt = now;
    count({ TakeoversStarted: 1 });
  } catch (error) {
    log.error("Takeover start failed; retrying in the next round", { from, error: error as Error });
  }
}

/**
 * Restores the memory of the last run from the heartbeat, so that failures "in a row" count across runs. A function that
 * was frozen, or a Region that was away, starts from zero.
 */
function resumeMemory({ clock, timings }: WatchDeps, memory: WatchMemory, own: RegionRecords): void {
  const now = clock.now();
  const longestPauseMs = 3 * timings.roundSeconds * 1000 + ROUND_LIMIT_MS + timings.probeTimeoutMs;
  if (memory.lastRoundAt === undefined || now - memory.lastRoundAt > longestPauseMs) {
    const last = own.heartbeat;
    const isFresh = last !== undefined && now - Date.parse(last.at) <= longestPauseMs;
    const restored = (isFresh && last.sees) || newMemory();
    Object.assign(memory, toStoredObservation(restored));
  }
  memory.lastRoundAt = now;
}

/** Selects the part of the memory that the heartbeat carries to the next run. */
const toStoredObservation = ({ failuresInARow, seen, takeoverStartedAt }: StoredObservation) => ({
  failuresInARow,
  seen,
  takeoverStartedAt,
});

const timeOf = (ms: number): string => new Date(ms).toISOString();
