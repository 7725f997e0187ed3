import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../local/aws/emulator/supervisor";
import { type Deployed, deploy } from "../../../local/engine/deployer";
import { temporaryFolder } from "../../kit/temporaryFolder";

const root = join(__dirname, "..", "..", "..");
const directory = join(__dirname, "program");

describe("stack trace in a deployed function's log", () => {
  let dataDir: string;
  let emulator: MiniStack;
  let deployed: Deployed;

  before(async () => {
    dataDir = temporaryFolder("stayopen-trace");
    emulator = await startMiniStack({ region: "us-east-1", dataDir: join(dataDir, "us-east-1") });
    deployed = await deploy({
      directory,
      stack: "dev",
      region: "us-east-1",
      endpoints: { "us-east-1": emulator.endpoint },
      stateFile: join(dataDir, "deployed.json"),
    });
  });
  after(async () => {
    await emulator.kill();
  });

  const client = () => ({ endpoint: emulator.endpoint, region: "us-east-1", credentials: deployed.credentials });

  /** Calls the function, and returns the lines of its log from the error on. */
  async function logOf(event: object, error: string): Promise<string> {
    const called = await new LambdaClient(client()).send(
      new InvokeCommand({ FunctionName: String(deployed.outputs["functionName"]), Payload: JSON.stringify(event) }),
    );
    expect(called.FunctionError).to.be.a("string");
    const logs = new CloudWatchLogsClient(client());
    for (let tries = 0; tries < 600; tries++) {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: String(deployed.outputs["logGroup"]) }),
      );
      const log = events.map(({ message }) => message).join("\n");
      if (log.includes(error)) return log.slice(log.indexOf(error));
      await sleep(100);
    }
    throw new Error(`The log does not contain "${error}".`);
  }

  /** Runs `npm run trace`, which reads the log from its standard input. */
  async function translated(log: string): Promise<string> {
    const args = ["-r", "./local/loadTypeScript.js", "cli/trace.ts"];
    const running = promisify(execFile)(process.execPath, [...args, "--build", join(directory, ".stayopen", "build")], {
      cwd: root,
      timeout: 60_000,
    });
    running.child.stdin?.end(log);
    return (await running).stdout;
  }

  it("names the bundle, and is translated to lines of the inline callback and of captured functions", async () => {
    const log = await logOf({}, "closed, says tea");
    expect(log).to.match(/at refuse \(order-[0-9a-f]{16}\.js:\d+:\d+\)/);
    expect(await translated(log))
      .to.match(/at refuse \(index\.ts:9:9\)/)
      .and.to.include("index.ts:16:5");
  });

  it("is translated to lines of an imported file", async () => {
    const trace = await translated(await logOf({ pieces: 12 }, "12 pieces are too many"));
    expect(trace).to.include("limits.ts:5:25").and.to.include("index.ts:15:5");
  });

  it("is translated to lines of a bundled package and of its caller", async () => {
    const trace = await translated(await logOf({ shape: true }, "schema is invalid"));
    expect(trace)
      .to.match(/node_modules\/ajv\/lib\/core\.ts:\d+:\d+/)
      .and.to.include("limits.ts:10:20")
      .and.to.include("index.ts:14:22");
  });
});
