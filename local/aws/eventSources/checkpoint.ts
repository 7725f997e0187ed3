import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { readDataFile } from "../../deployment/dataFile";

/** Reading position by shard: the last sequence number that is done, or the start or the end of the shard. */
export type Position = { after: string } | "start" | "end";

/** A mapping's positions in its stream, kept in a file so that a restart continues where this run stopped. */
export class Checkpoint {
  private readonly positions: Map<string, Position>;
  private timer?: NodeJS.Timeout;
  private abandoned = false;

  /**
   * @param file Without one, positions are kept in memory.
   * @param stream ARN of the stream. A checkpoint of another stream (the table was created again) is ignored.
   */
  constructor(
    private readonly file: string | undefined,
    private readonly stream: string,
  ) {
    this.positions = new Map(file ? read(file, stream) : []);
  }

  at(shardId: string): Position | undefined {
    return this.positions.get(shardId);
  }

  /** Writes within 100 ms. After a crash in between, records are delivered again, as Lambda may do at any time. */
  move(shardId: string, position: Position): void {
    if (this.abandoned) return;
    this.positions.set(shardId, position);
    this.timer ??= setTimeout(() => this.flush(), 100);
  }

  /** Writes immediately. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.file) return;
    mkdirSync(dirname(this.file), { recursive: true });
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify({ stream: this.stream, positions: Object.fromEntries(this.positions) }));
    renameSync(next, this.file);
  }

  /** Drops unwritten positions and writes nothing more: for a killed Region. */
  abandon(): void {
    this.abandoned = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

function read(file: string, stream: string): [string, Position][] {
  if (!existsSync(file)) return [];
  const kept = readDataFile<{ stream: string; positions: Record<string, Position> }>(file);
  return kept.stream === stream ? Object.entries(kept.positions) : [];
}
