import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { effectiveItem, type OrderItem } from "../../../domain/order";
import type { Arrival } from "../../aws/replication";
import type { FunctionCall } from "../../aws/traces";
import type { Incident } from "../../chaos";
import { resourcesOfType } from "../../deployment/deployment";
import type { Call } from "../../providers";
import { functionLogGroups, parseLogRecord, toLevel, toPlainText } from "../logs";
import { readMessages } from "../messages";
import type { RegionClients } from "../regionClients";
import { readCostFacts } from "./cost";
import { listExecutions, toOrderId } from "./executions";
import { newestCopies, orderTables } from "./orders";
import {
  assembleTimeline,
  type ExecutionRun,
  type OrderTimeline,
  type TimelineSources,
  type TracedLine,
} from "./timeline";
import { readWorkflow } from "./workflow";
import type { OrderWrite } from "./writes";

/** Records that the store keeps outside its Regions. */
export interface OrderRecordSources {
  callsOf(orderId: string): FunctionCall[];
  arrivalsOf(orderId: string): readonly Arrival[];
  /** Items of the order before and after each write. */
  writesOf(orderId: string): readonly OrderWrite[];
  providerCalls(): readonly Call[];
  incidents(): readonly Incident[];
  /** Actions of the console on the order. */
  actionsOf(orderId: string): readonly Incident[];
}

type RegionRecords = Pick<TimelineSources, "items" | "runs" | "lines" | "messages">;

/** Orders whose last known records are kept for Regions that do not answer. */
const KEPT_ORDERS = 50;

/** Reads the timelines of orders. */
export class OrderTimelines {
  /** Last known records by order and Region, so that those of a Region that dies stay visible. */
  private readonly known = new Map<string, Map<string, RegionRecords>>();

  constructor(
    private readonly regions: readonly RegionClients[],
    private readonly sources: OrderRecordSources,
  ) {}

  /** Items of an order, the effective one first; none if no Region that answers has the order. */
  async items(orderId: string): Promise<OrderItem[]> {
    const items = newestCopies((await this.readAll(orderId)).flat());
    const effective = effectiveItem(items);
    return items.sort((a, b) => Number(b === effective) - Number(a === effective));
  }

  /** Returns the ids of the orders that a Region has. */
  async stored(orderIds: readonly string[]): Promise<string[]> {
    const found = await Promise.all(
      orderIds.map(async (orderId) => ((await this.readAll(orderId)).flat().length > 0 ? [orderId] : [])),
    );
    return found.flat();
  }

  private async readAll(orderId: string): Promise<OrderItem[][]> {
    const up = this.regions.filter((region) => region.isUp());
    return await Promise.all(up.map((region) => this.readItems(region, orderId).catch(() => [])));
  }

  /** @returns undefined if no Region has the order. */
  async read(orderId: string): Promise<OrderTimeline | undefined> {
    const calls = this.sources.callsOf(orderId);
    const names = new Map(
      this.regions.flatMap(({ deployment }) =>
        resourcesOfType(deployment, "aws:lambda/function:Function").map(({ outputs, id, name }) => [
          String(outputs["name"] ?? id),
          name.replace(/-function$/, ""),
        ]),
      ),
    );
    const known = this.known.get(orderId) ?? new Map<string, RegionRecords>();
    const missing: string[] = [];
    await Promise.all(
      this.regions.map(async (region) => {
        const name = region.deployment.region;
        const records = region.isUp() && (await this.readRegion(region, orderId, calls).catch(() => undefined));
        if (records) known.set(name, records);
        else
          missing.push(
            known.has(name)
              ? `${name} does not answer: its items, workflow, logs and messages are as it last answered.`
              : `${name} does not answer: its items, workflow, logs and messages are missing.`,
          );
      }),
    );
    const records = [...known.values()];
    const timeline = assembleTimeline(orderId, {
      items: newestCopies(records.flatMap(({ items }) => items)),
      runs: records.flatMap(({ runs }) => runs),
      lines: records.flatMap(({ lines }) => lines),
      messages: records.flatMap(({ messages }) => messages),
      calls: calls.map((call) => ({ ...call, functionName: names.get(call.functionName) ?? call.functionName })),
      incidents: this.sources.incidents(),
      actions: this.sources.actionsOf(orderId),
      writes: this.sources.writesOf(orderId),
      workflow: readWorkflow(this.regions.map(({ deployment }) => deployment)),
      arrivals: this.sources.arrivalsOf(orderId),
      providerCalls: this.sources.providerCalls().filter((call) => call.orderId === orderId),
      costs: readCostFacts(this.regions.map(({ deployment }) => deployment)),
    });
    if (timeline === undefined) return undefined;
    this.known.set(orderId, known);
    const [oldest] = this.known.keys();
    if (this.known.size > KEPT_ORDERS && oldest !== undefined) this.known.delete(oldest);
    return { ...timeline, missing };
  }

