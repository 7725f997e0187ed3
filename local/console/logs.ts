import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { resourcesOfType } from "../deployment/deployment";
import type { RegionClients } from "./regionClients";
import type { LogLine } from "./state";

const keptLines = 400;
/** Events may arrive a little late; ids tell what is known already. */
const overlapMs = 5_000;

/** Follows the functions' logs. */
export class Logs {
  private lines: LogLine[] = [];
  private readonly known = new Set<string>();
  private readonly since = new Map<string, number>();

  constructor(private readonly regions: readonly RegionClients[]) {}

  /** The last lines of all functions, newest first. */
  async read(): Promise<LogLine[]> {
    const up = this.regions.filter((region) => region.isUp());
    const fresh = (await Promise.all(up.map((region) => this.readRegion(region)))).flat();
    if (fresh.length > 0) {
      this.lines = [...this.lines, ...fresh].sort((a, b) => b.at.localeCompare(a.at)).slice(0, keptLines);
      const shown = new Set(this.lines.map((line) => line.id));
      for (const id of this.known) if (!shown.has(id)) this.known.delete(id);
    }
    return this.lines;
  }

  private async readRegion({ deployment, logs }: RegionClients): Promise<LogLine[]> {
    const functions = resourcesOfType(deployment, "aws:lambda/function:Function");
    const lists = await Promise.all(
      functions.map(async ({ outputs, inputs, id }) => {
        const functionName = String(outputs["name"] ?? id);
        const config = inputs["loggingConfig"] as { logGroup?: string } | undefined;
        const logGroupName = config?.logGroup ?? `/aws/lambda/${functionName}`;
        const key = `${deployment.region} ${logGroupName}`;
        const events = await logs
          .send(new FilterLogEventsCommand({ logGroupName, startTime: this.since.get(key), limit: 200 }))
          .then(
            (page) => page.events ?? [],
            (error: Error) => {
              if (error.name === "ResourceNotFoundException") return [];
              throw error;
            },
          );
        const last = events.reduce((latest, event) => Math.max(latest, event.timestamp ?? 0), 0);
        if (last > 0) this.since.set(key, last - overlapMs);
        return events.flatMap((event): LogLine[] => {
          const text = (event.message ?? "").trimEnd();
          const lineId = event.eventId ?? `${event.timestamp} ${text}`;
          const lineKey = `${key} ${lineId}`;
          if (text === "" || this.known.has(lineKey) || isRuntimeNoise(text)) return [];
          this.known.add(lineKey);
          const at = new Date(event.timestamp ?? 0).toISOString();
          return [
            { id: lineKey, at, functionName, region: deployment.region, level: levelOf(text), text: plainText(text) },
          ];
        });
      }),
    );
    return lists.flat();
  }
}

/** Lambda's own lines, and metrics, say nothing to a reader of logs. */
function isRuntimeNoise(text: string): boolean {
  return /^(START|END|REPORT|INIT_START)\b/.test(text) || text.startsWith('{"_aws"');
}

function levelOf(text: string): LogLine["level"] {
  const level = (structured(text)?.["level"] ?? "") as string;
  if (/^(error|critical|fatal)$/i.test(level)) return "error";
  if (/^warn/i.test(level)) return "warn";
  if (/^(debug|trace)$/i.test(level)) return "debug";
  if (level !== "") return "info";
  return /\b(Error|ERROR|Exception|Task timed out)\b/.test(text) ? "error" : "info";
}

/** A structured line as a sentence with its particulars behind it. */
function plainText(text: string): string {
  const record = structured(text);
  if (!record) return text;
  const { message, level: _level, timestamp: _at, service: _service, ...rest } = record;
  for (const name of [
    "xray_trace_id",
    "function_arn",
    "function_name",
    "function_memory_size",
    "cold_start",
    "sampling_rate",
  ]) {
    delete rest[name];
  }
  const particulars = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [String(message ?? ""), ...particulars].join("  ");
}

function structured(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
