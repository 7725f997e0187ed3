import { setTimeout as delay } from "node:timers/promises";
import {
  type DynamoDBStreams,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
} from "@aws-sdk/client-dynamodb-streams";
import type { QueuedRecord } from "./batch";
import type { Checkpoint, Position } from "./checkpoint";
import { matchesAny } from "./filter";
import type { Gate } from "./gate";
import { type Backoff, Lane, type LaneTasks } from "./lane";
import type { StreamMapping } from "./mapping";
import { type ItemWrite, lambdaRecord, laneOf, queued } from "./record";
import type { StreamNotices } from "./streamNotices";

/** Wait until the lanes have taken records. */
const laneWaitMs = 20;
/** Wait after a read that failed. */
const failureWaitMs = 500;
/** Number of waiting records at which reading pauses. */
const waitingLimit = 2_000;

/** Reads one shard in order, from its checkpoint to its end, and distributes the records to the lanes. */
export class ShardReader {
  private readonly lanes: Lane[];
  /** Records read and not yet done, oldest first: the checkpoint is just before the first that is not. */
  private readonly pending: { sequenceNumber: string; done: boolean; readAt: number }[] = [];
  private readonly pendingBySequence = new Map<string, { done: boolean }>();
  private iterator?: string;
  /** Start of the last read that found nothing new or failed. */
  private emptyReadAt = 0;
  private lastRead?: Position;

  constructor(
    private readonly mapping: StreamMapping,
    private readonly shardId: string,
    private readonly client: DynamoDBStreams,
    private readonly checkpoint: Checkpoint,
    private readonly tasks: Omit<LaneTasks, "done">,
    backoff: Backoff,
    private readonly signal: AbortSignal,
    private readonly gate: Gate,
    private readonly notices: Pick<StreamNotices, "count" | "after">,
    private readonly onRecord: (write: ItemWrite) => void = () => undefined,
  ) {
    const laneTasks: LaneTasks = { ...tasks, done: (records) => this.done(records) };
    this.lanes = Array.from(
      { length: mapping.parallelizationFactor },
      () => new Lane(mapping, laneTasks, backoff, signal),
    );
  }

  /** Returns true if all records of the shard at this time are done or unreadable. */
  caughtUp(since: number): boolean {
    return this.emptyReadAt >= since && this.pending.length === 0;
  }

  /** Age of the oldest record that was read and is not done, in milliseconds; 0 without one. */
  behindMs(): number {
    const open = this.pending.find((entry) => !entry.done);
    return open ? Date.now() - open.readAt : 0;
  }

  /** Resolves when the shard has ended and all its records are done, or after the stop signal. */
  async run(): Promise<void> {
    const table = tableOf(this.mapping);
    let failures = 0;
    while (!this.signal.aborted) {
      await this.gate.passed(this.signal);
      if (this.lanes.reduce((sum, lane) => sum + lane.waiting, 0) >= waitingLimit) {
        await this.wait(laneWaitMs);
        continue;
      }
      const began = Date.now();
      const noticed = this.notices.count(table);
      try {
        const page = await this.read(this.iterator ?? (await this.openIterator()));
        failures = 0;
        this.iterator = page.NextShardIterator;
        const count = this.take(page);
        if (count === 0) this.emptyReadAt = began;
        if (this.iterator === undefined) break;
        if (count > 0) continue;
      } catch (error) {
        if (this.signal.aborted) break;
        failures += 1;
        this.emptyReadAt = began;
        this.onReadFailure(error, failures);
      }
      await (failures > 0 ? this.wait(failureWaitMs) : this.notices.after(table, noticed));
    }
    while (!this.signal.aborted && this.pending.length > 0) await this.wait(laneWaitMs);
    if (!this.signal.aborted) this.checkpoint.move(this.shardId, "end");
    this.emptyReadAt = Number.POSITIVE_INFINITY;
    await Promise.all(this.signal.aborted ? this.lanes.map((lane) => lane.stopped()) : []);
  }

  private async openIterator(): Promise<string> {
    const position = this.lastRead ?? this.checkpoint.at(this.shardId);
    const { ShardIterator } = await this.client.getShardIterator(
      {
        StreamArn: this.mapping.streamArn,
        ShardId: this.shardId,
        ...(typeof position === "object"
          ? { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.after }
          : { ShardIteratorType: position === "start" ? "TRIM_HORIZON" : this.mapping.startingPosition }),
      },
      { abortSignal: this.signal },
    );
    if (ShardIterator === undefined) throw new Error(`Shard ${this.shardId} has no iterator.`);
    return ShardIterator;
  }

  private read(iterator: string): Promise<GetRecordsCommandOutput> {
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 });
    return this.client.send(command, { abortSignal: this.signal });
  }

  /** Distributes a page to the lanes, and returns its number of records. */
  private take({ Records: records = [] }: GetRecordsCommandOutput): number {
    for (const raw of records) {
      const record = lambdaRecord(raw, this.mapping.streamArn);
      const waiting = queued(record);
      const entry = { sequenceNumber: waiting.sequenceNumber, done: false, readAt: Date.now() };
      this.onRecord({
        tableName: tableOf(this.mapping),
        eventId: raw.eventID ?? waiting.sequenceNumber,
        at: new Date(entry.readAt).toISOString(),
        before: raw.dynamodb?.OldImage as ItemWrite["before"],
        after: raw.dynamodb?.NewImage as ItemWrite["after"],
      });
      this.pending.push(entry);
      this.pendingBySequence.set(entry.sequenceNumber, entry);
      this.lastRead = { after: waiting.sequenceNumber };
      if (matchesAny(this.mapping.patterns, record)) {
        this.lanes[laneOf(record.dynamodb["Keys"], this.lanes.length)]?.add(waiting);
      } else entry.done = true;
    }
    if (records.length > 0) this.advance();
    return records.length;
  }

  private done(records: readonly QueuedRecord[]): void {
    for (const { sequenceNumber } of records) {
      const entry = this.pendingBySequence.get(sequenceNumber);
      if (entry) entry.done = true;
    }
    this.advance();
  }

  /** Moves the checkpoint past the records that are done without a gap. */
  private advance(): void {
    const open = this.pending.findIndex((entry) => !entry.done);
    const finished = this.pending.splice(0, open === -1 ? this.pending.length : open);
    for (const { sequenceNumber } of finished) this.pendingBySequence.delete(sequenceNumber);
    const last = finished.at(-1);
    if (last) this.checkpoint.move(this.shardId, { after: last.sequenceNumber });
  }

  private onReadFailure(error: unknown, failures: number): void {
    const name = error instanceof Error ? error.name : String(error);
    this.iterator = undefined;
    if (name === "TrimmedDataAccessException") {
      // The position is older than the stream's records: continue with the oldest one.
      this.lastRead = "start";
      this.tasks.log(`${this.mapping.name}: the stream no longer has the position; continuing with its oldest record`);
    } else if (name !== "ExpiredIteratorException" && (failures === 1 || failures % 60 === 0)) {
      this.tasks.log(`${this.mapping.name}: reading the stream failed, retrying: ${String(error)}`);
    }
  }

  private async wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }
}

const tableOf = ({ streamArn }: StreamMapping): string => streamArn.split("/")[1] ?? "";
