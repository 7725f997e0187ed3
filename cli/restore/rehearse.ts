import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDB, TableDescription } from "@aws-sdk/client-dynamodb";
import { RESTORED_PREFIX } from "../../components/backups/rights";
import { type Comparison, compareTables } from "./compareTables";

export interface Rehearsal {
  client: DynamoDB;
  /** Name of the table. */
  table: string;
  /** Source: point-in-time recovery (`past`) or a new backup. Default: `past`. */
  by?: "past" | "backup";
  /** Time to restore, with `past` only. Default: the latest. */
  at?: Date;
  /** Items compared in each direction. Default: all. */
  sample?: number;
  /** Keeps the copy. Default: false, also after an error. */
  keep?: boolean;
  /** Longest wait for the restore. Default: 6 hours. */
  limitMs?: number;
  /** Pause between two status checks. Default: 5 s. */
  pauseMs?: number;
  onProgress?(line: string): void;
}

export interface Rehearsed extends Comparison {
  table: string;
  copy: string;
  restoredTo?: Date;
  restoreSeconds: number;
  compareSeconds: number;
}

/** Error with one sentence for the operator. */
export class Refused extends Error {}

const HOUR_MS = 3_600_000;

/**
 * Restores a copy of a table, compares every item, and deletes the copy. The table is only read.
 *
 * @throws {Refused} with one sentence if the table cannot be restored.
 */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed> {
  const { client, table, by = "past", at, sample, keep = false, onProgress = () => undefined } = rehearsal;
  const source = await described(client, table);
  if (!source) throw new Refused(`The table ${table} does not exist in this Region. Check its name and the Region.`);
  if (/cards/i.test(table)) {
    throw new Refused(
      `${table} is the card table, which must have neither point-in-time recovery nor backups (PCI DSS 3.3.1). Name another table.`,
    );
  }
  if (by === "past") await checkPast(client, table, at);

  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  // The time is for the operator; the random part separates rehearsals of the same second. At most 255 characters.
  const copy = `${`${RESTORED_PREFIX}rehearsal-${table}`.slice(0, 230)}-${stamp}-${randomUUID().slice(0, 8)}`;
  const began = Date.now();
  onProgress(`Restoring ${table} as ${copy}.`);
  try {
    const restoredTo =
      by === "past" ? await restorePast(rehearsal, copy, at) : await restoreBackup(rehearsal, source, copy);
    await untilRestored(rehearsal, copy);
    const restored = Date.now();
    onProgress(`Restored in ${seconds(restored - began)} s. Comparing ${sample ? `${sample} items` : "every item"}.`);
    const keys = (source.KeySchema ?? []).map(({ AttributeName }) => AttributeName!);
    const comparison = await compareTables(client, { copy, table, keys, most: sample });
    return {
      ...comparison,
      table,
      copy,
      restoredTo,
      restoreSeconds: seconds(restored - began),
      compareSeconds: seconds(Date.now() - restored),
    };
  } finally {
    if (!keep) await deleteCopy(rehearsal, copy);
  }
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;

async function described(client: DynamoDB, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.describeTable({ TableName })).Table;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

async function checkPast(client: DynamoDB, TableName: string, at: Date | undefined): Promise<void> {
  const { ContinuousBackupsDescription } = await client.describeContinuousBackups({ TableName });
  const past = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  if (past?.PointInTimeRecoveryStatus !== "ENABLED") {
    throw new Refused(`${TableName} has no point-in-time recovery (protectData: false). Give --by backup.`);
  }
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = past;
  if (at && earliest && latest && (at < earliest || at > latest)) {
    throw new Refused(
      `${TableName} can be restored from ${earliest.toISOString()} to ${latest.toISOString()}. Give a time in between.`,
    );
  }
}

async function restorePast({ client, table }: Rehearsal, copy: string, at?: Date): Promise<Date | undefined> {
  const { TableDescription: made } = await client.restoreTableToPointInTime({
    SourceTableName: table,
    TargetTableName: copy,
    ...(at ? { RestoreDateTime: at } : { UseLatestRestorableTime: true }),
    BillingModeOverride: "PAY_PER_REQUEST",
    // Indexes take most of a restore's time and are derived from the items.
    GlobalSecondaryIndexOverride: [],
  });
  return made?.RestoreSummary?.RestoreDateTime ?? at;
}

async function restoreBackup(rehearsal: Rehearsal, { TableName }: TableDescription, copy: string) {
  const { client } = rehearsal;
  const { BackupDetails: made } = await client.createBackup({ TableName, BackupName: copy });
  const BackupArn = made!.BackupArn!;
  try {
    await waitFor(rehearsal, "the backup is still in progress", async () => {
      const { BackupDescription } = await client.describeBackup({ BackupArn });
      return BackupDescription?.BackupDetails?.BackupStatus === "AVAILABLE";
    });
    await client.restoreTableFromBackup({
      BackupArn,
      TargetTableName: copy,
      BillingModeOverride: "PAY_PER_REQUEST",
      GlobalSecondaryIndexOverride: [],
    });
    // DynamoDB does not delete a backup during its restore.
    await untilRestored(rehearsal, copy);
    return made?.BackupCreationDateTime;
  } finally {
    await client.deleteBackup({ BackupArn });
  }
}

async function untilRestored(rehearsal: Rehearsal, copy: string): Promise<void> {
  await waitFor(rehearsal, `${copy} is still being restored`, async () => {
    const { TableStatus } = (await described(rehearsal.client, copy)) ?? {};
    return TableStatus === "ACTIVE";
  });
}

/** Deletes the copy. Its random name cannot be another table's. */
async function deleteCopy({ client, onProgress = () => undefined }: Rehearsal, copy: string): Promise<void> {
  const { TableStatus } = (await described(client, copy)) ?? {};
  if (TableStatus === "ACTIVE") await client.deleteTable({ TableName: copy });
  else if (TableStatus)
    onProgress(`${copy} cannot be deleted yet. Later: aws dynamodb delete-table --table-name ${copy}`);
}

async function waitFor(rehearsal: Rehearsal, what: string, isDone: () => Promise<boolean>): Promise<void> {
  const { limitMs = 6 * HOUR_MS, pauseMs = 5_000 } = rehearsal;
  const end = Date.now() + limitMs;
  while (!(await isDone())) {
    if (Date.now() > end)
      throw new Refused(`After ${Math.round(limitMs / 60_000)} minutes ${what}. Check the AWS console.`);
    await sleep(pauseMs * (0.75 + Math.random() / 2));
  }
}
