import { fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { type MiniStack, rootCredentials, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { zip } from "../../../../local/engine/archive";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const code = `
let calls = 0;
class CardDeclined extends Error { name = "CardDeclined" }
exports.handler = async (event) => {
  calls++;
  if (event.decline) throw new CardDeclined("no funds");
  if (event.crash) setTimeout(() => { throw new RangeError("late") }, 5);
  if (event.crash || event.forever) return new Promise(() => setInterval(() => {}, 1000));
  return { calls, pid: process.pid, ppid: process.ppid };
};`;

describe("The emulator's process", () => {
  let dataDir: string;
  let emulator: MiniStack | undefined;

  beforeEach(() => {
    dataDir = temporaryFolder("stayopen-emulator");
  });
  afterEach(async () => {
    await emulator?.kill();
    emulator = undefined;
  });

  const clientFor = ({ endpoint, region }: { endpoint: string; region: string }) => ({
    endpoint,
    region,
    credentials: rootCredentials,
  });

  async function deployFunction(lambda: LambdaClient, iam: IAMClient): Promise<void> {
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "worker", AssumeRolePolicyDocument }));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "worker",
        Role: Role?.Arn,
        Handler: "index.handler",
        Runtime: "nodejs22.x",
        Timeout: 20,
        Code: { ZipFile: zip(new Map([["index.js", Buffer.from(code)]])) },
      }),
    );
  }

  async function invoke(lambda: LambdaClient, event: object) {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "worker", Payload: JSON.stringify(event) }));
    const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Record<string, unknown>;
    return { error: answer.FunctionError, payload };
  }

  it("keeps the name of a function's error, and its environment warm", async () => {
    emulator = await startMiniStack({ region: "us-east-1", dataDir });
    const lambda = new LambdaClient(clientFor(emulator));
    await deployFunction(lambda, new IAMClient(clientFor(emulator)));

    const first = await invoke(lambda, {});
    const declined = await invoke(lambda, { decline: true });
    const after = await invoke(lambda, {});

    expect(first.payload["calls"]).to.equal(1);
    expect(declined.error).to.equal("Unhandled");
    expect(declined.payload).to.include({ errorType: "CardDeclined", errorMessage: "no funds" });
    expect(after.payload).to.include({ calls: 3, pid: first.payload["pid"] });
  });

  it("starts a new environment after a function has crashed", async () => {
    emulator = await startMiniStack({ region: "us-east-1", dataDir });
    const lambda = new LambdaClient(clientFor(emulator));
    await deployFunction(lambda, new IAMClient(clientFor(emulator)));

    const crashed = await invoke(lambda, { crash: true });
    const after = await invoke(lambda, {});

    expect(crashed.payload).to.include({ errorType: "RangeError", errorMessage: "late" });
    expect(after.payload["calls"]).to.equal(1);
  });

  for (const [what, end] of [
    ["a graceful stop", (running: MiniStack) => running.stop()],
    ["a kill, as of the last checkpoint", (running: MiniStack) => running.checkpoint().then(() => running.kill())],
  ] as const) {
    it(`has its data again after ${what}`, async () => {
      emulator = await startMiniStack({ region: "us-east-1", dataDir });
      const table = new DynamoDBClient(clientFor(emulator));
      await table.send(
        new CreateTableCommand({
          TableName: "notes",
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        }),
      );
      await table.send(new PutItemCommand({ TableName: "notes", Item: { id: { S: "kept" } } }));
      await end(emulator);

      emulator = await startMiniStack({ region: "us-east-1", dataDir });
      const again = new DynamoDBClient(clientFor(emulator));
      const kept = await again.send(new GetItemCommand({ TableName: "notes", Key: { id: { S: "kept" } } }));

      expect(kept.Item).to.deep.equal({ id: { S: "kept" } });
    });
  }

  it("leaves no process when the process that started it is killed, not even a frozen function", async () => {
    const child = fork(join(__dirname, "startAndWait.ts"), [dataDir], {
      execArgv: ["-r", join(__dirname, "../../../../local/loadTypeScript.js")],
    });
    const { endpoint, pid } = await new Promise<{ endpoint: string; pid: number }>((resolve, reject) => {
      child.once("message", (message) => resolve(message as { endpoint: string; pid: number }));
      child.once("exit", (code) => reject(new Error(`The starter ended with ${code}.`)));
    });
    const lambda = new LambdaClient({ ...clientFor({ endpoint, region: "us-east-1" }), maxAttempts: 1 });
    await deployFunction(lambda, new IAMClient(clientFor({ endpoint, region: "us-east-1" })));
    const worker = (await invoke(lambda, {})).payload["pid"] as number;
    const busy = invoke(lambda, { forever: true }).catch((error: Error) => error.name);
    process.kill(worker, "SIGSTOP");

    child.removeAllListeners("exit");
    child.kill("SIGKILL");

    expect(await goneWithin(5_000, [pid, worker]), "the emulator and its function").to.deep.equal([]);
    expect(await busy).to.be.a("string");
  });

  it("reports the reason when it ends while starting", async () => {
    const failure = await startMiniStack({
      region: "us-east-1",
      dataDir,
      functionEnvironment: { PYTHONPATH: "", PYTHONHOME: "/nowhere" },
    }).then(
      () => undefined,
      (error: Error) => error,
    );

    expect(failure?.message).to.match(
      /^The emulator ended with code \d+ while starting\. Last lines of .*ministack\.log:/,
    );
    expect(readFileSync(join(dataDir, "ministack.log"), "utf8")).not.to.equal("");
    expect(readdirSync(dataDir)).to.include("tmp");
  });

  async function goneWithin(limitMs: number, pids: number[]): Promise<number[]> {
    const deadline = Date.now() + limitMs;
    let left = pids.filter(isAlive);
    while (left.length > 0 && Date.now() < deadline) {
      await sleep(50);
      left = left.filter(isAlive);
    }
    return left;
  }

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      // A zombie that its parent has not reaped yet no longer runs.
      return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
    } catch {
      return false;
    }
  }
});
