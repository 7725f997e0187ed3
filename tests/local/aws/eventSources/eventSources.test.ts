import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { type EventSources, type EventSourcesOptions, startEventSources } from "../../../../local/aws/eventSources";
import type { InvocationAnswer } from "../../../../local/aws/eventSources/batch";
import type { DeployedResource } from "../../../../local/deployment/deployment";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const ok: InvocationAnswer = { payload: "null" };
const threw: InvocationAnswer = { functionError: "Unhandled", payload: '{"errorMessage":"no"}' };
const failing = (...identifiers: (string | undefined)[]): InvocationAnswer => ({
  payload: JSON.stringify({
    batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
  } satisfies DynamoDBBatchResponse | object),
});
const idOf = (record: DynamoDBRecord) => String(record.dynamodb?.Keys?.["id"]?.S);

describe("event sources over MiniStack's streams", function () {
  this.timeout(300_000);
  let folder: string;
  let miniStack: MiniStack;
  let dynamo: DynamoDBDocumentClient;
  let sqs: SQSClient;
  let iam: IAMClient;
  const running: EventSources[] = [];
  let tables = 0;

  before(async () => {
    folder = temporaryFolder("event-sources");
    miniStack = await startMiniStack({ region, dataDir: join(folder, "ministack") });
    const client = { region, endpoint: miniStack.endpoint, credentials };
    dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(client));
    sqs = new SQSClient(client);
    iam = new IAMClient(client);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });
  after(async () => {
    for (const client of [dynamo, sqs, iam]) client?.destroy();
    await miniStack?.kill();
  });

  /** Creates a table with a stream, and its mapping to a function with the given responses. */
  const setUp = async (
    inputs: Record<string, unknown>,
    answer: (records: DynamoDBRecord[], call: number) => InvocationAnswer | Promise<InvocationAnswer>,
    options: Partial<EventSourcesOptions> & { extra?: DeployedResource[] } = {},
  ) => {
    tables += 1;
    const TableName = `table-${tables}`;
    const { TableDescription: table } = await dynamo.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    const batches: string[][] = [];
    const lines: string[] = [];
    const mapping: DeployedResource = {
      urn: "urn:mapping",
      type: "aws:lambda/eventSourceMapping:EventSourceMapping",
      name: `mapping-${tables}`,
      id: "m",
      inputs: {
        eventSourceArn: table?.LatestStreamArn,
        functionName: "reader",
        startingPosition: "TRIM_HORIZON",
        ...inputs,
      },
      outputs: {},
    };
    const deployment = {
      region,
      endpoint: miniStack.endpoint,
      credentials,
      resources: [...(options.extra ?? []), mapping],
    };
    const start = async (more: Partial<EventSourcesOptions> = {}) => {
      const eventSources = await startEventSources(deployment, {
        log: (line) => lines.push(line),
        backoff: { baseMs: 5, limitMs: 20 },
        invoke: async (_, payload) => {
          const { Records: records } = JSON.parse(payload) as DynamoDBStreamEvent;
          batches.push(records.map(idOf));
          return answer(records, batches.length);
        },
        ...options,
        ...more,
      });
      running.push(eventSources);
      return eventSources;
    };
    const put = async (...ids: string[]) => {
      for (const id of ids) await dynamo.send(new PutCommand({ TableName, Item: { id, at: Date.now() } }));
    };
    return { TableName, batches, lines, start, put, streamArn: String(table?.LatestStreamArn) };
  };
  const until = async (condition: () => boolean, what: string) => {
    for (const end = Date.now() + 15_000; Date.now() < end; ) {
      if (condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    throw new Error(`not within 15 s: ${what}`);
  };
  const ids = (count: number, prefix = "i") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const queue = async (name: string) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const receive = async () => {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
      return JSON.parse(Messages?.[0]?.Body ?? "null") as Record<string, Record<string, unknown>> | null;
    };
    return { arn: `arn:aws:sqs:${region}:000000000000:${name}`, receive };
  };

  it("learn from the emulator which tables have new records", async () => {
    const { put, TableName } = await setUp({}, () => ok);
    const ask = async (query: string, purpose = "streams") => {
      const headers = { "x-stayopen": purpose };
      const response = await fetch(`${miniStack.endpoint}/_stayopen/streams?${query}`, { headers });
      return response.ok ? ((await response.json()) as { count: number; tables: string[] }) : response.status;
    };
    const before = await ask("after=0&waitMs=0");
    if (typeof before === "number") throw new Error(`answered ${before}`);
    expect(before.tables).not.to.include(TableName);
    const next = ask(`after=${before.count}&waitMs=100000`);
    await put("i0");
    expect(await next).to.deep.equal({ count: before.count + 1, tables: [TableName] });
    expect(await ask(`after=${before.count + 1}&waitMs=0`)).to.deep.equal({ count: before.count + 1, tables: [] });
    expect(await ask("after=0&waitMs=0", "a page of another site")).to.be.a("number");
  });

  it("pass records in Lambda's form, in order, in batches of the configured size", async () => {
    const seen: DynamoDBRecord[] = [];
    const { put, start, batches, TableName, streamArn } = await setUp({ batchSize: 3 }, (records) => {
      seen.push(...records);
      return ok;
    });
    await put(...ids(7));
    await dynamo.send(new DeleteCommand({ TableName, Key: { id: "i0" } }));
    await start();
    await until(() => seen.length === 8, "all records");
    expect(batches.map((batch) => batch.length)).to.deep.equal([3, 3, 2]);
    expect(seen.map(idOf)).to.deep.equal([...ids(7), "i0"]);
    expect(seen.map((record) => record.eventName)).to.deep.equal([...Array(7).fill("INSERT"), "REMOVE"]);
    expect(seen[0]).to.include({ eventSource: "aws:dynamodb", eventSourceARN: streamArn, awsRegion: region });
    expect(seen[0]?.dynamodb?.ApproximateCreationDateTime).to.be.closeTo(Date.now() / 1000, 60);
    expect(seen[7]?.dynamodb?.OldImage?.["id"]).to.deep.equal({ S: "i0" });
  });

  it("wait for the batching window to fill a batch", async () => {
    const { put, start, batches } = await setUp({ batchSize: 10, maximumBatchingWindowInSeconds: 1 }, () => ok);
    await start();
    await put("a");
    await put("b", "c");
    await until(() => batches.length > 0, "the batch");
    expect(batches).to.deep.equal([["a", "b", "c"]]);
  });

  it("begin with new records only at LATEST, even when restarted before the first", async () => {
    const { put, start, batches } = await setUp({ startingPosition: "LATEST" }, () => ok);
    await put("old");
    const first = await start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await put("new");
    await until(() => batches.length === 1, "the new record");
    expect(batches).to.deep.equal([["new"]]);
    await first.stop();
    const empty = await setUp({ startingPosition: "LATEST" }, () => ok, { dataDir: join(folder, "latest") });
    const before = await empty.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await before.stop();
    await empty.put("while stopped");
    await empty.start();
    await until(() => empty.batches.length === 1, "what came while stopped");
  });

  it("invoke the function only for records that match a filter, and continue after the others", async () => {
    const dataDir = join(folder, "filtered");
    const filterCriteria = {
      filters: [{ pattern: JSON.stringify({ dynamodb: { Keys: { id: { S: [{ prefix: "yes" }] } } } }) }],
    };
    const { put, start, batches } = await setUp({ filterCriteria }, () => ok, { dataDir });
    await put("no-1", "yes-1", "no-2");
    const first = await start();
    await until(() => batches.length === 1, "the match");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await first.stop();
    await put("yes-2");
    await start();
    await until(() => batches.length === 2, "the next match");
    expect(batches).to.deep.equal([["yes-1"], ["yes-2"]]);
  });

  it("retry a failed batch before later records, and then send it to the on-failure queue", async () => {
    const { arn, receive } = await queue("given-up");
    const { put, start, batches, lines, streamArn } = await setUp(
      { batchSize: 2, maximumRetryAttempts: 2, destinationConfig: { onFailure: { destinationArn: arn } } },
      (records) => (records.some((record) => idOf(record) === "i1") ? threw : ok),
    );
    await put(...ids(4));
    const eventSources = await start();
    await until(() => batches.length === 4, "three tries and the next batch");
    expect(batches).to.deep.equal([
      ["i0", "i1"],
      ["i0", "i1"],
      ["i0", "i1"],
      ["i2", "i3"],
    ]);
    const message = await receive();
    expect(message?.["requestContext"]).to.include({ condition: "RetryAttemptsExhausted", approximateInvokeCount: 3 });
    expect(message?.["responseContext"]).to.include({ statusCode: 200, functionError: "Unhandled" });
    expect(message?.["DDBStreamBatchInfo"]).to.include({ batchSize: 2, streamArn });
    expect(lines.join()).to.match(/gave up 2 record\(s\), RetryAttemptsExhausted/);
    expect(eventSources.status()[0]).to.include({ invocations: 4, errors: 3, discarded: 2 });
  });

  it("isolate a poison record by splitting, and process the rest of the shard", async () => {
    const { arn, receive } = await queue("poison");
    const done: string[] = [];
    const { put, start } = await setUp(
      {
        maximumRetryAttempts: 1,
        bisectBatchOnFunctionError: true,
        destinationConfig: { onFailure: { destinationArn: arn } },
      },
      (records) => {
        if (records.some((record) => idOf(record) === "i6")) return threw;
        done.push(...records.map(idOf));
        return ok;
      },
    );
    await put(...ids(16));
    await start();
    await until(() => done.length === 15, "the rest");
    expect(done).to.deep.equal(ids(16).filter((id) => id !== "i6"));
    expect((await receive())?.["DDBStreamBatchInfo"]).to.include({ batchSize: 1 });
  });

  it("continue at the reported item, and do not repeat earlier ones", async () => {
    const { put, start, batches } = await setUp(
      { functionResponseTypes: ["ReportBatchItemFailures"] },
      (records, call) =>
        call === 1 ? failing(records[3]?.dynamodb?.SequenceNumber, records[2]?.dynamodb?.SequenceNumber) : ok,
    );
    await put(...ids(5));
    await start();
    await until(() => batches.length === 2, "the second try");
    expect(batches).to.deep.equal([ids(5), ["i2", "i3", "i4"]]);
  });

  it("retry the whole batch when the reported item is not in it", async () => {
    const { put, start, batches } = await setUp({ functionResponseTypes: ["ReportBatchItemFailures"] }, (_, call) =>
      call === 1 ? failing("not-a-number") : ok,
    );
    await put(...ids(3));
    await start();
    await until(() => batches.length === 2, "the second try");
    expect(batches[1]).to.deep.equal(ids(3));
  });

  it("keep the order of each item while batches run concurrently", async () => {
    let [now, most] = [0, 0];
    const seen = new Map<string, number[]>();
    const { TableName, start, batches } = await setUp({ parallelizationFactor: 4, batchSize: 5 }, async (records) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20));
      for (const record of records) {
        const numbers = seen.get(idOf(record)) ?? [];
        seen.set(idOf(record), [...numbers, Number(record.dynamodb?.NewImage?.["n"]?.N)]);
      }
      now -= 1;
      return ok;
    });
    for (let n = 0; n < 6; n += 1) {
      await Promise.all(ids(10).map((id) => dynamo.send(new PutCommand({ TableName, Item: { id, n } }))));
    }
    await start();
    await until(() => batches.flat().length === 60, "all records");
    await until(() => now === 0, "the last batch");
    expect(most).to.be.greaterThan(1).and.at.most(4);
    for (const numbers of seen.values()) expect(numbers).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it("do not count an attempt when the function can't be invoked", async () => {
    let throttles = 3;
    const { put, start, batches } = await setUp({ maximumRetryAttempts: 0 }, () => {
      throttles -= 1;
      if (throttles >= 0) throw new Error("TooManyRequestsException");
      return ok;
    });
    await put("a");
    const eventSources = await start();
    await until(() => batches.length === 4, "the fourth");
    expect(eventSources.status()[0]?.discarded).to.equal(0);
  });

  it("continue after a restart with the first unfinished record", async () => {
    const dataDir = join(folder, "restart");
    let hang = false;
    const { put, start, batches } = await setUp(
      { batchSize: 1 },
      () => (hang ? new Promise<InvocationAnswer>(() => undefined) : ok),
      { dataDir },
    );
    await put("a");
    const first = await start();
    await until(() => batches.length === 1, "a");
    await new Promise((resolve) => setTimeout(resolve, 200));
    hang = true;
    await put("b");
    await until(() => batches.length === 2, "b");
    await first.stop(0);
    hang = false;
    await start();
    await until(() => batches.length === 3, "b again");
    expect(batches).to.deep.equal([["a"], ["b"], ["b"]]);
  });

  it("invoke nothing while they are frozen, and then continue where they stopped", async () => {
    const { put, start, batches } = await setUp({ batchSize: 1 }, () => ok);
    const eventSources = await start();
    await put("a");
    await until(() => batches.length === 1, "a");
    eventSources.freeze();
    await put("b", "c");
    // Waits several of the reader's longest intervals, because the absence of a call sends no signal.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(batches).to.deep.equal([["a"]]);
    eventSources.thaw();
    await until(() => batches.length === 3, "b and c");
    expect(batches).to.deep.equal([["a"], ["b"], ["c"]]);
  });

  it("finish the stream's records before they stop", async () => {
    const { put, start, batches } = await setUp({ batchSize: 1 }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return ok;
    });
    const eventSources = await start();
    await put(...ids(8));
    await eventSources.stop();
    expect(batches.flat()).to.deep.equal(ids(8));
  });

  it("read nothing for a mapping that is not enabled", async () => {
    const { start } = await setUp({ enabled: false }, () => ok);
    expect((await start()).status()).to.deep.equal([]);
  });

  it("refuse with the mapping's name what Lambda would refuse and what is not emulated", async () => {
    const refusal = async (inputs: Record<string, unknown>) => {
      const { start } = await setUp(inputs, () => ok);
      return start().then(
        () => "nothing",
        (error: Error) => error.message,
      );
    };
    expect(await refusal({ tumblingWindowInSeconds: 5 })).to.match(
      /^Event source mapping "mapping-\d+": tumbling windows/,
    );
    expect(await refusal({ batchSize: 20_000 })).to.match(
      /`batchSize` must be a whole number from 1 to 10000, not 20000/,
    );
    expect(await refusal({ maximumRecordAgeInSeconds: 30 })).to.match(/must be -1 or at least 60/);
    expect(await refusal({ startingPosition: "AT_TIMESTAMP" })).to.match(/must be TRIM_HORIZON or LATEST/);
    expect(await refusal({ destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::b" } } })).to.match(
      /queue or a topic/,
    );
    expect(await refusal({ filterCriteria: { filters: [{ pattern: "{" }] } })).to.match(/is not JSON/);
  });

  it("refuse a mapping whose function's role can't read the stream or write to the queue", async () => {
    const { arn } = await queue("not-allowed");
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    };
    const { Role: role } = await iam.send(
      new CreateRoleCommand({ RoleName: "reader-role", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const allow = (Action: string[], Resource: string) =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName: "reader-role",
          PolicyName: Resource.replace(/[^\w]/g, "").slice(-30),
          PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] }),
        }),
      );
    const reader: DeployedResource = {
      urn: "urn:reader",
      type: "aws:lambda/function:Function",
      name: "reader",
      id: "reader",
      inputs: {},
      outputs: {
        name: "reader",
        arn: `arn:aws:lambda:${region}:000000000000:function:reader`,
        role: role?.Arn,
        timeout: 10,
      },
    };
    const { start, streamArn, put, batches } = await setUp(
      { destinationConfig: { onFailure: { destinationArn: arn } } },
      () => ok,
      { extra: [reader] },
    );
    const refusal = () =>
      start().then(
        () => "nothing",
        (error: Error) => error.message,
      );
    expect(await refusal()).to.match(
      /the role of reader lacks dynamodb:DescribeStream on .*, dynamodb:ListStreams, sqs:SendMessage on/,
    );
    await allow(
      ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
      streamArn,
    );
    expect(await refusal()).to.match(/lacks sqs:SendMessage on arn:aws:sqs/);
    await allow(["sqs:SendMessage"], arn);
    await start();
    await put("a");
    await until(() => batches.length === 1, "the record");
  });
});
