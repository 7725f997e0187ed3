import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform } from "../arguments/overrides";
import { createServiceRole } from "../infrastructure/serviceRole";
import { BACKUP_RULES, type BackupRule, type BackupsArgs } from "./args";
import { backupStatements, type Protected, restoreStatements } from "./rights";

/** Minutes within which a backup must start, and complete. */
const START_WITHIN_MINUTES = 60;
const END_WITHIN_MINUTES = 8 * 60;

/**
 * Backups of one Region's tables and buckets in a locked vault. They complement point-in-time recovery, which ends with
 * the table.
 *
 * Each Region backs up its own replica in its own vault, so that the peer's backups continue when a Region is lost. The
 * storage costs as much as copies would, without the transfer.
 *
 * Cost: per month 0.10 USD per GB of tables for each of about 27 backups, 0.05 USD per GB of buckets (incremental), 1 USD for the key.
 *
 * @example
 * new Backups("backups", { tables: { orders: orders.data.orders.arn, products: search.products.tableArn } });
 */
export class Backups extends pulumi.ComponentResource {
  /** The locked vault that keeps the backups. */
  public readonly vault: aws.backup.Vault;
  /** The plan with the rules. */
  public readonly plan: aws.backup.Plan;
  /** Restores into new tables whose names begin with `restored-`. Created beforehand, because IAM may be unavailable in an emergency. */
  public readonly restoreRole: aws.iam.Role;

  private readonly selection: aws.backup.Selection;
  private readonly key: aws.kms.Key;

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:Backups", name, {}, opts);
    const { tables, buckets = {}, tableKeyArns = [], copyTo = [], rules = BACKUP_RULES } = args;
    const { protectData: retainOnDelete = true } = args;
    const resources = [...Object.values(tables), ...Object.values(buckets)].map((arn) => withoutCards(name, arn));

    this.key = new aws.kms.Key(
      `${name}-vault`,
      { description: "Backups of the store's tables.", enableKeyRotation: true, deletionWindowInDays: 30 },
      // Its backups cannot be read without the key.
      { parent: this, retainOnDelete },
    );
    this.vault = new aws.backup.Vault(
      `${name}-vault`,
      applyTransform<aws.backup.VaultArgs>({ kmsKeyArn: this.key.arn }, args.transform?.vault),
      { parent: this, retainOnDelete },
    );
    const days = Object.values(rules).map(({ keepDays }) => keepDays);
    new aws.backup.VaultLockConfiguration(
      `${name}-vault`,
      {
        backupVaultName: this.vault.name,
        minRetentionDays: Math.min(...days),
        maxRetentionDays: Math.max(...days),
        ...(args.lock === "compliance" && { changeableForDays: 3 }),
      },
      { parent: this, retainOnDelete },
    );
    this.plan = new aws.backup.Plan(
      `${name}-plan`,
      applyTransform<aws.backup.PlanArgs>(
        { rules: Object.entries(rules).map(([rule, how]) => planRule(rule, how, this.vault.name, copyTo)) },
        args.transform?.plan,
      ),
      { parent: this },
    );

    // arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME
    const part = (index: number) => this.vault.arn.apply((arn) => arn.split(":")[index]!);
    const what: Protected = {
      tables: Object.values(tables),
      buckets: Object.values(buckets),
      tableKeys: tableKeyArns,
      vault: this.vault,
      vaultKey: this.key,
      copyTo,
      region: part(3),
      accountId: part(4),
    };
    const roleOf = (use: string, statements: pulumi.Input<object>[]) =>
      createServiceRole(`${name}-${use}`, "backup.amazonaws.com", what.accountId, statements, this);
    const { role, policy } = roleOf("backup", backupStatements(what));
    this.restoreRole = roleOf("restore", restoreStatements(what)).role;
    this.selection = new aws.backup.Selection(
      `${name}-resources`,
      { planId: this.plan.id, iamRoleArn: role.arn, resources },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({ vault: this.vault.name, restoreRole: this.restoreRole.arn });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { vault, key, plan, selection, restoreRole } = this;
    return { vault, key, plan, selection, restoreRole };
  }
}

function planRule(
  ruleName: string,
  { schedule, keepDays }: BackupRule,
  targetVaultName: pulumi.Input<string>,
  copyTo: pulumi.Input<string>[],
): aws.types.input.backup.PlanRule {
  const lifecycle = { deleteAfter: keepDays };
  return {
    ruleName,
    targetVaultName,
    schedule,
    startWindow: START_WITHIN_MINUTES,
    completionWindow: END_WITHIN_MINUTES,
    lifecycle,
    ...(copyTo.length > 0 && {
      copyActions: copyTo.map((destinationVaultArn) => ({ destinationVaultArn, lifecycle })),
    }),
  };
}

const NO_CARDS = "a verification code may not outlive the authorization (PCI DSS 3.3.1)";

/** Checks each ARN during the deployment, because the ARN of a new table is known only then. */
const withoutCards = (name: string, arn: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.output(arn).apply((known) => {
    checkArn(name, known);
    return known;
  });

function checkArn(name: string, arn: string): void {
  const checks = new ArgumentChecks("Backups", name);
  if (/cards/i.test(arn)) throw checks.violation("tables", `has ${arn}`, "have no table of cards", NO_CARDS);
  if (/[*?]/.test(arn)) throw checks.violation("tables", `has ${arn}`, "have no patterns", "each resource is named");
}

function checkArgs(name: string, { tables, buckets = {}, rules, copyTo, lock }: BackupsArgs): void {
  const checks = new ArgumentChecks("Backups", name);
  const resources = { ...tables, ...buckets };
  checks.notEmpty({ tables: resources }, "name a table, such as { orders: table.arn }");
  for (const [content, arn] of Object.entries(resources)) {
    if (/cards/i.test(content)) throw checks.violation("tables", `has ${content}`, "have no table of cards", NO_CARDS);
    if (typeof arn === "string") checkArn(name, arn);
  }
  checks.notEmpty({ rules }, "have a rule or be left out");
  for (const [rule, { schedule, keepDays }] of Object.entries(rules ?? {})) {
    checks.text({ rules: rule }, RULE_NAME);
    checks.text({ [`rules.${rule}.schedule`]: schedule }, CRON);
    checks.wholeNumber({ [`rules.${rule}.keepDays`]: keepDays }, [1, 36_500]);
  }
  checks.notEmpty({ copyTo }, "name a vault or be left out");
  checks.oneOf({ lock }, ["governance", "compliance"]);
}

const RULE_NAME = {
  pattern: /^[A-Za-z0-9_-]{1,50}$/,
  description: "named by 1 to 50 letters, digits, hyphens and underscores",
};

const CRON = {
  pattern: /^cron\((\S+ ){5}\S+\)$/,
  description: "a cron expression of six fields, such as cron(0 3 * * ? *)",
};
