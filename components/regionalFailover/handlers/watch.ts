import type { Logger } from "@aws-lambda-powertools/logger";
import {
  detectReturn,
  type FailoverTimings,
  HEARTBEAT,
  type HeartbeatItem,
  heartbeatAgeSeconds,
  isDrained,
  type PeerObservation,
  type PeerState,
  peerState,
  REGION_SCHEMA,
  type RegionRecords,
  type RegionUrls,
  type Return,
  type StoredObservation,
  takesOver,
} from "../../../domain/region";
import type { Count } from "./metrics";
import type { Probe } from "./probe";
import type { StateStore } from "./stateStore";

export interface WatchDeps {
  region: string;
  /** Absent: the Region is alone, and only its heartbeat is written. */
  peerRegion?: string;
  urls: RegionUrls;
  timings: FailoverTimings;
  store: Pick<StateStore, "book" | "beat">;
  probe: (url: string, timeoutMs: number) => Promise<Probe>;
  /** Starts a takeover and does not wait for it. */
  takeOver: (from: string) => Promise<void>;
  /** Tells whoever has to catch up; what fails is told again next round. */
  notifyReturn: (returned: Return) => Promise<void>;
  count: Count;
  log: Pick<Logger, "info" | "warn" | "error">;
  clock: { now(): number; sleep(ms: number): Promise<void> };
}

/** What the watch remembers between rounds; between runs, and so between containers, the heartbeat carries it. */
export interface WatchMemory extends StoredObservation {
  /** Milliseconds since 1970. */
  lastRoundAt?: number;
  state?: PeerState;
}

export const newMemory = (): WatchMemory => ({ failuresInARow: 0 });

/** After so long a run looks whether its successor is at work, and ends. Schedules fire once a minute, give or take. Milliseconds. */
const OWN_TIME_MS = 50_000;

/** Less than this is left: no further round. Milliseconds. */
const ROUND_NEEDS_MS = 12_000;

/** A takeover works for a minute at most; whoever starts the next one sooner makes it meet the last. */
const ROUNDS_A_TAKEOVER = 6;

/** What a round takes at most when nothing is wrong with this very function, besides its probe. Milliseconds. */
const ROUND_LIMIT_MS = 6_000;

/**
 * Rounds of heartbeat and probe until the next run of this function is at work, or time is up.
 *
 * Two runs at once, or one that wakes up after hours, do no harm: heartbeats only ever grow, and whatever a run concludes
 * from what it saw, a takeover decides again from what the tables say in that moment.
 */
export async function watchPeer(watching: WatchDeps, memory: WatchMemory, timeLeftMs: () => number): Promise<void> {
  const { clock, timings } = watching;
  const begin = clock.now();
  let ownBeat: string | undefined;
  while (timeLeftMs() > ROUND_NEEDS_MS + timings.probeTimeoutMs) {
    const roundBegin = clock.now();
    const { beat, successor } = await round(watching, memory, ownBeat);
    if (successor && clock.now() - begin >= OWN_TIME_MS) return;
    ownBeat = beat ?? ownBeat;
    await clock.sleep(Math.max(0, roundBegin + timings.roundSeconds * 1000 - clock.now()));
  }
}

/** One round. `successor`: somebody else has written this Region's heartbeat since this run did. */
async function round(
  watching: WatchDeps,
  memory: WatchMemory,
  ownBeat: string | undefined,
): Promise<{ beat?: string; successor: boolean }> {
  const { region, peerRegion, store, clock, count, log } = watching;
  let own: RegionRecords;
  let peer: RegionRecords | undefined;
  let beat: string | undefined;
  const begin = clock.now();
  try {
    [own, peer] = await Promise.all([store.book(region), peerRegion ? store.book(peerRegion) : undefined]);
    goOn(watching, memory, own);
    beat = await writeHeartbeat(watching, memory, own, peer);
    count({ HeartbeatsWritten: 1 });
  } catch (error) {
    // Whoever can't use his own tables knows nothing about others.
    count({ HeartbeatsFailed: 1 });
    log.error("The heartbeat could not be written", { error: error as Error });
    return { successor: false };
  }
  const successor = ownBeat !== undefined && own.heartbeat !== undefined && own.heartbeat.at > ownBeat;
  if (peerRegion && peer) await lookAtPeer(watching, memory, { own, peer, peerRegion, begin });
  return { beat, successor };
}

