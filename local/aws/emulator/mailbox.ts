import { existsSync, readFileSync } from "node:fs";
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

/** Reads all mail that a Region has ever sent, oldest first. */
export function mailOf(folder: string, region: string): SentMail[] {
  const file = mailboxFile(folder, region);
  if (!existsSync(file)) return [];
  // The last line may be incomplete.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const mail = JSON.parse(line) as { To?: string[]; Subject?: string; BodyText?: string; Timestamp: number };
    return {
      region,
      to: mail.To ?? [],
      subject: mail.Subject ?? "",
      text: mail.BodyText ?? "",
      at: new Date(mail.Timestamp * 1000).toISOString(),
    };
  });
}
