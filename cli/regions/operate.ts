import type { StateStore } from "../../components/regionalFailover/handlers/stateStore";
import {
  drainEntry,
  FAILOVER_TIMINGS,
  heartbeatAgeSeconds,
  isDrained,
  REGION_SCHEMA,
  type RegionRecords,
} from "../../domain/region";

/** The table of Regions, by the Region whose replica it is. */
export type Replicas = ReadonlyMap<string, Pick<StateStore, "readRecords" | "writeDrain">>;

/** An operator's word about a Region. */
export interface DrainRequest {
  region: string;
  drained: boolean;
  /** Who says so. */
  by: string;
  /** The Region to write in. Default: any that answers, another than the one it is about if possible. */
  from?: string;
  /** Drains a Region although no other would be left. Default: false. */
  force?: boolean;
}

export interface DrainResult {
  /** The Region in which it was written. */
  writtenIn: string;
  /** ISO 8601 UTC. */
  at: string;
}

/**
 * Drains a Region, or brings it back: one item, written in one Region, under that Region's own key. Newer than every word
 * that is known there, so that it counts although clocks differ.
 *
 * @throws Error with one sentence when no Region's table answers, or no other Region would be left.
 */
export async function writeDrain(
  word: DrainRequest,
  replicas: Replicas,
  now: () => number = Date.now,
): Promise<DrainResult> {
  known(word.region, replicas);
  // The Region that it is about comes last: it may be dead, and its word may not get out.
  const order = word.from ? [known(word.from, replicas)] : lastOf([...replicas.keys()], word.region);
  return await firstThatAnswers(order, replicas, async (writtenIn, store) => {
    if (word.drained && !word.force) await refuseToDrainTheLast(word.region, replicas, store, now());
    const { drains } = await store.readRecords(word.region);
    const newest = drains.reduce((latest, { at }) => Math.max(latest, Date.parse(at)), 0);
    const at = new Date(Math.max(now(), newest + 1)).toISOString();
    const { region: subject, drained, by } = word;
    const item = { subject, entry: drainEntry(writtenIn), schema: REGION_SCHEMA, drained, at, by };
    if (!(await store.writeDrain(item))) {
      throw new Refusal(`Somebody else has said something about ${subject} in this moment. See status, and repeat.`);
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
    if (!isDrained(records.drains) && beats(records, now)) return;
  }
  throw new Refusal(
    others.length === 0
      ? `${region} is the store's only Region: nobody would be left. Give --force to close the store.`
      : `${others.join(" and ")} would have to bear everything, and is drained itself or writes no heartbeat. See status; --force drains ${region} all the same.`,
  );
}

/** What one Region's replica knows about every Region. */
export interface RegionView {
  seenFrom: string;
  /** Why there is no answer. */
  trouble?: string;
  regions: {
    region: string;
    heartbeatAgeSeconds: number;
    drained: boolean;
    words: RegionRecords["drains"];
    owes: boolean;
  }[];
}

/** The state of the store as each Region sees it. One that does not answer is part of the answer. */
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
              words: drains,
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
 * Whether the products of a Region may get another home: only while that Region does not write them.
 *
 * @throws Error with one sentence if it lives and is not drained.
 */
export async function refuseMoveFromLiveRegion(
  from: string,
  to: string,
  replicas: Replicas,
  now: () => number = Date.now,
): Promise<void> {
  known(from, replicas);
  const { heartbeat, drains } = await replicas.get(known(to, replicas))!.readRecords(from);
  if (heartbeat && beats({ heartbeat }, now()) && !isDrained(drains)) {
    throw new Refusal(
      `${from} lives and writes its products. Drain it first (npm run region -- drain ${from}) and wait a minute; --force moves them all the same.`,
    );
  }
}

/** A mistake, or a danger, that another Region would answer likewise. */
export class Refusal extends Error {}

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
  throw new Refusal(`There is no Region "${region}" in this store. There are ${[...replicas.keys()].join(" and ")}.`);
}

const beats = ({ heartbeat }: Pick<RegionRecords, "heartbeat">, now: number) =>
  heartbeatAgeSeconds({ heartbeat, now: new Date(now).toISOString() }) <= 2 * FAILOVER_TIMINGS.staleAfterSeconds;

const lastOf = (regions: string[], last: string) => [...regions.filter((region) => region !== last), last];

export function reasonOf(error: unknown): string {
  const { name, message, code } = error as Error & { code?: string };
  return code ?? (message ? `${name}: ${message.split("\n")[0]}` : name);
}
