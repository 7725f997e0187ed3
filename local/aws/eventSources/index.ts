import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBStreams, type Shard } from "@aws-sdk/client-dynamodb-streams";
import { IAM } from "@aws-sdk/client-iam";
import { InvokeCommand, Lambda } from "@aws-sdk/client-lambda";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import type { Deployment } from "../../deployment/deployment";
import type { InvocationAnswer } from "./batch";
import { Checkpoint } from "./checkpoint";
import { onFailureMessage, sendTo } from "./destination";
import { Gate, withinLimit } from "./gate";
import type { Backoff, GivenUp } from "./lane";
import { type StreamMapping, streamMappings } from "./mapping";
import { missingPermissions } from "./permissions";
import type { ItemWrite } from "./record";
import { ShardReader } from "./shardReader";
import { StreamNotices } from "./streamNotices";

export type { ItemWrite } from "./record";

export interface EventSourcesOptions {
  /** File of the stream positions. Default: in memory; a restart then begins at the starting position. */
  dataDir?: string;
  log: (line: string) => void;
  /** Wait between attempts of a failed batch, in milliseconds. Default 100 doubling to 10,000, with jitter. */
  backoff?: Backoff;
  /** Receives each record that a mapping reads; once for each mapping of the stream, and again after a restart. */
  onRecord?(write: ItemWrite): void;
  /** Replaces MiniStack's Lambda in tests of the rules. */
  invoke?: (mapping: StreamMapping, payload: string) => Promise<InvocationAnswer>;
}

/** Counters of one mapping since its start. */
interface MappingStatus {
  name: string;
  functionName: string;
  invocations: number;
  /** Invocations that failed, by an error or by reported items. */
  errors: number;
  /** Records given up. */
  discarded: number;
  /** Age of the oldest record that was read and is not done, in milliseconds; 0 without one. */
  behindMs: number;
}

export interface EventSources {
  status(): MappingStatus[];
  /** Reads nothing and invokes no function until `thaw`; calls in progress are awaited. */
  freeze(): void;
  /** Resumes after `freeze`. */
  thaw(): void;
  /**
   * Stops reading once all records of the streams are done (the emulator keeps no stream over a restart) or `waitMs` (default 5,000)
   * have passed. With 0 it stops at once and writes nothing more, as when a Region dies.
   */
  stop(waitMs?: number): Promise<void>;
}

/**
 * Runs the deployment's event source mappings of DynamoDB streams by Lambda's rules: order by item, batches, filters, retries with
 * backoff, splitting, partial failures, record age, on-failure destinations. The emulator follows the rules for queues itself.
 *
 * @example
 * const eventSources = await startEventSources(deployment, { dataDir, log });
 * await eventSources.stop();
 * @throws Error that names the mapping, if Lambda would refuse it or its function's role cannot read the stream.
 */
