import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../local/aws/emulator/supervisor";
import { resourcesOfType } from "../../../local/deployment/deployment";
import { type Deployed, type DeployOptions, deploy } from "../../../local/engine/deployer";
import { temporaryFolder } from "../../kit/temporaryFolder";

const program = (name: string) => join(__dirname, "programs", name);

describe("Deploying a program into the emulator", () => {
  let dataDir: string;
  let emulator: MiniStack;
  let deployed: Deployed;
  const options = (): DeployOptions => ({
    directory: program("small"),
    stack: "dev",
    region: "us-east-1",
    endpoints: { "us-east-1": emulator.endpoint },
    stateFile: join(dataDir, "deployed.json"),
  });

  before(async () => {
    dataDir = temporaryFolder("stayopen-deployer");
    emulator = await startMiniStack({ region: "us-east-1", dataDir: join(dataDir, "us-east-1") });
    deployed = await deploy(options());
  });
  after(async () => {
    await emulator.kill();
  });

  const clientFor = () => ({ endpoint: emulator.endpoint, region: "us-east-1", credentials: deployed.credentials });
  const apiId = () => new URL(String(deployed.outputs["url"])).hostname.split(".")[0];

  it("serves the HTTP API by the deployed function, with only its role's permissions", async () => {
    const answer = await fetch(`${emulator.endpoint}/_aws/execute-api/${apiId()}/$default/notes/n1`, {
      method: "POST",
      body: "{}",
    });

    expect(answer.status).to.equal(200);
    // The role allows PutItem and denies GetItem.
    expect(await answer.json()).to.deep.include({ id: "n1", greeting: "hello", put: 200 });
    const again = await fetch(`${emulator.endpoint}/_aws/execute-api/${apiId()}/$default/notes/n2`, {
      method: "POST",
      body: "{}",
    });
    expect(String(((await again.json()) as { get: string }).get)).to.contain("AccessDenied");
  });

  it("lets a state machine catch a function's error by its name", async () => {
    const workflows = new SFNClient(clientFor());
    const { executionArn } = await workflows.send(
      new StartExecutionCommand({ stateMachineArn: String(deployed.outputs["machineArn"]), input: '{"refuse":true}' }),
    );
    let execution = await workflows.send(new DescribeExecutionCommand({ executionArn }));
    for (let tries = 0; execution.status === "RUNNING" && tries < 1_000; tries++) {
      await sleep(50);
      execution = await workflows.send(new DescribeExecutionCommand({ executionArn }));
    }

    expect(execution.status).to.equal("SUCCEEDED");
    expect(JSON.parse(execution.output ?? "")).to.deep.equal({ refused: true });
  });

  it("returns parents, inputs, outputs and secrets as in the program", () => {
    const [lambda] = resourcesOfType(deployed, "aws:lambda/function:Function");
    const [component] = resourcesOfType(deployed, "test:index:Notes");

    expect(lambda?.parent).to.equal(component?.urn);
    expect(lambda?.outputs["arn"]).to.equal(
      `arn:aws:lambda:us-east-1:000000000000:function:${deployed.outputs["functionName"]}`,
    );
    expect(component?.outputs).to.deep.equal({ url: deployed.outputs["url"] });
    expect(deployed.outputs["token"]).to.equal("quiet");
    expect(String(deployed.outputs["tableName"])).to.match(/^notes-table-[0-9a-f]{7}$/);
  });

  it("updates changed resources only, and keeps the names", async () => {
    deployed.saveState();

    const same = await deploy(options());
    const other = await deploy({ ...options(), config: { "small:greeting": "good evening" } });
    const lambda = new LambdaClient(clientFor());
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: String(other.outputs["functionName"]), Payload: '{"environment":"GREETING"}' }),
    );

    expect(same.outputs).to.deep.equal(deployed.outputs);
    expect(other.outputs).to.deep.equal(deployed.outputs);
    expect(JSON.parse(Buffer.from(answer.Payload ?? []).toString())).to.deep.include({ environment: "good evening" });
  });

  const mistakes: [mode: string, sentence: RegExp][] = [
    ["missing setting", /^The setting "faulty:colour" is missing\.$/],
    [
      "bad name",
      /^site \(aws:s3\/bucket:Bucket\) is refused: The bucket "Not_A_Bucket" is not allowed by AWS: [^\n]*$/,
    ],
    [
      "unknown type",
      /^sums \(aws:glue\/job:Job\) is of a type that the local run does not know, "aws:glue\/job:Job": [^\n]*$/,
    ],
    ["unknown function", /does not emulate the provider function "aws:glue\/getScript:getScript"/],
    [
      "other Region",
      /^site \(aws:s3\/bucket:Bucket\) belongs to the Region eu-west-1, but the local run has started us-east-1 only\.$/,
    ],
    ["lookup", /^site \(aws:s3\/bucket:Bucket\) is looked up by its id, which the local run cannot do\.$/],
    ["other stack", /refers to the stack organization\/faulty\/prod-east, which does not run here\.$/],
  ];
  for (const [mode, sentence] of mistakes) {
    it(`stops with one sentence at a program's mistake: ${mode}`, async () => {
      const error = await failureOf({
        ...options(),
        directory: program("faulty"),
        stateFile: undefined,
        config: { "faulty:mode": mode },
      });

      expect(error.message).to.match(sentence);
    });
  }

  it("shows the position of a defect in the program", async () => {
    const error = await failureOf({
      ...options(),
      directory: program("faulty"),
      stateFile: undefined,
      config: { "faulty:mode": "defect" },
    });

    expect(error.message).to.match(/TypeError: .*\n.*index\.ts/);
  });

  it("reports a missing stack and a missing program", async () => {
    expect((await failureOf({ ...options(), stack: "prod" })).message).to.equal(
      'There is no stack "prod": Pulumi.prod.yaml is missing.',
    );
    expect((await failureOf({ ...options(), directory: __dirname })).message).to.match(
      /^There is no Pulumi program in /,
    );
  });

  it("records a resource without an emulator API, with the reason", async () => {
    const here = await deploy({
      ...options(),
      directory: program("faulty"),
      stateFile: undefined,
      config: { "faulty:mode": "not here" },
    });

    expect(here.notEmulated).to.have.length(1);
    expect(here.notEmulated[0]).to.include({ name: "warm" });
    expect(here.notEmulated[0]?.why).to.match(/\.$/);
    expect(here.outputs["answer"]).to.deep.equal({ mode: "not here", list: [1] });
  });

  async function failureOf(faulty: DeployOptions): Promise<Error> {
    return await deploy(faulty).then(
      () => new Error("It was deployed."),
      (error: Error) => error,
    );
  }
});
