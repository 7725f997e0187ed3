import type { Deployment } from "../../deployment/deployment";
import { EmulatorOutbox } from "./emulatorOutbox";
import { type Hold, Link, type LinkEnd, type LinkStatus } from "./link";
import { type Replicated, replicatedBy } from "./replicated";
import type { Lag } from "./transit";

/** Both emulators have started, but the machine may be busy. */
const START_LIMIT_MS = 60_000;

export type { Lag, LinkStatus };

/** One Region's emulator. */
interface ReplicatedRegion {
  /** For example `us-east-1`. */
  region: string;
  /** The emulator's address, `http://127.0.0.1:PORT`: the same when the Region returns after a kill. */
  endpoint: string;
}

export interface ReplicationOptions {
  /** Two or more. */
  regions: readonly ReplicatedRegion[];
  /**
   * The stacks of those Regions. Their tables with `replicas` are replicated both ways, and their buckets as the
   * `BucketReplicationConfig`s say.
   */
  deployments: readonly Pick<Deployment, "region" | "resources">[];
  /** Default: 200 to 900 ms, as between AWS's Regions. */
  lagMs?: Lag;
  /** Receives each item that arrives in another Region; twice, if a Region dies in between. */
  onArrival?(arrival: Arrival): void;
  log?(line: string): void;
}

/** An item's change that has arrived in another Region. Times are ISO 8601, UTC. */
export interface Arrival {
  table: string;
  key: [string, string];
  from: string;
  to: string;
  writtenAt: string;
  arrivedAt: string;
}

interface ReplicationStatus {
  lagMs: Lag;
  cut: boolean;
  paused: string[];
  links: LinkStatus[];
}

/** Running replication of global tables and buckets between the Regions' emulators. */
export interface Replication {
  /** Sets the lag of changes that are fetched from now on. */
  lag(lag: Lag): void;
  /** Stops replication; each Region keeps the changes that the other lacks. Idempotent. */
  cut(): void;
  heal(): void;
  /** Call before a Region is killed: changes in transit from or to it are not delivered, but kept in their Region. */
  pause(region: string): void;
  /** Call when the Region responds again. */
  resume(region: string): void;
  status(): ReplicationStatus;
  /** Resolves with true if all writes before the call were applied in every Region within `limitMs` (default 10,000). */
  settled(limitMs?: number): Promise<boolean>;
  /** Stops replication. Changes not replicated yet stay in their Region for the next start. */
  stop(): Promise<void>;
}

/**
 * Replicates as DynamoDB global tables (eventually consistent) and S3 do: for each item the last writer wins, by the time of the
 * write and then by the Region's name. Changes of different items may overtake each other, those of one item never. An applied
 * change appears in the other Region's stream like any write, and is not replicated back. Items from before a table was global are
 * copied without stream records, as when AWS creates a replica; a Region that lost its data gets all items that way.
 *
 * Each Region's emulator keeps its unreplicated changes with its data: a start continues where the last one stopped, even after all
 * Regions were killed. A Region that does not respond is retried until it does.
 *
 * @throws If a Region does not respond, or lacks a table of the deployments.
 *
 * @example
 * const replication = await startReplication({ regions, deployments: [east, west], lagMs: { min: 50, max: 2000 }, log });
 * replication.pause("us-east-1");
 * await east.kill();
 * // …
 * await startMiniStack({ ...sameOptions, port: east.port });
 * replication.resume("us-east-1");
 */
export async function startReplication(options: ReplicationOptions): Promise<Replication> {
  const names = options.regions.map(({ region }) => region);
  const replicated = replicatedBy(options.deployments, names);
  const ends = options.regions.map(({ region, endpoint }) => ({ region, outbox: new EmulatorOutbox(endpoint) }));
  const state = { lag: options.lagMs ?? { min: 200, max: 900 }, cut: false, paused: new Set<string>() };
  const group = async (region: string, signal: AbortSignal) => await join(region, ends, replicated, signal);
  for (const region of names) await group(region, AbortSignal.timeout(START_LIMIT_MS));

  const hold = (...regions: string[]): Hold => {
    if (regions.some((region) => state.paused.has(region))) return "paused";
    return state.cut ? "cut" : undefined;
  };
  const links = ends.flatMap((from) =>
    ends
      .filter((to) => to !== from)
      .map(
        (to) =>
          new Link({
            from,
            to,
            lag: () => state.lag,
            hold: () => hold(from.region, to.region),
            mayAsk: () => !state.paused.has(from.region),
            group: (signal) => group(from.region, signal),
            onArrival: (changes) => {
              const arrivedAt = new Date().toISOString();
              for (const { table, key, stamp } of changes) {
                if (table === undefined || key === undefined) continue;
                const writtenAt = new Date(stamp[0] / 1_000).toISOString();
                options.onArrival?.({ table, key, from: from.region, to: to.region, writtenAt, arrivedAt });
              }
            },
            log: options.log ?? (() => undefined),
          }),
      ),
  );
  const change = (what: () => void) => {
    what();
    for (const link of links) link.lookAgain();
  };
  const known = (region: string) => {
    if (!names.includes(region))
      throw new Error(`There is no Region "${region}": the store runs in ${names.join(" and ")}.`);
    return region;
  };
  return {
    lag(lag) {
      const { min, max } = typeof lag === "number" ? { min: lag, max: lag } : lag;
      if (!(min >= 0 && max >= min))
        throw new Error(
          `The lag is ${min} to ${max} ms; it must be at least 0, and its max must not be below its min.`,
        );
      state.lag = lag;
    },
    cut: () => change(() => Object.assign(state, { cut: true })),
    heal: () => change(() => Object.assign(state, { cut: false })),
    pause: (region) => change(() => state.paused.add(known(region))),
    resume: (region) => change(() => state.paused.delete(known(region))),
    status: () => ({
      lagMs: state.lag,
      cut: state.cut,
      paused: [...state.paused].sort(),
      links: links.map((link) => link.status()),
    }),
    async settled(limitMs = 10_000) {
      const settled = await Promise.all(links.map((link) => link.settled(limitMs)));
      return settled.every(Boolean);
    },
    async stop() {
      await Promise.all(links.map((link) => link.stop()));
    },
  };
}

/**
 * Configures a Region's replication. A Region whose tables are new or lost gets all items of the others, as when AWS creates a
 * replica.
 */
async function join(
  region: string,
  ends: readonly LinkEnd[],
  replicated: Replicated,
  signal: AbortSignal,
): Promise<void> {
  const tables = Object.keys(replicated.tables);
  for (const own of ends.filter((end) => end.region === region)) {
    const lacking = await own.outbox.lacking(tables, signal);
    for (const other of lacking.length > 0 ? ends.filter((end) => end !== own) : []) {
      const alsoLacking = await other.outbox.lacking(lacking, signal);
      await other.outbox.copy(
        lacking.filter((table) => !alsoLacking.includes(table)),
        signal,
      );
    }
    const names = ends.map((end) => end.region);
    await own.outbox.group(replicated, names, signal);
  }
}