export async function startEventSources(
  deployment: Pick<Deployment, "region" | "endpoint" | "credentials" | "resources">,
  options: EventSourcesOptions,
): Promise<EventSources> {
  const { region, endpoint, credentials } = deployment;
  const mappings = streamMappings(deployment);
  // One attempt per call, because the callers retry by their own rules. The time limit is for a frozen emulator.
  const client = {
    region,
    endpoint,
    credentials,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  const streams = new DynamoDBStreams(client);
  const retrying = { ...client, maxAttempts: 3 };
  const clients = { sqs: new SQS(retrying), sns: new SNS(retrying) };
  const iam = new IAM(retrying);
  const stopping = new AbortController();
  const gate = new Gate();
  const notices = new StreamNotices(endpoint, gate, stopping.signal);

  const statuses = new Map<string, MappingStatus>();
  const checkpoints: Checkpoint[] = [];
  const lambdas: Lambda[] = [];
  const readers: ShardReader[] = [];
  const readersOf = new Map<string, ShardReader[]>();

  try {
    for (const mapping of mappings) {
      const lacking = await missingPermissions(mapping, iam);
      if (lacking.length > 0) {
        throw new Error(
          `Event source mapping "${mapping.name}": the role of ${mapping.functionName} lacks ${lacking.join(", ")}.`,
        );
      }
    }
  } finally {
    iam.destroy();
  }

  const noticing = mappings.length > 0 ? notices.run() : undefined;
  const running = mappings.map((mapping) => {
    const status: MappingStatus = {
      name: mapping.name,
      functionName: mapping.functionName,
      invocations: 0,
      errors: 0,
      discarded: 0,
      behindMs: 0,
    };
    statuses.set(mapping.name, status);
    const file = options.dataDir && join(options.dataDir, `${mapping.name.replace(/[^\w.-]/g, "_")}.json`);
    const checkpoint = new Checkpoint(file, mapping.streamArn);
    checkpoints.push(checkpoint);
    const lambda = new Lambda({ ...client, requestHandler: {} });
    lambdas.push(lambda);
    const limitMs = (mapping.functionTimeoutSeconds + 10) * 1000;
    const ask =
      options.invoke ?? ((_mapping, payload) => invokeLambda(lambda, mapping.functionName, payload, gate, limitMs));
    return readStream(mapping, status, checkpoint, async (payload) => {
      await gate.passed(stopping.signal);
      stopping.signal.throwIfAborted();
      return await ask(mapping, payload);
    });
  });

  async function readStream(
    mapping: StreamMapping,
    status: MappingStatus,
    checkpoint: Checkpoint,
    invoke: (payload: string) => Promise<InvocationAnswer>,
  ): Promise<void> {
    const started = new Map<string, Promise<void>>();
    const tasks = (shardId: string) => ({
      log: options.log,
      invoke: async (payload: string) => {
        status.invocations += 1;
        const answer = await invoke(payload);
        if (answer.functionError || (mapping.reportsItemFailures && answer.payload.includes("itemIdentifier"))) {
          status.errors += 1;
        }
        return answer;
      },
      giveUp: async (givenUp: GivenUp) => {
        status.discarded += givenUp.records.length;
        const what = `${givenUp.records.length} record(s), ${givenUp.condition}`;
        options.log(`${mapping.name}: gave up ${what}`);
        if (!mapping.destinationArn) return;
        await gate.passed(stopping.signal);
        await sendTo(mapping.destinationArn, onFailureMessage(mapping, shardId, givenUp), clients).catch(
          (error: unknown) => options.log(`${mapping.name}: on-failure message failed (${what}): ${String(error)}`),
        );
      },
    });
    while (!stopping.signal.aborted) {
      await gate.passed(stopping.signal);
      const shards = await listShards(streams, mapping, stopping.signal, options.log);
      if (checkpoint.at("started") === undefined) {
        // In an empty stream, LATEST equals the start. Saving the start means that a restart misses nothing.
        const empty = shards.every((shard) => shard.SequenceNumberRange?.StartingSequenceNumber === undefined);
        if (empty) for (const { ShardId: id } of shards) if (id) checkpoint.move(id, "start");
        checkpoint.move("started", "start");
      }
      for (const { ShardId: shardId, ParentShardId: parentId } of shards) {
        if (shardId === undefined || started.has(shardId) || checkpoint.at(shardId) === "end") continue;
        const parentOpen = shards.some(({ ShardId: id }) => id === parentId) && checkpoint.at(parentId ?? "") !== "end";
        if (parentId !== undefined && parentOpen) continue;
        const reader = new ShardReader(
          mapping,
          shardId,
          streams,
          checkpoint,
          tasks(shardId),
          options.backoff ?? { baseMs: 100, limitMs: 10_000 },
          stopping.signal,
          gate,
          notices,
          options.onRecord,
        );
        readers.push(reader);
        readersOf.set(mapping.name, [...(readersOf.get(mapping.name) ?? []), reader]);
        started.set(shardId, reader.run());
      }
      const open = [...started].filter(([shardId]) => checkpoint.at(shardId) !== "end").map(([, run]) => run);
      if (open.length === 0) return;
      // A shard that ends may have children.
      await Promise.race(open);
    }
    await Promise.all(started.values());
  }

  return {
    status: () =>
      [...statuses.values()].map((status) => ({
        ...status,
        behindMs: Math.max(0, ...(readersOf.get(status.name) ?? []).map((reader) => reader.behindMs())),
      })),
    freeze: () => gate.shut(),
    thaw: () => gate.open(),
    async stop(waitMs = 5_000) {
      const asked = Date.now();
      notices.notifyAll();
      while (Date.now() < asked + waitMs && readers.some((reader) => !reader.caughtUp(asked))) await delay(20);
      stopping.abort();
      await noticing;
      if (waitMs > 0) await Promise.race([Promise.allSettled(running), delay(waitMs, undefined, { ref: false })]);
      for (const checkpoint of checkpoints) {
        if (waitMs > 0) checkpoint.flush();
        else checkpoint.abandon();
      }
      for (const one of [streams, clients.sqs, clients.sns, ...lambdas]) one.destroy();
    },
  };
}

async function invokeLambda(
  lambda: Lambda,
  functionName: string,
  payload: string,
  gate: Gate,
  limitMs: number,
): Promise<InvocationAnswer> {
  const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(payload) });
  // A frozen Region responds after it was thawed; a retry before that would do the work twice.
  const { FunctionError: functionError, Payload: answer } = await withinLimit(gate, limitMs, (abortSignal) =>
    lambda.send(command, { abortSignal }),
  );
  return { functionError, payload: Buffer.from(answer ?? []).toString("utf8") };
}

/** Lists the stream's shards; retries until the stream responds or the signal aborts. */
async function listShards(
  streams: DynamoDBStreams,
  mapping: StreamMapping,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Shard[]> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const shards: Shard[] = [];
      let from: string | undefined;
      do {
        const { StreamDescription: description } = await streams.describeStream(
          { StreamArn: mapping.streamArn, ExclusiveStartShardId: from },
          { abortSignal: signal },
        );
        shards.push(...(description?.Shards ?? []));
        from = description?.LastEvaluatedShardId;
      } while (from !== undefined);
      return shards;
    } catch (error) {
      if (failures % 60 === 0 && !signal.aborted)
        log(`${mapping.name}: DescribeStream failed, retrying: ${String(error)}`);
      await delay(500, undefined, { signal }).catch(() => undefined);
    }
  }
  return [];
}
