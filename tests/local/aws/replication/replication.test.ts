import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteItemCommand, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { type Replication, startReplication } from "../../../../local/aws/replication";
import type { DeployedResource } from "../../../../local/deployment/deployment";
import { type Clients, clientsOf, createTable, recordsOf } from "../../../kit/emulatorClients";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const east = "us-east-1";
const west = "us-west-2";

/** The stacks' resources, as the deployer passes them. */
const resource = (type: string, id: string, inputs: Record<string, unknown>): DeployedResource => {
  return { urn: id, type, name: id, id, inputs, outputs: {} };
};
const table = resource("aws:dynamodb/table:Table", "orders", { name: "orders", replicas: [{ regionName: west }] });
const mediaTo = (region: string) => ({
  filter: { prefix: "media/" },
  destination: { bucket: `arn:aws:s3:::assets-${region}` },
});
const deployments = [
  { region: east, resources: [table, resource("aws:s3/bucket:Bucket", `assets-${east}`, {})] },
  {
    region: west,
    resources: [
      resource("aws:s3/bucket:Bucket", `assets-${west}`, {}),
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "out", { rules: [mediaTo(east)] }),
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "in", {
        region: east,
        rules: [mediaTo(west)],
      }),
    ],
  },
];

describe("Replication between two Regions' emulators", function () {
  this.timeout(300_000);
  let dataDir: string;
  const emulators: Record<string, MiniStack> = {};
  const aws: Record<string, Clients> = {};
  let replication: Replication | undefined;

  beforeEach(async () => {
    dataDir = temporaryFolder("stayopen-replication");
    await Promise.all([start(east), start(west)]);
    await Promise.all([createTable(at(east), "orders"), createTable(at(west), "orders")]);
  });
  afterEach(async () => {
    await replication?.stop();
    replication = undefined;
    await Promise.all(Object.values(emulators).map((emulator) => emulator.kill()));
  });

  async function start(region: string): Promise<void> {
    const port = emulators[region]?.port;
    emulators[region] = await startMiniStack({ region, dataDir: join(dataDir, region), port });
    aws[region] = clientsOf(emulators[region]);
  }

  async function replicate(lagMs: Parameters<Replication["lag"]>[0] = 0): Promise<Replication> {
    // In this order, whichever emulator was ready first.
    const regions = [east, west].map((region) => ({ region, endpoint: emulators[region]?.endpoint ?? "" }));
    replication = await startReplication({ regions, deployments, lagMs });
    return replication;
  }

  function at(region: string): Clients {
    const clients = aws[region];
    if (!clients) throw new Error(`No emulator of ${region}.`);
    return clients;
  }

  const put = (region: string, id: string, by = region) =>
    at(region).tables.send(new PutItemCommand({ TableName: "orders", Item: { ...keyOf(id), by: { S: by } } }));
  const remove = (region: string, id: string) =>
    at(region).tables.send(new DeleteItemCommand({ TableName: "orders", Key: keyOf(id) }));
  const keyOf = (id: string) => ({ id: { S: id }, part: { S: "one" } });
  async function byOf(region: string, id: string): Promise<string | undefined> {
    const { Item } = await at(region).tables.send(new GetItemCommand({ TableName: "orders", Key: keyOf(id) }));
    return Item?.["by"]?.S;
  }
  async function streamOf(region: string) {
    const records = await recordsOf(at(region), "orders");
    return records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb?.Keys?.["id"]?.S}`);
  }

  it("applies each write in the other Region and its stream once, and replicates none back", async () => {
    await put(east, "before");
    const { settled } = await replicate();
    await put(east, "a");
    await put(west, "b");
    const pair = ["c", "d"].map((id) => ({ Put: { TableName: "orders", Item: keyOf(id) } }));
    await at(east).tables.send(new TransactWriteItemsCommand({ TransactItems: pair }));
    expect(await settled()).to.equal(true);
    await remove(west, "a");
    expect(await settled()).to.equal(true);

    expect(await byOf(east, "b")).to.equal(west);
    expect(await byOf(east, "a")).to.equal(undefined);
    expect(await byOf(west, "before")).to.equal(east);
    const written = ["INSERT a", "INSERT b", "INSERT c", "INSERT d", "REMOVE a"];
    expect((await streamOf(east)).sort()).to.deep.equal(["INSERT a", "INSERT b", "INSERT before", ...written.slice(2)]);
    // Items from before the table was global are copied without stream records.
    expect((await streamOf(west)).sort()).to.deep.equal(written);
  });

  it("lets the last writer win on both sides, item by item, after a cut", async () => {
    const { cut, heal, settled, status } = await replicate();
    for (const id of ["east last", "west last", "deleted last", "deleted first"]) await put(east, id, "before");
    expect(await settled()).to.equal(true);
    cut();
    await put(west, "east last");
    await put(east, "west last");
    await put(east, "deleted last");
    await remove(west, "deleted first");
    await put(east, "east last");
    await put(west, "west last");
    await remove(west, "deleted last");
    await put(east, "deleted first");
    expect(await byOf(west, "east last")).to.equal(west);
    expect(status().links.map(({ state }) => state)).to.deep.equal(["cut", "cut"]);
    heal();
    expect(await settled()).to.equal(true);

    for (const region of [east, west]) {
      expect(await byOf(region, "east last"), region).to.equal(east);
      expect(await byOf(region, "west last"), region).to.equal(west);
      expect(await byOf(region, "deleted last"), region).to.equal(undefined);
      expect(await byOf(region, "deleted first"), region).to.equal(east);
    }
    expect(status().links.map(({ waiting, behindMs }) => waiting + behindMs)).to.deep.equal([0, 0]);
  });

  it("delays changes by the lag; changes of different items overtake each other, those of one item do not", async () => {
    const { status, stop } = await replicate(60_000);
    await put(east, "late");
    await sleep(300);
    expect(await byOf(west, "late")).to.equal(undefined);
    expect(status().links.map(({ waiting }) => waiting)).to.deep.equal([1, 0]);
    await stop();

    const { settled } = await replicate({ min: 0, max: 400 });
    for (let round = 0; round < 60; round += 1) await put(east, `item ${round % 12}`, `${round}`);
    expect(await settled()).to.equal(true);
    expect(await byOf(west, "late")).to.equal(east);
    const arrived = (await recordsOf(at(west), "orders")).map(({ dynamodb }) => Number(dynamodb?.NewImage?.["by"]?.S));
    const rounds = arrived.filter(Number.isFinite);
    expect([...rounds].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 60 }, (_, round) => round));
    expect(rounds).not.to.deep.equal([...rounds].sort((a, b) => a - b));
    for (let item = 0; item < 12; item += 1) {
      const own = rounds.filter((round) => round % 12 === item);
      expect(own).to.deep.equal([...own].sort((a, b) => a - b));
    }
  });

  it("continues where it stopped after both Regions were killed with writes that the other lacks", async () => {
    const { cut } = await replicate();
    cut();
    await put(east, "from the east");
    expect(await emulators[east]?.checkpoint()).to.equal(true);
    await put(east, "from the east, after the checkpoint");
    await put(west, "from the west");
    await replication?.stop();
    await Promise.all(Object.values(emulators).map((emulator) => emulator.kill()));
    await Promise.all([start(east), start(west)]);

    const { settled } = await replicate();
    expect(await settled()).to.equal(true);

    expect(await byOf(west, "from the east")).to.equal(east);
    expect(await byOf(west, "from the east, after the checkpoint")).to.equal(east);
    expect(await byOf(east, "from the west")).to.equal(west);
    expect((await streamOf(west)).sort()).to.deep.equal([
      "INSERT from the east",
      "INSERT from the east, after the checkpoint",
      "INSERT from the west",
    ]);
  });

  it("keeps changes in transit from a killed Region until it returns", async () => {
    const { lag, pause, resume, settled, status } = await replicate();
    await put(east, "arrived");
    expect(await settled()).to.equal(true);
    lag(60_000);
    await put(east, "lost for now");
    await sleep(100);
    pause(east);
    await emulators[east]?.kill();
    lag(0);
    await put(west, "meanwhile");
    expect(await byOf(west, "lost for now")).to.equal(undefined);
    expect(status().paused).to.deep.equal([east]);

    await start(east);
    resume(east);
    expect(await settled()).to.equal(true);

    expect(await byOf(west, "lost for now")).to.equal(east);
    expect(await byOf(east, "meanwhile")).to.equal(west);
  });

  it("sends all items to a Region that has lost its data", async () => {
    const { pause, resume, settled } = await replicate();
    await put(east, "from the east");
    await put(west, "from the west");
    expect(await settled()).to.equal(true);
    pause(east);
    await emulators[east]?.kill();
    rmSync(join(dataDir, east), { recursive: true });
    await put(west, "meanwhile");
    await start(east);
    await createTable(at(east), "orders");
    resume(east);
    await put(east, "again");
    expect(await settled()).to.equal(true);

    expect(await byOf(east, "from the east")).to.equal(east);
    expect(await byOf(east, "from the west")).to.equal(west);
    expect(await byOf(east, "meanwhile")).to.equal(west);
    expect(await byOf(west, "again")).to.equal(east);
  });

  it("ends with the same items in both Regions after writes to both, cuts, and an unannounced death", async () => {
    const { cut, heal, settled } = await replicate({ min: 0, max: 200 });
    const writing = { goesOn: true };
    const storm = async (region: string) => {
      for (let round = 0; writing.goesOn; round += 1) {
        const id = `item ${Math.floor(Math.random() * 20)}`;
        const write = Math.random() < 0.2 ? remove(region, id) : put(region, id, `${region} ${round}`);
        // While the Region is dead, its customers retry.
        await write.catch(() => sleep(50));
      }
    };
    const storms = [storm(east), storm(west)];
    await sleep(300);
    cut();
    await sleep(200);
    heal();
    await sleep(200);
    const writingState = emulators[east]?.checkpoint();
    await sleep(20);
    await emulators[east]?.kill();
    await sleep(100);
    await start(east);
    await writingState;
    await sleep(400);
    writing.goesOn = false;
    await Promise.all(storms);
    expect(await settled()).to.equal(true);

    const items: Record<string, Record<string, string | undefined>> = { [east]: {}, [west]: {} };
    for (const region of [east, west]) {
      const last = new Map<string, string | undefined>();
      for (const { dynamodb } of await recordsOf(at(region), "orders")) {
        last.set(String(dynamodb?.Keys?.["id"]?.S), dynamodb?.NewImage?.["by"]?.S);
      }
      for (let item = 0; item < 20; item += 1) {
        const by = await byOf(region, `item ${item}`);
        expect(last.get(`item ${item}`), `${region}'s stream of item ${item}`).to.equal(by);
        Object.assign(items[region] ?? {}, { [item]: by });
      }
    }
    expect(items[east]).to.deep.equal(items[west]);
    expect(Object.values(items[east] ?? {}).filter((by) => by?.startsWith(west))).not.to.deep.equal([]);
  });

  it("exchanges the missed changes with a frozen Region when it is thawed", async () => {
    const { lag, settled } = await replicate();
    lag(300);
    await put(west, "before it froze");
    emulators[west]?.freeze();
    await put(east, "meanwhile");
    expect(await settled(600)).to.equal(false);
    emulators[west]?.thaw();

    expect(await settled()).to.equal(true);
    expect(await byOf(west, "meanwhile")).to.equal(east);
    expect(await byOf(east, "before it froze")).to.equal(west);
  });

  it("retries while a Region does not respond", async () => {
    const { settled, status } = await replicate();
    await emulators[west]?.kill();
    await put(east, "one");
    expect(await settled(300)).to.equal(false);
    expect(status().links.map(({ state }) => state)).to.include("unreachable");
    await start(west);

    expect(await settled()).to.equal(true);

    expect(await byOf(west, "one")).to.equal(east);
  });

  it("replicates objects below a bucket's prefix both ways, including delete markers", async () => {
    for (const [region, other] of [
      [east, west],
      [west, east],
    ] as const) {
      const Bucket = `assets-${region}`;
      const { objects } = at(region);
      const where = region === east ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
      await objects.send(new CreateBucketCommand({ Bucket, ...where }));
      await objects.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      const rule = { ID: "media", Priority: 0, Status: "Enabled", Filter: { Prefix: "media/" } } as const;
      const Rules = [
        {
          ...rule,
          DeleteMarkerReplication: { Status: "Enabled" as const },
          Destination: { Bucket: `arn:aws:s3:::assets-${other}` },
        },
      ];
      const Role = "arn:aws:iam::000000000000:role/replication";
      await objects.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role, Rules } }));
    }
    const { settled } = await replicate();
    const store = (region: string, Key: string, Body: string) =>
      at(region).objects.send(
        new PutObjectCommand({
          Bucket: `assets-${region}`,
          Key,
          Body,
          ContentType: "image/webp",
          CacheControl: "max-age=60",
        }),
      );
    const { VersionId } = await store(east, "media/a", "picture a");
    await store(east, "site/a", "page");
    await store(west, "media/b", "picture b");
    await store(west, "media/deleted", "picture");
    expect(await settled()).to.equal(true);
    await at(east).objects.send(new DeleteObjectCommand({ Bucket: `assets-${east}`, Key: "media/deleted" }));
    expect(await settled()).to.equal(true);
    await Promise.all(Object.values(emulators).map((emulator) => emulator.kill()));
    await Promise.all([start(east), start(west)]);

    const a = await at(west).objects.send(new GetObjectCommand({ Bucket: `assets-${west}`, Key: "media/a" }));
    expect(await a.Body?.transformToString()).to.equal("picture a");
    expect(a).to.include({ ContentType: "image/webp", CacheControl: "max-age=60", VersionId });
    const head = (region: string, Key: string) =>
      at(region)
        .objects.send(new HeadObjectCommand({ Bucket: `assets-${region}`, Key }))
        .then(
          () => "there",
          (error: Error) => error.name,
        );
    expect(await head(east, "media/b")).to.equal("there");
    expect(await head(west, "site/a")).to.equal("NotFound");
    expect([await head(east, "media/deleted"), await head(west, "media/deleted")]).to.deep.equal([
      "NotFound",
      "NotFound",
    ]);
  });

  it("answers only programs of this machine, at the emulator's own address", async () => {
    const { endpoint } = emulators[east] ?? { endpoint: "" };
    const ask = async (headers: Record<string, string>) => {
      const path = "/_stayopen/replication/changes?to=us-west-2&after=0&had=0&limit=0&waitMs=0";
      return (
        await fetch(`${endpoint.replace("127.0.0.1", headers["host"] ?? "127.0.0.1")}${path}`, { headers })
      ).text();
    };
    expect(await ask({ "x-stayopen": "replication" })).to.match(/^\{"had":/);
    expect(await ask({})).not.to.match(/"had":/);
    expect(await ask({ host: "localhost", "x-stayopen": "replication" })).not.to.match(/"had":/);
  });
});
