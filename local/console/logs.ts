import { ORDER_ID_PATTERN } from "../../domain/order/identity";
import { type Deployment, resourcesOfType } from "../deployment/deployment";
import type { RegionClients } from "./regionClients";
import type { LogLine } from "./state";

const keptLines = 1_000;
const ORDER_IDS = new RegExp(`\\b${ORDER_ID_PATTERN.slice(1, -1)}\\b`, "g");
/** Events may arrive late, so this part is read again; ids remove the repeats. */
const overlapMs = 5_000;

/** Follows the functions' logs. */
export class Logs {
  private lines: LogLine[] = [];
  private readonly known = new Set<string>();
  private readonly since = new Map<string, number>();

  constructor(private readonly regions: readonly RegionClients[]) {}

  /** Reads the latest lines of all functions, newest first. */
  async read(): Promise<LogLine[]> {
    const up = this.regions.filter((region) => region.isUp());
    const added = (await Promise.all(up.map((region) => this.readRegion(region)))).flat();
    if (added.length > 0) {
      this.lines = [...this.lines, ...added].sort((a, b) => b.at.localeCompare(a.at)).slice(0, keptLines);
      const kept = new Set(this.lines.map((line) => line.id));
      for (const id of this.known) if (!kept.has(id)) this.known.delete(id);
    }
    return this.lines;
  }

  private async readRegion(clients: RegionClients): Promise<LogLine[]> {
    const groups = [...functionLogGroups(clients.deployment)];
    return (await Promise.all(groups.map((each) => this.readFunction(clients, each)))).flat();
  }

  private async readFunction(
    { deployment: { region }, logs }: RegionClients,
    [functionName, logGroupName]: [string, string],
  ): Promise<LogLine[]> {
    const key = `${region} ${logGroupName}`;
    const { events = [] } = await logs
      .filterLogEvents({ logGroupName, startTime: this.since.get(key), limit: 200 })
      .catch((error: Error) => {
        // The group is created with the function's first line.
        if (error.name === "ResourceNotFoundException") return { events: [] };
        throw error;
      });
    const last = Math.max(0, ...events.map(({ timestamp = 0 }) => timestamp));
    if (last > 0) this.since.set(key, last - overlapMs);
    return events.flatMap(({ message = "", eventId, timestamp = 0 }): LogLine[] => {
      const text = message.trimEnd();
      const lineId = `${key} ${eventId ?? `${timestamp} ${text}`}`;
      if (text === "" || this.known.has(lineId) || isRuntimeLine(text)) return [];
      this.known.add(lineId);
      const at = new Date(timestamp).toISOString();
      return [
        {
          id: lineId,
          at,
          functionName,
          region,
          level: toLevel(text),
          text: toPlainText(text),
          orderIds: ordersIn(text),
        },
      ];
    });
  }
}

/** Finds the ids of orders that a line names. */
function ordersIn(text: string): string[] {
  return [...new Set(text.match(ORDER_IDS) ?? [])];
}

/** The log group of each function, by its name. */
export function functionLogGroups(deployment: Deployment): Map<string, string> {
  return new Map(
    resourcesOfType(deployment, "aws:lambda/function:Function").map(({ outputs, inputs, id }) => {
      const name = String(outputs["name"] ?? id);
      const config = inputs["loggingConfig"] as { logGroup?: string } | undefined;
      return [name, config?.logGroup ?? `/aws/lambda/${name}`];
    }),
  );
}

/** Lines of the Lambda runtime, and metrics. */
function isRuntimeLine(text: string): boolean {
  return /^(START|END|REPORT|INIT_START)\b/.test(text) || text.startsWith('{"_aws"');
}

export function toLevel(text: string): LogLine["level"] {
  const level = (parseLogRecord(text)?.["level"] ?? "") as string;
  if (/^(error|critical|fatal)$/i.test(level)) return "error";
  if (/^warn/i.test(level)) return "warn";
  if (/^(debug|trace)$/i.test(level)) return "debug";
  if (level !== "") return "info";
  return /\b(Error|ERROR|Exception|Task timed out)\b/.test(text) ? "error" : "info";
}

/** Fields of each structured line that say nothing about the event. */
const hiddenFields = new Set([
  "message",
  "level",
  "timestamp",
  "service",
  "xray_trace_id",
  "function_arn",
  "function_name",
  "function_memory_size",
  "cold_start",
  "sampling_rate",
]);

/** Formats a structured line as its message followed by its fields. */
export function toPlainText(text: string): string {
  const record = parseLogRecord(text);
  if (!record) return text;
  const fields = Object.entries(record)
    .filter(([name]) => !hiddenFields.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [String(record["message"] ?? ""), ...fields].join("  ");
}

export function parseLogRecord(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