  private async readRegion(
    region: RegionClients,
    orderId: string,
    calls: readonly FunctionCall[],
  ): Promise<RegionRecords> {
    const [items, runs, lines, messages] = await Promise.all([
      this.readItems(region, orderId),
      readRuns(region, orderId),
      readLines(
        region,
        calls.filter((call) => call.region === region.deployment.region),
      ),
      readMessages(region),
    ]);
    return { items, runs, lines, messages: messages.filter(({ text }) => text.includes(orderId)) };
  }

  private async readItems({ deployment, dynamo }: RegionClients, orderId: string): Promise<OrderItem[]> {
    // The secondary's stack has no table of its own; it uses the primary's.
    const [tables = []] = [deployment, ...this.regions.map((region) => region.deployment)]
      .map(orderTables)
      .filter((names) => names.length > 0);
    const pages = await Promise.all(
      tables.map((TableName) =>
        dynamo.query({
          TableName,
          KeyConditionExpression: "orderId = :id",
          ExpressionAttributeValues: { ":id": orderId },
        }),
      ),
    );
    return pages.flatMap(({ Items = [] }) => Items as OrderItem[]).filter(({ kind }) => kind === "order");
  }
}

async function readRuns(region: RegionClients, orderId: string): Promise<ExecutionRun[]> {
  const listed = (await listExecutions(region)).filter(({ name }) => toOrderId(name) === orderId);
  return await Promise.all(
    listed.map(async ({ executionArn, name = "", status = "RUNNING" }) => {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await region.sfn.getExecutionHistory({ executionArn, maxResults: 1_000, nextToken });
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return { name, region: region.deployment.region, status, ...toStates(events) };
    }),
  );
}

/** Finds the states of a history. The order's workflow has no parallel states: a state ends before the next one begins. */
export function toStates(events: readonly HistoryEvent[]): Pick<ExecutionRun, "states" | "error"> {
  const states: ExecutionRun["states"] = [];
  let error: string | undefined;
  for (const event of events.toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0))) {
    const at = event.timestamp?.toISOString() ?? "";
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) states.push({ name: entered, at, errors: [] });
    const current = states.at(-1);
    if (event.stateExitedEventDetails && current) current.endAt = at;
    const { resource = "" } = event.taskScheduledEventDetails ?? {};
    if (resource.includes("waitForTaskToken") && current) current.isWaiting = true;
    const failed =
      event.taskFailedEventDetails ?? event.lambdaFunctionFailedEventDetails ?? event.taskTimedOutEventDetails;
    if (failed) current?.errors.push(failed.error ?? "an error without a name");
    const ended = event.executionFailedEventDetails ?? event.executionAbortedEventDetails;
    if (ended) error = [ended.error, ended.cause].filter(Boolean).join(": ");
  }
  return { states, error };
}

/** Clocks of a function's log and of its trace may differ by some milliseconds. */
const SLACK_MS = 1_000;

/** Reads the log lines of function calls: one request for each function. */
async function readLines({ deployment, logs }: RegionClients, calls: readonly FunctionCall[]): Promise<TracedLine[]> {
  const groups = functionLogGroups(deployment);
  const byFunction = Map.groupBy(calls, ({ functionName }) => functionName);
  const lines = await Promise.all(
    [...byFunction].map(async ([functionName, own]) => {
      const ids = new Set(own.map(({ traceId }) => traceId));
      const logGroupName = groups.get(functionName);
      if (logGroupName === undefined) return [];
      const { events = [] } = await logs.filterLogEvents({
        logGroupName,
        startTime: Date.parse(own[0]!.at) - SLACK_MS,
        endTime: Math.max(...own.map(({ at, endAt }) => Date.parse(endAt ?? at))) + SLACK_MS,
        limit: 1_000,
      });
      return events.flatMap(({ message = "", timestamp = 0 }): TracedLine[] => {
        const record = parseLogRecord(message);
        const traceId = String(record?.["xray_trace_id"] ?? "");
        if (!ids.has(traceId)) return [];
        const at = String(record?.["timestamp"] ?? new Date(timestamp).toISOString());
        return [{ traceId, at, level: toLevel(message), text: toPlainText(message) }];
      });
    }),
  );
  return lines.flat();
}
