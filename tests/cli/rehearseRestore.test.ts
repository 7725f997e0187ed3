import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  DeleteItemCommand,
  ListBackupsCommand,
  ListTablesCommand,
  PutItemCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { compareTables } from "../../cli/restore/compareTables";
import { type Rehearsal, rehearse } from "../../cli/restore/rehearse";
import { type MiniStack, startMiniStack } from "../../local/aws/emulator/supervisor";
import { type Clients, clientsOf, createTable } from "../kit/emulatorClients";
import { temporaryFolder } from "../kit/temporaryFolder";

const root = join(__dirname, "..", "..");

describe("rehearse", function () {
  this.timeout(300_000);
  const dataDir = temporaryFolder("stayopen-rehearsal");
  let emulator: MiniStack;
  let aws: Clients;

  before(async () => {
    emulator = await startMiniStack({ region: "us-east-1", dataDir });
    aws = clientsOf(emulator);
    for (const table of ["orders", "without-past", "orders-cards"]) await createTable(aws, table);
    await aws.tables.send(
      new UpdateContinuousBackupsCommand({
        TableName: "orders",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    // More than the limit of one BatchGetItem.
    for (let index = 0; index < 230; index++) await put("orders", `o-${index}`, { total: { N: String(index * 1.5) } });
    await put("without-past", "o-1");
  });
  after(async () => {
    await emulator?.stop();
  });

  const put = (TableName: string, id: string, more: Record<string, { S: string } | { N: string }> = {}) =>
    aws.tables.send(new PutItemCommand({ TableName, Item: { id: { S: id }, part: { S: "us-east-1" }, ...more } }));
  const tables = async () => ((await aws.tables.send(new ListTablesCommand({}))).TableNames ?? []).sort();
  const rehearsed = (changes: Partial<Rehearsal> = {}) =>
    rehearse({ client: aws.tables, table: "orders", pauseMs: 20, limitMs: 20_000, ...changes });
  const refusal = (changes: Partial<Rehearsal>) =>
    rehearsed(changes).then(
      () => "nothing",
      (error: Error) => error.message,
    );

  for (const by of ["past", "backup"] as const) {
    it(`restores every item from the ${by}, and leaves nothing behind`, async () => {
      const before = await tables();
      const done = await rehearsed({ by });
      expect(done).to.include({ copied: 230, live: 230, same: 230 });
      expect([done.changed, done.gone, done.missing]).to.deep.equal([[], [], []]);
      expect(await tables()).to.deep.equal(before);
      expect((await aws.tables.send(new ListBackupsCommand({}))).BackupSummaries).to.deep.equal([]);
    });
  }

  it("reports the keys of items that were changed, deleted and created since", async () => {
    const { copy } = await rehearsed({ keep: true });
    await put("orders", "o-1", { total: { N: "99" } });
    await put("orders", "o-new");
    await aws.tables.send(
      new DeleteItemCommand({ TableName: "orders", Key: { id: { S: "o-2" }, part: { S: "us-east-1" } } }),
    );
    const found = await compareTables(aws.tables, { copy, table: "orders", keys: ["id", "part"] });
    const key = (id: string) => [{ id: { S: id }, part: { S: "us-east-1" } }];
    expect(found).to.deep.include({
      copied: 230,
      live: 230,
      same: 228,
      changed: key("o-1"),
      gone: key("o-2"),
      missing: key("o-new"),
    });
  });

  it("runs several times at once, each with its own copy", async () => {
    const before = await tables();
    const done = await Promise.all([rehearsed({ sample: 5 }), rehearsed({ sample: 5 }), rehearsed({ sample: 5 })]);
    expect(new Set(done.map(({ copy }) => copy)).size).to.equal(3);
    expect(await tables()).to.deep.equal(before);
  });

  it("compares a sample of a large table", async () => {
    const done = await rehearsed({ sample: 25 });
    expect(done).to.include({ copied: 25, live: 25 });
  });

  it("refuses an unknown table, one without point-in-time recovery, and the card table", async () => {
    expect(await refusal({ table: "orders-2" })).to.match(/^The table orders-2 does not exist in this Region/);
    expect(await refusal({ table: "without-past" })).to.match(
      /^without-past has no point-in-time recovery.*--by backup/,
    );
    expect(await refusal({ table: "orders-cards", by: "backup" })).to.match(/^orders-cards is the card table/);
    expect(await refusal({ at: new Date("2020-01-01T00:00:00Z") })).to.match(/^orders can be restored from/);
  });

  describe("as a command", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["-r", "./local/loadTypeScript.js", "cli/rehearseRestore.ts", ...args], {
        cwd: root,
        encoding: "utf8",
        timeout: 50_000,
      });
    const here = () => ["--region", "us-east-1", "--endpoint", emulator.endpoint];

    it("prints the result, and the limitations of the emulator", () => {
      const { status, stdout, stderr } = run("without-past", "--by", "backup", "--strict", ...here());
      expect(stderr).to.equal("");
      expect(status).to.equal(0);
      expect(stdout).to.match(/Not emulated: earlier times/);
      expect(stdout).to.match(/1 items in the copy, 1 in the table, 1 equal\.\n {2}The copy is deleted\./);
    });

    const mistakes: [string, string[], RegExp][] = [
      ["an unknown source", ["orders", "--by", "magic"], /^--by is "magic"; it must be past or backup\.$/],
      [
        "a time without zone",
        ["orders", "--at", "2026-11-22 03:00"],
        /^--at is "2026-11-22 03:00"; it must be a time in UTC/,
      ],
      ["a time of a backup", ["orders", "--by", "backup", "--at", "2026-11-22T03:00:00Z"], /^--at needs --by past/],
      ["an empty sample", ["orders", "--sample", "0"], /^--sample is "0"/],
      [
        "a Region without a table",
        ["--region", "us-east-1", "--endpoint", "http://127.0.0.1:1"],
        /^The table is missing\./,
      ],
      ["an unknown option", ["--fast"], /Unknown option '--fast'/],
    ];
    for (const [what, args, sentence] of mistakes) {
      it(`reports ${what} in one sentence`, () => {
        const { status, stderr } = run(...args);
        expect(status).to.equal(1);
        expect(stderr.trim()).to.match(sentence);
        expect(stderr).to.not.match(/^\s+at /m);
      });
    }
  });
});
