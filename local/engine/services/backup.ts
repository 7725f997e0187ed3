import { randomUUID } from "node:crypto";
import {
  type DeployContext,
  type Inputs,
  optionalRecord,
  records,
  type ServiceHandlers,
  text,
  texts,
  unavailable,
} from "../handler";
import { checkArn, checkName, checkRange } from "../rules";

const NO_BACKUP = "Backups run on AWS only: the emulator stores plans and copies nothing.";
const vaultName = {
  form: /^[A-Za-z0-9_-]+$/,
  minLength: 2,
  maxLength: 50,
  allowed: "letters, digits, - and _",
};
const selectionName = { form: /^[A-Za-z0-9_.-]+$/, maxLength: 50, allowed: "letters, digits, - _ and ." };

const arnOf = ({ region, accountId }: DeployContext, rest: string) => `arn:aws:backup:${region}:${accountId}:${rest}`;

/** AWS Backup: not emulated, but its arguments are checked. */
export const backup: ServiceHandlers = {
  "aws:backup/vault:Vault": {
    ...unavailable(NO_BACKUP, ({ inputs }, context) => {
      const name = text(inputs, "name");
      return { id: name, outputs: { arn: arnOf(context, `backup-vault:${name}`), recoveryPoints: 0 } };
    }),
    autoName: { property: "name", maxLength: 50 },
    check: (inputs) => [...checkName(inputs, "name", vaultName), ...checkArn(inputs, "kmsKeyArn")],
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
    ...unavailable(NO_BACKUP, ({ inputs }, context) => {
      const name = text(inputs, "backupVaultName");
      return { id: name, outputs: { backupVaultArn: arnOf(context, `backup-vault:${name}`) } };
    }),
    required: ["backupVaultName"],
    check: (inputs) => [
      ...checkRange(inputs, "changeableForDays", 3, 36_500),
      ...checkRange(inputs, "minRetentionDays", 1, 36_500),
      ...checkRange(inputs, "maxRetentionDays", Number(inputs["minRetentionDays"] ?? 1), 36_500),
    ],
  },
  "aws:backup/plan:Plan": {
    ...unavailable(NO_BACKUP, ({ name }, context) => {
      const id = randomUUID();
      return { id, outputs: { name, arn: arnOf(context, `backup-plan:${id}`), version: randomUUID() } };
    }),
    autoName: { property: "name", maxLength: 50 },
    required: ["rules"],
    check: checkPlan,
  },
  "aws:backup/selection:Selection": {
    ...unavailable(NO_BACKUP, () => ({ id: randomUUID() })),
    autoName: { property: "name", maxLength: 50 },
    required: ["iamRoleArn", "planId"],
    check: (inputs) => [
      ...checkName(inputs, "name", selectionName),
      ...checkArn(inputs, "iamRoleArn"),
      ...texts(inputs, "resources").flatMap((arn) => checkArn({ resource: arn }, "resource")),
    ],
  },
};

/** Checks a plan's rules: windows, vaults, and the 90 days that cold storage requires. */
function checkPlan(inputs: Inputs): string[] {
  const rules = records(inputs, "rules");
  const faults = rules.length === 0 ? ["A plan needs at least one rule."] : [];
  if (new Set(rules.map((rule) => rule["ruleName"])).size !== rules.length)
    faults.push("Two rules have the same name.");
  for (const rule of rules) {
    const name = `The rule ${String(rule["ruleName"])}`;
    faults.push(...checkName(rule, "ruleName", selectionName), ...checkRange(rule, "startWindow", 60, 52_560_000));
    if (typeof rule["targetVaultName"] !== "string") faults.push(`${name} needs its targetVaultName.`);
    const { startWindow = 480, completionWindow = 10_080 } = rule as Record<string, number>;
    if (Number(completionWindow) < Number(startWindow) + 60) {
      faults.push(`${name} needs at least an hour between startWindow and completionWindow.`);
    }
    const { coldStorageAfter, deleteAfter } = optionalRecord(rule, "lifecycle") ?? {};
    if (coldStorageAfter !== undefined && Number(deleteAfter) < Number(coldStorageAfter) + 90) {
      faults.push(`${name} must keep backups in cold storage for at least 90 days.`);
    }
    if (rule["enableContinuousBackup"] === true && !(Number(deleteAfter) <= 35)) {
      faults.push(`${name} may keep continuous backups for at most 35 days.`);
    }
    for (const copy of records(rule, "copyActions")) faults.push(...checkArn(copy, "destinationVaultArn"));
  }
  return faults;
}
