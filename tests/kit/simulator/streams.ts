import { marshall } from "@aws-sdk/util-dynamodb";
import type { Functions } from "./functions";
import type { Messaging } from "./messaging";
import { REGIONS, type SimulatedMapping, type SimulatedStack, TABLES, tableArn } from "./program";
import type { Change, Tables } from "./tables";
import type { World } from "./world";

interface StreamRecord {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  awsRegion: string;
  dynamodb: Record<string, unknown> & { SequenceNumber: string };
}

interface Lane {
  /** Begins the labels of what chance decides for the lane. */
  scope: string;
  records: StreamRecord[];
  busy: boolean;
}

/** Lanes of a mapping that run side by side; records of one hash key stay in one lane. */
const LANES = 2;

/** DynamoDB streams and the mappings that read them: in order, in batches, with bisecting, retries and dead letters. */
export class Streams {
  private sequence = 0;
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly world: World,
    stacks: ReadonlyMap<string, SimulatedStack>,
    private readonly functions: Functions,
    private readonly messaging: Messaging,
    tables: Tables,
  ) {
    for (const region of REGIONS) {
      for (const mapping of stacks.get(region)!.mappings) {
        if (!mapping.sourceArn.includes(":dynamodb:")) continue;
        tables.onChange((change) => {
          if (change.region === region && mapping.sourceArn === `${tableArn(region, change.table)}/stream`)
            this.add(region, mapping, change);
        });
      }
    }
  }

  private add(region: string, mapping: SimulatedMapping, { before, after, key }: Change): void {
    const eventName = before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY";
    const { filter } = mapping;
    if (filter && !(filter.events.includes(eventName) && filter.kinds.includes(String(after?.["kind"])))) return;
    if (filter?.regions && !filter.regions.includes(String(after?.["region"]))) return;
    const image = (item: object | undefined) => item && marshall(item, { removeUndefinedValues: true });
    const record: StreamRecord = {
      eventID: String(++this.sequence),
      eventName,
      awsRegion: region,
      dynamodb: {
        Keys: image(key),
        NewImage: image(after),
        OldImage: image(before),
        SequenceNumber: String(this.sequence),
      },
    };
    const lane = this.lane(region, mapping, String(Object.values(key)[0]));
    lane.records.push(record);
    if (!lane.busy) this.read(region, mapping, lane);
  }

  private lane(region: string, mapping: SimulatedMapping, hash: string): Lane {
    let sum = 0;
    for (let index = 0; index < hash.length; index++) sum = (sum * 31 + hash.charCodeAt(index)) >>> 0;
    const id = `${mapping.functionArn}/${sum % LANES}`;
    let lane = this.lanes.get(id);
    if (!lane) {
      lane = { scope: scopeOf(region, mapping), records: [], busy: false };
      this.lanes.set(id, lane);
    }
    return lane;
  }

  private read(region: string, mapping: SimulatedMapping, lane: Lane): void {
    lane.busy = true;
    const label = this.world.chance.next(`stream/${lane.scope}`);
    this.world.after(this.world.latency(label, 200), region, () => {
      const size = this.world.chance.between(`${label}/batch`, 1, mapping.batchSize);
      this.handle(region, mapping, lane, lane.records.splice(0, size), 0);
    });
  }

  private handle(
    region: string,
    mapping: SimulatedMapping,
    lane: Lane,
    batch: StreamRecord[],
    attempt: number,
    then: () => void = () => {
      lane.busy = false;
      if (lane.records.length > 0) this.read(region, mapping, lane);
    },
  ): void {
    const fn = this.functions.find(region, mapping.functionArn);
    this.functions.call(region, fn, { Records: batch }, (result) => {
      if (result.ok) {
        const failures =
          (result.value as { batchItemFailures?: { itemIdentifier: string }[] })?.batchItemFailures ?? [];
        const from = batch.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failures[0]?.itemIdentifier);
        if (from < 0) return then();
        return this.again(region, mapping, lane, batch.slice(from), attempt, then);
      }
      if (batch.length === 1) return this.again(region, mapping, lane, batch, attempt, then);
      // An error splits the batch; the halves keep their order.
      const half = Math.ceil(batch.length / 2);
      this.handle(region, mapping, lane, batch.slice(0, half), attempt, () =>
        this.handle(region, mapping, lane, batch.slice(half), attempt, then),
      );
    });
  }

  private again(
    region: string,
    mapping: SimulatedMapping,
    lane: Lane,
    batch: StreamRecord[],
    attempt: number,
    then: () => void,
  ): void {
    if (attempt >= mapping.retries) {
      for (const record of batch) {
        this.messaging.send(
          region,
          mapping.failureQueueArn!,
          JSON.stringify(record.dynamodb["Keys"]),
          {},
          "retries used up",
        );
      }
      then();
      return;
    }
    const delay = Math.min(60_000, 250 * 2 ** attempt);
    this.world.after(this.world.latency(this.world.chance.next(`again/${lane.scope}`), delay), region, () =>
      this.handle(region, mapping, lane, batch, attempt + 1, then),
    );
  }
}

/** The orders' mapping keeps the Region alone, so that a seed without counted products stays the same schedule. */
function scopeOf(region: string, { sourceArn }: SimulatedMapping): string {
  return sourceArn === `${tableArn(region, TABLES.orders)}/stream` ? region : sourceArn;
}