/** Writes the heartbeat, and does what is owed for having been away. Its time, unless another run has written a newer one. */
async function writeHeartbeat(
  { region, urls, store, clock, timings, notifyReturn, count, log }: WatchDeps,
  memory: WatchMemory,
  own: RegionRecords,
  peer: RegionRecords | undefined,
): Promise<string | undefined> {
  const at = timeOf(clock.now());
  const owes = detectReturn(own.heartbeat, peer?.heartbeat !== undefined, at, timings);
  const sees = peer && sightOf(memory);
  const heartbeat: HeartbeatItem = { subject: region, entry: HEARTBEAT, schema: REGION_SCHEMA, at, urls, owes, sees };
  // What is owed stands in the item before it is done: a run that dies in between leaves it to the next one.
  if (!(await store.beat(heartbeat))) return undefined;
  if (!owes) return at;
  log.warn("This Region was away, or joins: it catches up", { ...owes });
  try {
    await notifyReturn(owes);
  } catch (error) {
    log.error("Not everybody who has to catch up could be told; told again next round", { error: error as Error });
    return at;
  }
  count({ RegionReturned: 1 });
  const done = timeOf(clock.now() + 1);
  await store.beat({ ...heartbeat, owes: undefined, at: done });
  return done;
}

async function lookAtPeer(
  watching: WatchDeps,
  memory: WatchMemory,
  { own, peer, peerRegion, begin }: { own: RegionRecords; peer: RegionRecords; peerRegion: string; begin: number },
): Promise<void> {
  const { timings, clock, count, log } = watching;
  const answer = peer.heartbeat && (await watching.probe(peer.heartbeat.urls.health, timings.probeTimeoutMs));
  const now = clock.now();
  if (now - begin > ROUND_LIMIT_MS + timings.probeTimeoutMs) {
    // This function stood still meanwhile, and what it saw before says nothing about now.
    log.warn("A round took too long; nothing is concluded from it", { seconds: (now - begin) / 1000 });
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
  const state = peerState(observation, timings);
  count({
    PeerHeartbeatAgeSeconds: heartbeatAgeSeconds(observation),
    PeerHealthFailing: answer?.verdict === "fails" ? 1 : 0,
    PeerLost: state === "lost" ? 1 : 0,
    PeerDrained: observation.peerDrained ? 1 : 0,
  });
  if (state !== memory.state) {
    log.warn("What this Region makes of its peer", { peerRegion, state, before: memory.state, said: answer?.said });
    memory.state = state;
  }
  if (takesOver(state, observation)) await startTakeover(watching, memory, peerRegion);
}

async function startTakeover(
  { takeOver, clock, timings, count, log }: WatchDeps,
  memory: WatchMemory,
  from: string,
): Promise<void> {
  const now = clock.now();
  const pauseMs = ROUNDS_A_TAKEOVER * timings.roundSeconds * 1000;
  if (memory.takeoverStartedAt !== undefined && now - memory.takeoverStartedAt < pauseMs) return;
  try {
    await takeOver(from);
    memory.takeoverStartedAt = now;
    count({ TakeoversStarted: 1 });
  } catch (error) {
    log.error("A takeover could not be started; tried again next round", { from, error: error as Error });
  }
}

/**
 * "In a row" means round after round, whoever made them: a run goes on where the last one was, as the heartbeat has it. A
 * function that was frozen, or a Region that was away, begins anew.
 */
function goOn({ clock, timings }: WatchDeps, memory: WatchMemory, own: RegionRecords): void {
  const now = clock.now();
  const longestPauseMs = 3 * timings.roundSeconds * 1000 + ROUND_LIMIT_MS + timings.probeTimeoutMs;
  if (memory.lastRoundAt === undefined || now - memory.lastRoundAt > longestPauseMs) {
    const { state } = memory;
    const last = own.heartbeat;
    const isFresh = last !== undefined && now - Date.parse(last.at) <= longestPauseMs;
    Object.assign(memory, { seen: undefined, takeoverStartedAt: undefined }, newMemory(), isFresh ? last.sees : {}, {
      state,
    });
  }
  memory.lastRoundAt = now;
}

/** What the next run has to know of the peer. */
const sightOf = ({ failuresInARow, seen, takeoverStartedAt }: WatchMemory) => ({
  failuresInARow,
  seen,
  takeoverStartedAt,
});

const timeOf = (ms: number): string => new Date(ms).toISOString();
