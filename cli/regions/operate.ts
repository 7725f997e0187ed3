import type { StateStore } from "../../components/regionalFailover/handlers/stateStore";
import {
  drainEntry,
  FAILOVER_TIMINGS,
  heartbeatAgeSeconds,
  isDrained,
  REGION_SCHEMA,
  type RegionRecords,
} from "../../domain/region";

/** Replicas of the table of Regions, by Region. */
export type Replicas = ReadonlyMap<string, Pick<StateStore, "readRecords" | "writeDrain">>;

/** An operator's request to drain a Region or to end its drain. */
export interface DrainRequest {
  region: string;
  drained: boolean;
  /** Name of the operator. */
  by: string;
  /** Region to write in. Default: any that answers, the drained Region last. */
  from?: string;
  /** Drains a Region even if no other one is in traffic. Default: false. */
  force?: boolean;
}

export interface DrainResult {
  /** Region that the item was written in. */
  writtenIn: string;
  /** ISO 8601 UTC. */
  at: string;
}

/**
 * Drains a Region or ends its drain with one item, written in one Region under that Region's key. The item's time is later than that of
 * every known item, so that it applies even if clocks differ.
 *
 * @throws {Error} with one sentence if no Region's table answers, or if no other Region would be in traffic.
 */
export async function writeDrain(
  request: DrainRequest,
  replicas: Replicas,
  now: () => number = Date.now,
): Promise<DrainResult> {
  known(request.region, replicas);
  // The drained Region comes last: it may be dead, or its item may not replicate.
  const order = request.from ? [known(request.from, replicas)] : lastOf([...replicas.keys()], request.region);
  return await firstThatAnswers(order, replicas, async (writtenIn, store) => {
    if (request.drained && !request.force) await refuseToDrainTheLast(request.region, replicas, store, now());
    const { drains } = await store.readRecords(request.region);
    const newest = drains.reduce((latest, { at }) => Math.max(latest, Date.parse(at)), 0);
    const at = new Date(Math.max(now(), newest + 1)).toISOString();
    const { region: subject, drained, by } = request;
    const item = { subject, entry: drainEntry(writtenIn), schema: REGION_SCHEMA, drained, at, by };
    if (!(await store.writeDrain(item))) {
      throw new Refusal(`The state of ${subject} was changed concurrently. Check status, and repeat the command.`);
    }
    return { writtenIn, at };
  });
}

async function refuseToDrainTheLast(
  region: string,
  replicas: Replicas,
  store: Pick<StateStore, "readRecords">,
  now: number,
): Promise<void> {
  const others = [...replicas.keys()].filter((other) => other !== region);
  for (const other of others) {
    const records = await store.readRecords(other);
    if (!isDrained(records.drains) && isAlive(records, now)) return;
  }
  throw new Refusal(
    others.length === 0
      ? `${region} is the store's only Region. Give --force to close the store.`
      : `${others.join(" and ")} cannot take the traffic: drained, or without a heartbeat. Check status, or give --force to drain ${region} anyway.`,
  );
}

/** State of all Regions in one Region's replica. */
export interface RegionView {
  seenFrom: string;
  /** Reason why the replica does not answer. */
  trouble?: string;
  regions: {
    region: string;
    heartbeatAgeSeconds: number;
    drained: boolean;
    entries: RegionRecords["drains"];
    owes: boolean;
  }[];
}

/** Reads the state of all Regions from each replica. A replica that does not answer is reported with its reason. */
export async function status(replicas: Replicas, now: () => number = Date.now): Promise<RegionView[]> {
  return await Promise.all(
    [...replicas].map(async ([seenFrom, store]): Promise<RegionView> => {
      try {
        const regions = await Promise.all(
          [...replicas.keys()].map(async (region) => {
            const { heartbeat, drains } = await store.readRecords(region);
            return {
              region,
              heartbeatAgeSeconds: heartbeatAgeSeconds({ heartbeat, now: new Date(now()).toISOString() }),
              drained: isDrained(drains),
              entries: drains,
              owes: heartbeat?.owes !== undefined,
            };
          }),
        );
        return { seenFrom, regions };
      } catch (error) {
        return { seenFrom, trouble: reasonOf(error), regions: [] };
      }
    }),
  );
}

/**
 * Refuses to move products from a Region that still writes them.
 *
 * @throws {Refusal} with one sentence if the Region has a heartbeat and is not drained.
 */
export async function refuseMoveFromLiveRegion(
  from: string,
  to: string,
  replicas: Replicas,
  now: () => number = Date.now,
): Promise<void> {
  known(from, replicas);
  const { heartbeat, drains } = await replicas.get(known(to, replicas))!.readRecords(from);
  if (heartbeat && isAlive({ heartbeat }, now()) && !isDrained(drains)) {
    throw new Refusal(
      `${from} is alive and writes its products. Drain it first (npm run region -- drain ${from}) and wait a minute, or give --force.`,
    );
  }
}

/**
 * Refuses to claim the stock of a Region that may still promise it. A drain is not enough: orders that reach a drained Region are
 * accepted.
 *
 * @throws {Refusal} with one sentence if the Region has a heartbeat.
 */
export async function refuseClaimFromLiveRegion(
  lost: string,
  into: string,
  replicas: Replicas,
  now: () => number = Date.now,
): Promise<void> {
  known(lost, replicas);
  const { heartbeat } = await replicas.get(known(into, replicas))!.readRecords(lost);
  if (heartbeat && isAlive({ heartbeat }, now())) {
    throw new Refusal(
      `${lost} is alive and sends its units by itself. Claim the stock of a lost Region only, or give --force.`,
    );
  }
}

/** Error that every Region's replica would give. */
class Refusal extends Error {}

async function firstThatAnswers<Result>(
  order: readonly string[],
  replicas: Replicas,
  ask: (region: string, store: Pick<StateStore, "readRecords" | "writeDrain">) => Promise<Result>,
): Promise<Result> {
  const troubles: string[] = [];
  for (const region of order) {
    try {
      return await ask(region, replicas.get(region)!);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      troubles.push(`${region}: ${reasonOf(error)}`);
    }
  }
  throw new Error(`No Region's table answers (${troubles.join("; ")}).`);
}

function known(region: string, replicas: Replicas): string {
  if (replicas.has(region)) return region;
  throw new Refusal(`"${region}" is no Region of this store. Its Regions are ${[...replicas.keys()].join(" and ")}.`);
}

const isAlive = ({ heartbeat }: Pick<RegionRecords, "heartbeat">, now: number) =>
  heartbeatAgeSeconds({ heartbeat, now: new Date(now).toISOString() }) <= 2 * FAILOVER_TIMINGS.staleAfterSeconds;

const lastOf = (regions: string[], last: string) => [...regions.filter((region) => region !== last), last];

export function reasonOf(error: unknown): string {
  const { name, message, code } = error as Error & { code?: string };
  return code ?? (message ? `${name}: ${message.split("\n")[0]}` : name);
}
