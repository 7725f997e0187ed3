import { expect } from "chai";
import { register, table, usual } from "../../kit/backupsStand";

describe("The rights of backups", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof register>>;
  before(async () => {
    all = await register();
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
});
