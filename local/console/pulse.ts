import { HEARTBEAT, type HeartbeatItem } from "../../domain/region/items";
import { resourcesOfType } from "../deployment/deployment";
import type { RegionClients } from "./regionClients";
import type { Traffic } from "./traffic";

/** Figures of one Region at one moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  /** API requests a second that customers sent, over five seconds. */
  requests: number;
  /** Of those, answered by 500 or more or not at all. */
  failed: number;
  /** Requests over 30 seconds, and their times in milliseconds; absent without requests. */
  answered: number;
  p50?: number;
  p95?: number;
  /** Orders that the Region accepted in the last minute. */
  orders: number;
  /** Age of the Region's heartbeat in milliseconds; absent without failover. */
  heartbeatMs?: number;
  /** Milliseconds that changes take to arrive from the peer, or that the oldest one has waited. */
  replicationMs?: number;
  /** Age of the oldest product change that is not indexed, in milliseconds. */
  searchMs?: number;
  /** Age of the oldest order that has not ended, in milliseconds. */
  oldestOpenMs?: number;
  /** Messages in queues, and in dead-letter queues. */
  queued: number;
  deadLetters: number;
}

/** Samples by Region, oldest first. */
export type PulseView = Record<string, Sample[]>;

/** Orders of a Region, for its figures. */
export interface OrderFigures {
  /** Times at which the Region accepted orders, in milliseconds since 1970. */
  acceptedAt: number[];
  /** Milliseconds since 1970. */
  oldestOpenAt?: number;
}

export interface PulseSources {
  traffic: Traffic;
  orders(region: string): OrderFigures | undefined;
  /** Waiting changes and the latest arrivals towards a Region, in milliseconds. */
  replicationMs(region: string): number | undefined;
  searchMs(region: string): number | undefined;
  queues(): readonly { region: string; deadLetters: boolean; count: number }[];
}

/** Samples that are kept: an hour of seconds. */
const KEPT_SAMPLES = 3_600;
/** Samples that an open page shows. */
const SHOWN_SAMPLES = 120;

/** Takes a sample of each Region's figures, once a second while a page is open. */
export class Pulse {
  private readonly samples = new Map<string, Sample[]>();
  /** Times of the Regions' heartbeats. A Region that does not answer keeps its last one. */
  private readonly heartbeats = new Map<string, number>();

  constructor(
    private readonly regions: readonly RegionClients[],
    private readonly sources: PulseSources,
  ) {}

  async read(): Promise<PulseView> {
    const now = Date.now();
    await this.readHeartbeats();
    for (const { deployment } of this.regions) {
      const all = this.samples.get(deployment.region) ?? [];
      this.samples.set(deployment.region, all);
      // Several readers at the same moment share a sample.
      if (now - (all.at(-1)?.at ?? 0) >= 500) all.push(this.sample(deployment.region, now));
      if (all.length > KEPT_SAMPLES) all.shift();
    }
    return this.latest(SHOWN_SAMPLES);
  }

  /** Returns the latest samples without a new one. */
  latest(count = KEPT_SAMPLES): PulseView {
    return Object.fromEntries([...this.samples].map(([region, all]) => [region, all.slice(-count)]));
  }

  private sample(region: string, now: number): Sample {
    const { traffic, orders, replicationMs, searchMs, queues } = this.sources;
    const recent = traffic.of(region, 5_000, now);
    const { requests: answered, p50, p95 } = traffic.of(region, 30_000, now);
    const figures = orders(region);
    const heartbeat = this.heartbeats.get(region);
    const own = queues().filter((queue) => queue.region === region);
    const sum = (deadLetters: boolean) =>
      own.filter((queue) => queue.deadLetters === deadLetters).reduce((total, { count }) => total + count, 0);
    return {
      at: now,
      requests: recent.requests / 5,
      failed: recent.failed / 5,
      answered,
      p50,
      p95,
      orders: (figures?.acceptedAt ?? []).filter((at) => at > now - 60_000).length,
      heartbeatMs: heartbeat === undefined ? undefined : Math.max(0, now - heartbeat),
      replicationMs: replicationMs(region),
      searchMs: searchMs(region),
      oldestOpenMs: figures?.oldestOpenAt === undefined ? undefined : now - figures.oldestOpenAt,
      queued: sum(false),
      deadLetters: sum(true),
    };
  }

  private async readHeartbeats(): Promise<void> {
    const tables = new Set(this.regions.flatMap(({ deployment }) => stateTables(deployment)));
    await Promise.all(
      this.regions.flatMap((region) =>
        [...tables].map(async (TableName) => {
          if (!region.isUp()) return;
          const { Items = [] } = await region.dynamo.scan({ TableName, Limit: 100 }).catch(() => ({ Items: [] }));
          for (const item of Items as HeartbeatItem[]) {
            const at = Date.parse(item.at);
            if (item.entry === HEARTBEAT && at > (this.heartbeats.get(item.subject) ?? 0))
              this.heartbeats.set(item.subject, at);
          }
        }),
      ),
    );
  }
}

/** Finds the table of Regions. */
function stateTables(deployment: RegionClients["deployment"]): string[] {
  return resourcesOfType(deployment, "aws:dynamodb/table:Table")
    .filter(({ inputs }) => inputs["hashKey"] === "subject" && inputs["rangeKey"] === "entry")
    .map(({ outputs, id }) => String(outputs["name"] ?? id));
}
