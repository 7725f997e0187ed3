import type { Deployment } from "../deployment";

/** How long a change takes to the other Region, in ms: always the same, or drawn anew for each change. */
export type Lag = number | { min: number; max: number };

/** One Region's emulator, as the replication reaches it. */
export interface ReplicatedRegion {
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

/** How far one Region's changes are behind in another. */
export interface LinkStatus {
  from: string;
  to: string;
  /** `cut`: by `cut()`. `paused`: either Region is, by `pause()`. `unreachable`: one of them does not answer. */
  state: "open" | "cut" | "paused" | "unreachable";
  /** Changes of `from` that are not in `to` yet; the last known number while `from` does not answer. */
  waiting: number;
  /** Age of the oldest of them, in ms; 0 without any. */
  behindMs: number;
}

export interface ReplicationStatus {
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
  /** What is not replicated yet stays in the Regions, for the next start. */
  stop(): Promise<void>;
}

/**
 * Replicates as DynamoDB global tables (eventually consistent) and S3 do: the last writer wins, item by item, by the time of
 * the write and then by the name of its Region; changes of different items may overtake each other, those of one item never.
 * An applied change is in the other Region's stream like any write, and is not replicated back.
 *
 * What waits for replication is kept by the emulator of its Region, with its data: a start goes on where the last one stopped, also
 * after all Regions were killed. A Region that does not answer is tried again for as long as it takes.
 *
 * @throws When a table or bucket is not there in a Region that the deployments name.
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
  throw new Error(`Nothing replicates between ${options.regions.map(({ region }) => region).join(" and ")} yet.`);
}
