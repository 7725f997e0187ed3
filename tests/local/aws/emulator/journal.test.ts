import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
  ListUsersInGroupCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  DeleteItemCommand,
  DeleteTableCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { type Clients, clientsOf, createTable, recordsOf } from "../../../kit/emulatorClients";
import { temporaryFolder } from "../../../kit/temporaryFolder";

describe("An emulator that is killed", function () {
  this.timeout(300_000);
  let dataDir: string;
  let emulator: MiniStack;
  let aws: Clients;

  beforeEach(async () => {
    dataDir = temporaryFolder("stayopen-journal");
    await start();
  });
  afterEach(async () => {
    await emulator.kill();
  });

  async function start(port?: number): Promise<void> {
    emulator = await startMiniStack({ region: "us-east-1", dataDir, port });
    aws = clientsOf(emulator);
  }

  async function killAndReturn(): Promise<void> {
    const { port } = emulator;
    await emulator.kill();
    await start(port);
    expect(emulator.port).to.equal(port);
  }

  async function scan(TableName: string) {
    const items: Record<string, string>[] = [];
    let ExclusiveStartKey: Record<string, { S: string }> | undefined;
    do {
      const page = await aws.tables.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      for (const item of page.Items ?? []) {
        items.push(Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.S ?? value.N ?? ""])));
      }
      ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
    } while (ExclusiveStartKey);
    return items;
  }

  let acknowledgedInAll = 0;

  async function untilAcknowledged(count: number): Promise<void> {
    const target = acknowledgedInAll + count;
    while (acknowledgedInAll < target) await sleep(5);
  }

  /** Repeats the work until the emulator is killed, and returns the number of acknowledgements. */
  async function untilKilled(work: (round: number) => Promise<void>): Promise<number> {
    for (let round = 1; ; round += 1) {
      try {
        await work(round);
        acknowledgedInAll += 1;
      } catch {
        return round - 1;
      }
    }
  }

  it("refuses to start with a damaged or missing state, and names the file", async () => {
    await createTable(aws, "notes");
    await aws.tables.send(new PutItemCommand({ TableName: "notes", Item: { id: { S: "1" }, part: { S: "1" } } }));
    expect(await emulator.checkpoint()).to.equal(true);
    await emulator.kill();
    const refusal = () =>
      startMiniStack({ region: "us-east-1", dataDir }).then(
        (started) => started.kill(),
        (error: Error) => error.message,
      );
    const stream = join("streams", readdirSync(join(dataDir, "state", "streams"))[0]!);
    for (const name of ["dynamodb.json", "stayopen.json", stream]) {
      const file = join(dataDir, "state", name);
      const whole = readFileSync(file);
      for (const damaged of [whole.subarray(0, whole.length - 9), "null", "[]", Buffer.from([0x80])]) {
        writeFileSync(file, damaged);
        expect(await refusal()).to.equal(`The file ${file} is damaged: start with --fresh.`);
      }
      rmSync(file);
      if (name !== stream) expect(await refusal()).to.equal(`The file ${file} is missing: start with --fresh.`);
      mkdirSync(file);
      expect(await refusal()).to.match(/^The file \S+ can't be read \(.+\): check .+, or start with --fresh\.$/);
      rmSync(file, { recursive: true });
      writeFileSync(file, whole);
    }
    await start();
    expect(await scan("notes")).to.deep.equal([{ id: "1", part: "1" }]);
  });

  it("has every acknowledged write in its tables and streams, and transactions as a whole or not at all", async () => {
    await createTable(aws, "notes");
    await createTable(aws, "pairs");
    const key = (worker: number, round: number) => ({ id: { S: `${worker}` }, part: { S: `${round % 7}` } });
    const writers = [0, 1, 2].map((worker) =>
      untilKilled(async (round) => {
        await aws.tables.send(
          new UpdateItemCommand({
            TableName: "notes",
            Key: key(worker, round),
            UpdateExpression: "SET #round = :round",
            ExpressionAttributeNames: { "#round": "round" },
            ExpressionAttributeValues: { ":round": { N: `${round}` } },
          }),
        );
      }),
    );
    const pairs = untilKilled(async (round) => {
      const put = (part: string) => ({
        Put: {
          TableName: "pairs",
          Item: { id: { S: `${round}` }, part: { S: part } },
          ConditionExpression: "attribute_not_exists(id)",
        },
      });
      await aws.tables.send(new TransactWriteItemsCommand({ TransactItems: [put("left"), put("right")] }));
    });
    await untilAcknowledged(100);
    expect(await emulator.checkpoint()).to.equal(true);
    await untilAcknowledged(100);
    const seen = await recordsOf(aws, "notes");
    await killAndReturn();
    const acknowledged = await Promise.all(writers);
    const acknowledgedPairs = await pairs;

    expect(acknowledged.reduce((sum, rounds) => sum + rounds, 0)).to.be.greaterThan(50);
    const kept = await scan("notes");
    for (const [worker, rounds] of acknowledged.entries()) {
      for (let last = Math.max(1, rounds - 6); last <= rounds; last += 1) {
        const item = kept.find(({ id, part }) => id === `${worker}` && part === `${last % 7}`);
        expect(Number(item?.["round"]), `worker ${worker}, round ${last}`).to.be.at.least(last);
      }
    }
    const halves = await scan("pairs");
    const ids = new Set(halves.map(({ id }) => id));
    expect(halves.length).to.equal(2 * ids.size);
    for (let round = 1; round <= acknowledgedPairs; round += 1) expect(ids.has(`${round}`)).to.equal(true);

    const records = await recordsOf(aws, "notes");
    expect(records.slice(0, seen.length)).to.deep.equal(seen);
    const numbers = records.map(({ dynamodb }) => String(dynamodb?.SequenceNumber));
    expect(numbers).to.deep.equal([...new Set(numbers)].sort());
    for (const [worker, rounds] of acknowledged.entries()) {
      const written = records
        .filter(({ dynamodb }) => dynamodb?.Keys?.["id"]?.S === `${worker}`)
        .map(({ dynamodb }) => Number(dynamodb?.NewImage?.["round"]?.N));
      expect(written.slice(0, rounds)).to.deep.equal(Array.from({ length: rounds }, (_, index) => index + 1));
      expect(written.length - rounds).to.be.oneOf([0, 1]);
    }
    const after = await recordsOf(aws, "notes", seen.at(-1)?.dynamodb?.SequenceNumber);
    expect(after).to.deep.equal(records.slice(seen.length));
    await aws.tables.send(new DeleteItemCommand({ TableName: "notes", Key: key(0, 1) }));
    const removed = (await recordsOf(aws, "notes")).at(-1);
    expect(removed?.eventName).to.equal("REMOVE");
    expect(removed?.dynamodb?.OldImage?.["id"]?.S).to.equal("0");
    expect(String(removed?.dynamodb?.SequenceNumber) > String(numbers.at(-1))).to.equal(true);
  });

  it("loses nothing when it is killed repeatedly while it writes its state", async () => {
    await createTable(aws, "notes");
    const { QueueUrl } = await aws.queues.send(new CreateQueueCommand({ QueueName: "work" }));
    let total = 0;
    for (let death = 1; death <= 4; death += 1) {
      const began = total;
      const storm = untilKilled(async (round) => {
        const Item = { id: { S: "counter" }, part: { S: "one" }, total: { N: `${began + round}` } };
        await aws.tables.send(new PutItemCommand({ TableName: "notes", Item }));
        total = began + round;
        await aws.queues.send(new SendMessageCommand({ QueueUrl, MessageBody: `${total}` }));
      });
      await untilAcknowledged(15);
      const writing = emulator.checkpoint();
      await sleep(15 * death);
      await killAndReturn();
      await Promise.all([storm, writing]);

      const records = await recordsOf(aws, "notes");
      const totals = records.map(({ dynamodb }) => Number(dynamodb?.NewImage?.["total"]?.N));
      const [kept] = await scan("notes");
      expect(Number(kept?.["total"])).to.be.oneOf([total, total + 1]);
      total = Number(kept?.["total"]);
      expect(totals).to.deep.equal(Array.from({ length: total }, (_, index) => index + 1));
      const before = records.map(({ dynamodb }) => Number(dynamodb?.OldImage?.["total"]?.N ?? 0));
      expect(before).to.deep.equal(Array.from({ length: total }, (_, index) => index));
      const { Attributes } = await aws.queues.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
      );
      expect(total - Number(Attributes?.["ApproximateNumberOfMessages"])).to.be.within(0, death);
    }
    expect(total).to.be.greaterThan(20);
    expect(readFileSync(emulator.logFile, "utf8")).not.to.match(/could not be applied|Traceback/);
  });

  it("does not mix the stream of a deleted table with that of a new table of the same name", async () => {
    const Item = (part: string) => ({ id: { S: "one" }, part: { S: part } });
    for (const part of ["earlier", "anew"]) {
      await createTable(aws, "notes");
      for (const suffix of ["1", "2"]) {
        await aws.tables.send(new PutItemCommand({ TableName: "notes", Item: Item(part + suffix) }));
      }
      expect(await emulator.checkpoint()).to.equal(true);
      if (part === "earlier") await aws.tables.send(new DeleteTableCommand({ TableName: "notes" }));
    }
    await killAndReturn();

    const records = await recordsOf(aws, "notes");
    expect(records.map(({ dynamodb }) => dynamodb?.Keys?.["part"]?.S)).to.deep.equal(["anew1", "anew2"]);
    expect((await scan("notes")).map(({ part }) => part)).to.have.members(["anew1", "anew2"]);
  });

  it("has exactly the messages that were sent and not deleted", async () => {
    const { QueueUrl } = await aws.queues.send(new CreateQueueCommand({ QueueName: "work" }));
    const deleted = new Set<string>();
    const send = async (round: number) => {
      await aws.queues.send(new SendMessageCommand({ QueueUrl, MessageBody: `${round}` }));
      if (round % 2 === 0) return;
      const { Messages = [] } = await aws.queues.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 }));
      await aws.queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
      deleted.add(String(Messages[0]?.Body));
    };
    for (let round = 1; round <= 20; round += 1) await send(round);
    expect(await emulator.checkpoint()).to.equal(true);
    const storm = untilKilled((round) => send(20 + round));
    await untilAcknowledged(30);
    await killAndReturn();
    const acknowledged = 20 + (await storm);

    const { Attributes } = await aws.queues.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    const left = new Set<string>();
    for (let count = Number(Attributes?.["ApproximateNumberOfMessages"]); count > 0; count -= 10) {
      const { Messages = [] } = await aws.queues.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
      );
      for (const { Body } of Messages) left.add(String(Body));
    }
    expect(deleted.size).to.be.greaterThan(10);
    const sent = Array.from({ length: acknowledged }, (_, index) => `${index + 1}`);
    expect(sent.filter((body) => !deleted.has(body) && !left.has(body))).to.deep.equal([]);
    expect([...left].filter((body) => deleted.has(body))).to.deep.equal([]);
  });

  it("has its objects and bucket settings, without deleted objects", async () => {
    const Bucket = "papers";
    await aws.objects.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: "Enabled" as const };
    await aws.objects.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    await aws.objects.send(new PutObjectCommand({ Bucket, Key: "deleted", Body: "gone" }));
    await aws.objects.send(new DeleteObjectCommand({ Bucket, Key: "deleted" }));
    const storm = untilKilled(async (round) => {
      await aws.objects.send(
        new PutObjectCommand({ Bucket, Key: `a/${round}`, Body: `body ${round}`, ContentType: "text/plain" }),
      );
    });
    await untilAcknowledged(20);
    await killAndReturn();

    const acknowledged = await storm;
    expect(acknowledged).to.be.at.least(20);
    for (let round = 1; round <= acknowledged; round += 1) {
      const { Body, ContentType } = await aws.objects.send(new GetObjectCommand({ Bucket, Key: `a/${round}` }));
      expect([await Body?.transformToString(), ContentType]).to.deep.equal([`body ${round}`, "text/plain"]);
    }
    const gone = await aws.objects
      .send(new GetObjectCommand({ Bucket, Key: "deleted" }))
      .catch((error: Error) => error);
    expect(gone).to.have.property("name", "NoSuchKey");
    const versioning = await aws.objects.send(new GetBucketVersioningCommand({ Bucket }));
    expect(versioning.Status).to.equal("Enabled");
  });

  it("keeps sign-ups and sign-ins since its last checkpoint", async () => {
    const { accounts } = aws;
    const { UserPool } = await accounts.send(new CreateUserPoolCommand({ PoolName: "customers" }));
    const UserPoolId = UserPool?.Id;
    const { UserPoolClient } = await accounts.send(
      new CreateUserPoolClientCommand({
        UserPoolId,
        ClientName: "store",
        ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      }),
    );
    await accounts.send(new CreateGroupCommand({ UserPoolId, GroupName: "staff" }));
    expect(await emulator.checkpoint()).to.equal(true);
    const [ClientId, Username, Password] = [UserPoolClient?.ClientId, "kim@example.com", "Correct-horse-7"];
    await accounts.send(new SignUpCommand({ ClientId, Username, Password }));
    await accounts.send(new AdminConfirmSignUpCommand({ UserPoolId, Username }));
    await accounts.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: "staff" }));
    const AuthParameters = { USERNAME: Username, PASSWORD: Password };
    const signIn = () =>
      aws.accounts.send(new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
    const { AuthenticationResult: before } = await signIn();
    await killAndReturn();

    const refreshed = await aws.accounts.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: before?.RefreshToken ?? "" },
      }),
    );
    const { Users } = await aws.accounts.send(new ListUsersInGroupCommand({ UserPoolId, GroupName: "staff" }));

    expect((await signIn()).AuthenticationResult?.AccessToken).to.be.a("string");
    expect(refreshed.AuthenticationResult?.AccessToken).to.be.a("string");
    expect(Users?.map((user) => user.Username)).to.deep.equal([Username]);
  });

  it("accepts again the name of an execution that was running", async () => {
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "states.amazonaws.com" } };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    const { Role } = await aws.roles.send(new CreateRoleCommand({ RoleName: "workflow", AssumeRolePolicyDocument }));
    const { stateMachineArn } = await aws.workflows.send(
      new CreateStateMachineCommand({
        name: "wait",
        roleArn: Role?.Arn,
        definition: JSON.stringify({ StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: 600, End: true } } }),
      }),
    );
    await aws.workflows.send(new StartExecutionCommand({ stateMachineArn, name: "order-1" }));
    expect(await emulator.checkpoint()).to.equal(true);
    await killAndReturn();

    const again = await aws.workflows.send(new StartExecutionCommand({ stateMachineArn, name: "order-1" }));

    expect(again.executionArn).to.match(/:order-1$/);
  });

  it("begins a new journal at a checkpoint and at a stop, and applies nothing twice", async () => {
    await createTable(aws, "notes");
    const put = (round: number) =>
      aws.tables.send(new PutItemCommand({ TableName: "notes", Item: { id: { S: "one" }, part: { S: `${round}` } } }));
    for (let round = 0; round < 10; round += 1) await put(round);
    expect(journalBytes()).to.be.greaterThan(1_000);

    expect(await emulator.checkpoint()).to.equal(true);
    expect(journalBytes()).to.equal(0);
    await put(10);
    const { port } = emulator;
    await emulator.stop();
    expect(journalBytes()).to.equal(0);
    await start(port);
    await put(11);
    await killAndReturn();

    expect(await scan("notes")).to.have.length(12);
    const records = await recordsOf(aws, "notes");
    const parts = records.map(({ dynamodb }) => dynamodb?.Keys?.["part"]?.S);
    expect(parts).to.deep.equal(Array.from({ length: 12 }, (_, round) => `${round}`));
    expect(readFileSync(emulator.logFile, "utf8")).not.to.match(/could not be applied|Traceback/);
  });

  function journalBytes(): number {
    const folder = join(dataDir, "journal");
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  }
});

describe("The journal on a full disk", () => {
  /** The disk takes so many bytes of the line that it has no room for. */
  for (const room of [0, 5]) {
    it(`keeps what it writes later, after a line of which ${room} bytes were written`, () => {
      const script = `
import errno, json, os
from journal import Journal

folder = os.environ["FOLDER"]
journal = Journal(folder)
journal.replay()
write = os.write
journal.write({"do": "note", "value": 1})

def fill(file, data):
    write(file, data[: ${room}])
    raise OSError(errno.ENOSPC, "No space left on device")

os.write = fill
try:
    journal.write({"do": "note", "value": 2})
    raise AssertionError("acknowledged")
except OSError:
    pass
os.write = write
journal.write({"do": "note", "value": 3})
read = []
again = Journal(folder)
again.applies("note", lambda change: read.append(change["value"]))
again.replay()
print(json.dumps(read))`;
      const out = execFileSync(emulatorPython(), ["-c", script], {
        cwd: join(projectRoot, "local", "aws", "emulator"),
        env: { ...process.env, FOLDER: temporaryFolder("stayopen-full-disk") },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 60_000,
      });
      expect(JSON.parse(out)).to.deep.equal([1, 3]);
    });
  }
});
