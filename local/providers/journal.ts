import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";

/**
 * An append-only file of JSON lines. It survives a SIGKILL of this process.
 *
 * @example
 * const journal = new Journal<{ orderId: string }>("/data/providers/payments.jsonl");
 * for (const entry of journal.read()) { … }
 * journal.append({ orderId: "o-1" });
 */
export class Journal<T> {
  /** @param file Absolute path; without one nothing is kept. */
  constructor(private readonly file?: string) {
    if (file) mkdirSync(dirname(file), { recursive: true });
  }

  /** All entries, oldest first. A last line torn by a crash is cut off, so that the next append does not join it. */
  read(): T[] {
    if (!this.file || !existsSync(this.file)) return [];
    const text = readFileSync(this.file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) truncateSync(this.file, Buffer.byteLength(whole));
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  }

  /** @throws if the disk is full, for example; then the file is as before. */
  append(entry: T): void {
    if (!this.file) return;
    const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    try {
      appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      if (existsSync(this.file)) truncateSync(this.file, size);
      throw error;
    }
  }
}
