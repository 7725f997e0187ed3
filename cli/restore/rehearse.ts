import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { RESTORED_PREFIX } from "../../components/backups/rights";
import { type Comparison, compareTables } from "./compareTables";

export interface Rehearsal {
  client: DynamoDBClient;
  /** Name of the table. */
  table: string;
  /** From the table's continuous past, or from a backup that is made for it. Default: `past`. */
  by?: "past" | "backup";
  /** The moment to restore, of the past alone. Default: the latest that can be. */
  at?: Date;
  /** Items compared in each direction. Default: all. */
  sample?: number;
  /** Leaves the copy. Default: it is deleted, however the rehearsal ends. */
  keep?: boolean;
  /** Longest wait for the restore. Default: 6 hours. */
  limitMs?: number;
  /** Between two looks. Default: 5 s. */
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

/** Told to a person in one sentence. */
export class Refused extends Error {}

const HOUR_MS = 3_600_000;

/**
 * Restores a table beside itself, compares every item, and deletes the copy. The table is only read.
 *
 * @throws {Refused} with one sentence where nothing can be restored.
 */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed> {
  const { client, table, by = "past", at, sample, keep = false, onProgress = () => undefined } = rehearsal;
  const source = await described(client, table);
  if (!source) throw new Refused(`There is no table ${table} in this Region: name one that is there.`);
  if (/cards/i.test(table)) {
    throw new Refused(`${table} holds cards, which have no past and no backup, as it must be (PCI DSS 3.3.1).`);
  }
  if (by === "past") await checkPast(client, table, at);

  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  // The moment tells a person what it is; the rest tells it from a rehearsal that began in the same second. At most 255 characters.
  const copy = `${`${RESTORED_PREFIX}rehearsal-${table}`.slice(0, 230)}-${stamp}-${randomUUID().slice(0, 8)}`;
  const began = Date.now();
  onProgress(`Restoring ${table} beside itself, as ${copy}.`);
  try {
    const restoredTo =
      by === "past" ? await restorePast(rehearsal, copy, at) : await restoreBackup(rehearsal, source, copy);
    await untilRestored(rehearsal, copy);
    const restored = Date.now();
    onProgress(
      `Restored within ${seconds(restored - began)} s; comparing${sample ? ` ${sample} items` : " every item"}.`,
    );
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

async function described(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

async function checkPast(client: DynamoDBClient, TableName: string, at: Date | undefined): Promise<void> {
  const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
  const past = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  if (past?.PointInTimeRecoveryStatus !== "ENABLED") {
    throw new Refused(
      `${TableName} has no past, since point-in-time recovery is off (protectData: false): rehearse with --by backup.`,
    );
  }
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = past;
  if (at && earliest && latest && (at < earliest || at > latest)) {
    throw new Refused(
      `${TableName} can be restored from ${earliest.toISOString()} to ${latest.toISOString()}: give a moment between these.`,
    );
  }
}

async function restorePast({ client, table }: Rehearsal, copy: string, at?: Date): Promise<Date | undefined> {
  const { TableDescription: made } = await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: table,
      TargetTableName: copy,
      ...(at ? { RestoreDateTime: at } : { UseLatestRestorableTime: true }),
      BillingModeOverride: "PAY_PER_REQUEST",
      // Indexes take most of a restore's time, and are made of the items anyway.
      GlobalSecondaryIndexOverride: [],
    }),
  );
  return made?.RestoreSummary?.RestoreDateTime ?? at;
}

async function restoreBackup(rehearsal: Rehearsal, { TableName }: TableDescription, copy: string) {
  const { client } = rehearsal;
  const { BackupDetails: made } = await client.send(new CreateBackupCommand({ TableName, BackupName: copy }));
  const BackupArn = made!.BackupArn!;
  try {
    await waitFor(rehearsal, "the backup is still being made", async () => {
      const { BackupDescription } = await client.send(new DescribeBackupCommand({ BackupArn }));
      return BackupDescription?.BackupDetails?.BackupStatus === "AVAILABLE";
    });
    await client.send(
      new RestoreTableFromBackupCommand({
        BackupArn,
        TargetTableName: copy,
        BillingModeOverride: "PAY_PER_REQUEST",
        GlobalSecondaryIndexOverride: [],
      }),
    );
    // A backup that is being restored can't be deleted.
    await untilRestored(rehearsal, copy);
    return made?.BackupCreationDateTime;
  } finally {
    await client.send(new DeleteBackupCommand({ BackupArn }));
  }
}

async function untilRestored(rehearsal: Rehearsal, copy: string): Promise<void> {
  await waitFor(rehearsal, `${copy} is still being restored`, async () => {
    const { TableStatus } = (await described(rehearsal.client, copy)) ?? {};
    return TableStatus === "ACTIVE";
  });
}

/** Its name, drawn for this rehearsal alone, is no other table's. */
async function deleteCopy({ client, onProgress = () => undefined }: Rehearsal, copy: string): Promise<void> {
  const { TableStatus } = (await described(client, copy)) ?? {};
  if (TableStatus === "ACTIVE") await client.send(new DeleteTableCommand({ TableName: copy }));
  else if (TableStatus) onProgress(`${copy} can't be deleted yet: aws dynamodb delete-table --table-name ${copy}`);
}

async function waitFor(rehearsal: Rehearsal, what: string, isDone: () => Promise<boolean>): Promise<void> {
  const { limitMs = 6 * HOUR_MS, pauseMs = 5_000 } = rehearsal;
  const end = Date.now() + limitMs;
  while (!(await isDone())) {
    if (Date.now() > end) throw new Refused(`After ${Math.round(limitMs / 60_000)} minutes ${what}: see the console.`);
    await sleep(pauseMs * (0.75 + Math.random() / 2));
  }
}
