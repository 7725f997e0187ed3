import type { Deployment } from "../../deployment/deployment";
import { EmulatorOutbox } from "./emulatorOutbox";
import { type Hold, Link, type LinkEnd, type LinkStatus } from "./link";
import { type Replicated, replicatedBy } from "./replicated";
import type { Lag } from "./transit";

export type { Lag, LinkStatus };

/** One Region's emulator, as the replication reaches it. */
interface ReplicatedRegion {
  /** For example `us-east-1`. */
  region: string;
  /** The emulator's address, `http://127.0.0.1:PORT`: the same again when the Region comes back after a kill. */
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
  log?(line: string): void;
}

interface ReplicationStatus {
  lagMs: Lag;
  cut: boolean;
  paused: string[];
  links: LinkStatus[];
}

/** Global tables and replicated buckets between the Regions' emulators, while it runs. */
export interface Replication {
  /** Applies to the changes that are fetched from now on. */
  lag(lag: Lag): void;
  /** Nothing replicates any more; each Region keeps what the other lacks. May be called twice. */
  cut(): void;
  heal(): void;
  /** Before a Region is killed: what is on its way from it or to it is not delivered, but kept where it comes from. */
  pause(region: string): void;
  /** After the Region answers again. */
  resume(region: string): void;
  status(): ReplicationStatus;
  /** Resolves with whether everything written before the call was applied everywhere within `limitMs` (default 10,000). */
  settled(limitMs?: number): Promise<boolean>;
  /** Changes that are not replicated yet stay in their Region for the next start. */
  stop(): Promise<void>;
}

/**
 * Replicates as DynamoDB global tables (eventually consistent) and S3 do: the last writer wins, item by item, by the time of
 * the write and then by the name of its Region; changes of different items may overtake each other, those of one item never.
 * An applied change is in the other Region's stream like any write, and is not replicated back. A table's items of before it was
 * global are copied, and are not in the stream, as when AWS makes a replica; a Region that lost its data gets all items that way.
 *
 * What waits for replication is kept by the emulator of its Region, with its data: a start goes on where the last one stopped, also
 * after all Regions were killed. A Region that does not answer is tried again for as long as it takes.
 *
 * @throws When a Region does not answer, or lacks a table that the deployments name.
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
  for (const region of names) await group(region, AbortSignal.timeout(10_000));

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
            log: options.log ?? (() => undefined),
          }),
      ),
  );
  const change = (what: () => void) => {
    what();
    for (const link of links) link.lookAgain();
  };
  const known = (region: string) => {
    if (!names.includes(region)) throw new Error(`${region} is none of the Regions ${names.join(", ")}.`);
    return region;
  };
  return {
    lag(lag) {
      const { min, max } = typeof lag === "number" ? { min: lag, max: lag } : lag;
      if (!(min >= 0 && max >= min))
        throw new Error("A lag is a number of ms from 0 on, or a range whose max is not below its min.");
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
 * Tells a Region what replicates, and with whom. One whose tables are new, or were lost, gets all items of the others, as when AWS
 * makes a replica.
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
