import type { Replicated } from "./replicated";

/** A change to replicate: of an item (`table`, `key`) or of an object (`bucket`, `name`). */
export interface Change {
  /** Its number among its Region's changes. */
  n: number;
  /** Microseconds since 1970, and the Region of the write. */
  stamp: [number, string];
  table?: string;
  key?: [string, string];
  bucket?: string;
  name?: string;
}

/** State of one Region's changes for another. */
export interface OutboxStatus {
  /** The other Region has all changes up to this number. */
  had: number;
  /** The number of the Region's newest change. */
  count: number;
  waiting: number;
  /** Milliseconds since 1970. */
  oldestAt: number | null;
}

export interface Page extends OutboxStatus {
  changes: Change[];
  /** No change for the other Region exists between the last one and this number. */
  last: number;
}

/** Time that a Region waits for a change before it responds with none. */
const waitMs = 4_000;
const timeoutMs = 5_000;

/** Client of the replication endpoints in a Region's emulator (local/aws/emulator/replication.py). */
export class EmulatorOutbox {
  constructor(private readonly endpoint: string) {}

  /** Configures the replicated tables and buckets and their Regions. Idempotent. */
  async group(replicated: Replicated, regions: readonly string[], signal: AbortSignal): Promise<void> {
    await this.ask("group", signal, JSON.stringify({ ...replicated, regions }));
  }

  /** Returns the tables that are not replicated here yet: all, if the Region has lost its data. */
  async lacking(tables: readonly string[], signal: AbortSignal): Promise<string[]> {
    return await this.ask<string[]>("lacking", signal, JSON.stringify({ tables }));
  }

  /** Sends all items of these tables to the other Regions again. Idempotent. */
  async copy(tables: readonly string[], signal: AbortSignal): Promise<void> {
    await this.ask("copy", signal, JSON.stringify({ tables }));
  }

  async status(to: string, had: number, signal: AbortSignal): Promise<OutboxStatus> {
    return await this.ask<OutboxStatus>(`changes?to=${to}&after=${had}&had=${had}&limit=0&waitMs=0`, signal);
  }

  /** Waits up to `waitMs` for changes after `after`. */
  async changes(to: string, after: number, had: number, signal: AbortSignal): Promise<Page> {
    const query = `to=${to}&after=${after}&had=${had}&limit=200&waitMs=${waitMs}`;
    return await this.ask<Page>(`changes?${query}`, signal);
  }

  async apply(changes: readonly Change[], signal: AbortSignal): Promise<void> {
    await this.ask("apply", signal, JSON.stringify({ changes }));
  }

  private async ask<T>(what: string, signal: AbortSignal, body?: string): Promise<T> {
    const response = await fetch(`${this.endpoint}/_stayopen/replication/${what}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "x-stayopen": "replication" },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.endpoint} answered ${response.status} to ${what}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}
