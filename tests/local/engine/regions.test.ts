import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DecryptCommand, DescribeKeyCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../local/aws/emulator/supervisor";
import { resourcesOfType } from "../../../local/deployment/deployment";
import { type Deployed, type DeployOptions, deploy } from "../../../local/engine/deployer";
import { temporaryFolder } from "../../kit/temporaryFolder";

interface Shared {
  table: string;
  key: string;
  streamArn: string;
  publicKey: string;
  keyRegion?: string;
  replicas?: { regionName: string; arn: string; streamArn: string }[];
}

describe("Deploying two stacks into two Regions' emulators", function () {
  this.timeout(300_000);
  const directory = join(__dirname, "programs", "regions");
  let dataDir: string;
  let emulators: Record<"east" | "west", MiniStack>;
  let east: Deployed;
  let west: Deployed;
  const options = (stack: "east" | "west"): DeployOptions => ({
    directory,
    stack,
    region: emulators[stack].region,
    endpoints: { "us-east-1": emulators.east.endpoint, "us-west-2": emulators.west.endpoint },
    stateFile: join(dataDir, `${stack}.json`),
    others: stack === "west" ? [east] : [],
  });
  const start = async (region: string) => await startMiniStack({ region, dataDir: join(dataDir, region) });

  before(async () => {
    dataDir = temporaryFolder("stayopen-regions");
    const [first, second] = await Promise.all([start("us-east-1"), start("us-west-2")]);
    emulators = { east: first, west: second };
    east = await deploy(options("east"));
    west = await deploy(options("west"));
  });
  after(async () => {
    await Promise.all([emulators.east.kill(), emulators.west.kill()]);
  });

  const sharedOf = (deployed: Deployed) => deployed.outputs["shared"] as Shared;
  const clientFor = (side: "east" | "west") => ({
    endpoint: emulators[side].endpoint,
    region: emulators[side].region,
    credentials: east.credentials,
  });

  it("creates a table's replica with its indexes, stream and recovery, and returns it in the outputs", async () => {
    const client = new DynamoDBClient(clientFor("west"));
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: sharedOf(east).table }));
    const { ContinuousBackupsDescription: backups } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: sharedOf(east).table }),
    );

    expect(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.deep.equal(["openIn"]);
    expect(table?.StreamSpecification?.StreamViewType).to.equal("NEW_AND_OLD_IMAGES");
    expect(backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).to.equal("ENABLED");
    expect(sharedOf(east).replicas).to.have.length(1);
    expect(sharedOf(east).replicas?.[0]).to.deep.include({
      regionName: "us-west-2",
      arn: table?.TableArn,
      streamArn: table?.LatestStreamArn,
    });
    expect(sharedOf(west).streamArn).to.equal(table?.LatestStreamArn);
    expect(east.notEmulated.filter(({ type }) => type.includes("Table"))).to.deep.equal([]);
  });

  it("has a multi-Region key with the same id and material in both", async () => {
    const { key: KeyId } = sharedOf(east);
    const plain = Buffer.from("the code");
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256" as const;
    const { CiphertextBlob } = await new KMSClient(clientFor("east")).send(
      new EncryptCommand({ KeyId, Plaintext: plain, EncryptionAlgorithm }),
    );
    const west_ = new KMSClient(clientFor("west"));
    const { Plaintext } = await west_.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }));
    const { KeyMetadata: key } = await west_.send(new DescribeKeyCommand({ KeyId }));

    expect(KeyId).to.match(/^mrk-/);
    expect(Buffer.from(Plaintext ?? []).toString()).to.equal("the code");
    expect(key?.Arn).to.contain(":us-west-2:");
    expect(key?.MultiRegionConfiguration?.MultiRegionKeyType).to.equal("REPLICA");
    expect(key?.MultiRegionConfiguration?.PrimaryKey?.Region).to.equal("us-east-1");
    expect(sharedOf(west).publicKey).to.equal(sharedOf(east).publicKey);
    expect(sharedOf(east).keyRegion).to.equal("us-west-2");
  });

  it("serves the custom name in each Region with one validation record", async () => {
    const answers = await Promise.all(
      [emulators.east, emulators.west].map(async ({ port }) => await statusOf(port, "notes.api.stayopen.test")),
    );

    expect(east.outputs["validationName"]).to.equal(west.outputs["validationName"]);
    expect(String(west.outputs["targetDomainName"])).to.match(/^d-\w+\.execute-api\.us-west-2\.amazonaws\.com$/);
    // The API has no routes. This 404 is its own response, to a path that the emulator would answer itself.
    expect(answers).to.deep.equal([
      { status: 404, body: '{"message":"Not Found"}' },
      { status: 404, body: '{"message":"Not Found"}' },
    ]);
  });

  it("refuses a certificate whose validation record no stack has", async () => {
    // Only the validation is new: other resources exist, which would be refused too.
    west.saveState();
    const state = JSON.parse(readFileSync(options("west").stateFile!, "utf8")) as {
      resources: Record<string, unknown>;
    };
    for (const urn of Object.keys(state.resources))
      if (urn.includes("CertificateValidation")) delete state.resources[urn];
    const stateFile = join(dataDir, "refused.json");
    writeFileSync(stateFile, JSON.stringify(state));
    const refused = await deploy({
      ...options("west"),
      stateFile,
      others: [
        {
          ...east,
          resources: east.resources.filter(
            ({ type, name }) => !(type === "aws:route53/record:Record" && name === "proof"),
          ),
        },
      ],
    }).then(
      () => new Error("It was deployed."),
      (error: Error) => error,
    );

    expect(refused.message).to.match(
      /^api \(aws:acm\/certificateValidation:CertificateValidation\) is refused: No stack has the record _\w+\.api\.stayopen\.test/,
    );
  });

  it("changes nothing the second time, and lists again what is not emulated", async () => {
    east.saveState();
    west.saveState();
    const again = await deploy(options("east"));

    expect(again.outputs).to.deep.equal(east.outputs);
    expect(again.notEmulated).to.deep.equal(east.notEmulated);
    expect(again.notEmulated.map(({ name }) => name)).to.include("api");
  });

  it("creates the resources of a Region that lost everything again, with its key", async () => {
    await emulators.west.kill();
    rmSync(join(dataDir, "us-west-2"), { recursive: true, force: true });
    emulators.west = await start("us-west-2");

    const eastAgain = await deploy({ ...options("east"), emptied: ["us-west-2"] });
    const westAgain = await deploy({ ...options("west"), others: [eastAgain], emptied: ["us-west-2"] });

    const table = await new DynamoDBClient(clientFor("west")).send(
      new DescribeTableCommand({ TableName: sharedOf(westAgain).table }),
    );
    expect(table.Table?.TableName).to.equal(sharedOf(east).table);
    expect(sharedOf(westAgain).publicKey).to.equal(sharedOf(east).publicKey);
  });

  it("restores a lost primary key from its replica", async () => {
    await emulators.east.kill();
    rmSync(join(dataDir, "us-east-1"), { recursive: true, force: true });
    emulators.east = await start("us-east-1");

    const again = await deploy({ ...options("east"), emptied: ["us-east-1"], others: [west] });

    expect(sharedOf(again).key).to.equal(sharedOf(east).key);
    expect(sharedOf(again).publicKey).to.equal(sharedOf(east).publicKey);
  });

  it("keeps a retained resource that the program drops", async () => {
    const client = new CloudWatchLogsClient(clientFor("east"));
    const dropped = await deploy({ ...options("east"), config: { "regions:dropped": "yes" } });
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/kept" }));

    expect(resourcesOfType(dropped, "aws:cloudwatch/logGroup:LogGroup")).to.deep.equal([]);
    expect(logGroups?.map(({ logGroupName }) => logGroupName)).to.deep.equal(["/kept"]);
  });
});

async function statusOf(port: number, host: string): Promise<{ status: number; body: string }> {
  const { request } = await import("node:http");
  return await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: "/health", headers: { host }, timeout: 10_000 }, (response) => {
      let body = "";
      response.on("data", (data) => {
        body += String(data);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}
