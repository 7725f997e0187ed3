import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/** Mail sent by a Region's SES. */
export interface SentMail {
  region: string;
  to: string[];
  subject: string;
  text: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** File of a Region's sent mail: beside the providers' ledgers, because it survives a loss of the Region. */
export const mailboxFile = (folder: string, region: string): string => join(folder, `mail-${region}.jsonl`);

/** All mail that a Region has ever sent. The file only grows, so each call reads what was added since the one before. */
export class Mailbox {
  private readonly file: string;
  private readonly mails: SentMail[] = [];
  private readBytes = 0;

  constructor(
    folder: string,
    private readonly region: string,
  ) {
    this.file = mailboxFile(folder, region);
  }

  /** Returns the mails, oldest first. */
  read(): readonly SentMail[] {
    if (!existsSync(this.file)) return this.mails;
    const added = readFrom(this.file, this.readBytes);
    // The last line may be incomplete.
    const end = added.lastIndexOf("\n") + 1;
    this.readBytes += end;
    for (const line of added.toString("utf8", 0, end).split("\n").slice(0, -1)) this.mails.push(this.parse(line));
    return this.mails;
  }

  private parse(line: string): SentMail {
    const mail = JSON.parse(line) as { To?: string[]; Subject?: string; BodyText?: string; Timestamp: number };
    return {
      region: this.region,
      to: mail.To ?? [],
      subject: mail.Subject ?? "",
      text: mail.BodyText ?? "",
      at: new Date(mail.Timestamp * 1000).toISOString(),
    };
  }
}

function readFrom(file: string, start: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - start));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start));
  } finally {
    closeSync(descriptor);
  }
}
