import { expect } from "chai";
import { BACKUP_RULES, Backups } from "../../../components/backups";
import { RULES } from "../../../policies/rules";
import { type PlanRule, register, table, usual } from "../../kit/backupsStand";
import { expectRefusal } from "../../kit/refusals";

describe("Backups", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof register>>;
  before(async () => {
    all = await register();
  });

  it("selects resources by ARN, not by pattern, tag or condition", () => {
    expect(all.one("Selection")).to.deep.include({
      planId: "backups-plan-id",
      iamRoleArn: "arn:aws:test:us-east-1:123456789012:backups-backup",
      resources: [...Object.values(usual.tables), "arn:aws:s3:::media"],
    });
    expect(all.one("Selection")).not.to.have.any.keys("selectionTags", "conditions", "notResources");
  });

  it("keeps daily backups for two weeks and weekly ones for a quarter, within the vault lock's limits", () => {
    const rules = all.one("Plan")["rules"] as PlanRule[];
    expect(rules.map(({ ruleName, schedule, lifecycle }) => [ruleName, schedule, lifecycle.deleteAfter])).to.deep.equal(
      [
        ["daily", "cron(0 3 * * ? *)", 14],
        ["weekly", "cron(0 4 ? * SUN *)", 92],
      ],
    );
    // AWS refuses a window to complete in that is not an hour longer than the one to start in.
    for (const rule of rules) expect(rule.completionWindow).to.be.at.least(rule.startWindow + 60);
    expect(all.one("VaultLockConfiguration")).to.deep.equal({
      backupVaultName: "backups-vault-1a2b3c4",
      minRetentionDays: 14,
      maxRetentionDays: 92,
    });
  });

  it("locks irrevocably only on request, after three days", async () => {
    const { one } = await register({ lock: "compliance" });
    expect(one("VaultLockConfiguration")["changeableForDays"]).to.equal(3);
  });

  it("encrypts with its own key", () => {
    expect(all.one("Vault")["kmsKeyArn"]).to.equal("arn:aws:test:us-east-1:123456789012:backups-vault");
    expect(all.one("Key")["enableKeyRotation"]).to.equal(true);
  });

  it("copies each backup to the given vaults with the same retention", async () => {
    const vault = "arn:aws:backup:eu-central-1:210987654321:backup-vault:store";
    const { one, statements } = await register({ copyTo: [vault] });
    for (const { copyActions, lifecycle } of one("Plan")["rules"] as PlanRule[]) {
      expect(copyActions).to.deep.equal([{ destinationVaultArn: vault, lifecycle }]);
    }
    const into = statements("backups-backup").find(({ Action }) => Action.includes("backup:CopyIntoBackupVault"));
    expect(into?.Resource).to.include(vault);
    expect(statements("backups-backup").flatMap(({ Action }) => Action)).to.include("backup:CopyFromBackupVault");
  });

  it("complies with the policy pack", () => {
    const violations = all.registered.flatMap(({ type, name, inputs }) =>
      RULES.filter(({ types }) => types.includes(type)).flatMap((rule) => rule.check({ type, name, props: inputs })),
    );
    expect(violations).to.deep.equal([]);
  });

  for (const [what, changes, sentence] of [
    [
      "the cards by their name",
      { tables: { cards: table("t") } },
      /`tables` has cards; it must have no table of cards, because a verification code/,
    ],
    [
      "the cards by their ARN",
      { tables: { more: table("orders-cards-1a2b3c4") } },
      /`tables` has .*orders-cards-1a2b3c4; it must have no table of cards/,
    ],
    ["a pattern", { tables: { all: table("*") } }, /`tables` has .*; it must have no patterns/],
    ["nothing", { tables: {}, buckets: {} }, /`tables` is empty; it must name a table/],
    [
      "a schedule of five fields",
      { rules: { daily: { ...BACKUP_RULES["daily"]!, schedule: "cron(0 3 * * ?)" } } },
      /`rules\.daily\.schedule` is .* six fields/,
    ],
    [
      "half a day",
      { rules: { daily: { ...BACKUP_RULES["daily"]!, keepDays: 0.5 } } },
      /`rules\.daily\.keepDays` is 0\.5/,
    ],
    ["no rule", { rules: {} }, /`rules` is empty/],
    ["a copy to nowhere", { copyTo: [] }, /`copyTo` is empty/],
  ] as const) {
    it(`refuses ${what} with a sentence`, () =>
      expectRefusal("Backups", () => new Backups("backups", { ...usual, ...(changes as object) }), sentence));
  }
});
