import { expect } from "chai";
import { BACKUP_RULES, Backups, type BackupsArgs } from "../../../components/backups";
import { RULES } from "../../../policies/rules";
import { mocked, type Registered } from "../../kit/observabilityStand";
import { expectRefusal } from "../../kit/refusals";

const table = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
const usual: BackupsArgs = {
  tables: { orders: table("orders-orders-1a2b3c4"), products: table("catalogue-products-1a2b3c4") },
  buckets: { media: "arn:aws:s3:::media" },
};

interface Statement {
  Action: string[];
  Resource: string | string[];
}
interface PlanRule {
  ruleName: string;
  schedule: string;
  lifecycle: { deleteAfter: number };
  startWindow: number;
  completionWindow: number;
  copyActions?: { destinationVaultArn: string; lifecycle: { deleteAfter: number } }[];
}

async function register(changes: Partial<BackupsArgs> = {}) {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new Backups("backups", { ...usual, ...changes });
  });
  const one = (type: string, name?: string) => {
    const found = registered.find(
      (resource) => resource.type.endsWith(`:${type}`) && (name === undefined || resource.name === name),
    );
    if (!found) throw new Error(`There is no ${type}.`);
    return found.inputs;
  };
  const statements = (role: string) =>
    (JSON.parse(String(one("RolePolicy", role)["policy"])) as { Statement: Statement[] }).Statement;
  return { registered, one, statements };
}

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

  it("grants no right on other tables, so that a manually created plan cannot back up the cards", () => {
    const resources = all
      .statements("backups-backup")
      .filter(({ Action }) => Action.some((action) => action.startsWith("dynamodb:")))
      .flatMap(({ Resource }) => Resource);
    expect(resources.length).to.equal(4);
    expect(
      resources.every((arn) => Object.values(usual.tables).some((named) => arn.startsWith(String(named)))),
    ).to.equal(true);
  });

  it("restores into new tables, never into the store's", () => {
    const writing = all
      .statements("backups-restore")
      .filter(({ Action }) => Action.includes("dynamodb:PutItem"))
      .flatMap(({ Resource }) => Resource);
    expect(writing).to.deep.equal([table("restored-*")]);
  });

  it("grants no right on buckets or for copies without need", async () => {
    const { statements } = await register({ buckets: undefined });
    const actions = statements("backups-backup").flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^s3:(?!ListAllMyBuckets)|events:Put/.test(action))).to.deep.equal([]);
    expect(actions).not.to.include("backup:CopyFromBackupVault");
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
