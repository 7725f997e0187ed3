import { isCancelled, isFinal } from "../domain/order/status";
import { askConsole } from "../local/console/client";
import type { OrderTimeline, TimelineEntry } from "../local/console/orders/timeline";
import { runCommand } from "./runCommand";

const usage = `Usage: npm run orders -- COMMAND

  show ID         everything that happened to an order of the running local store, in the order of time

  --all           adds requests and log lines of each function's call
  --json          prints the timeline for scripts
  --data FOLDER   data folder of the store, as given to npm start
`;

const options = { data: { type: "string" }, json: { type: "boolean" }, all: { type: "boolean" } } as const;

async function main(
  values: { data?: string; json?: boolean; all?: boolean },
  [command, orderId, ...rest]: string[],
): Promise<void> {
  if (command !== "show" || orderId === undefined || rest.length > 0)
    throw new Error('Give the id of an order: "npm run orders -- show ID".');
  const timeline = (await askConsole(values.data, `/orders/${encodeURIComponent(orderId)}`)) as OrderTimeline;
  console.log(values.json ? JSON.stringify(timeline, null, 2) : formatTimeline(timeline, values.all));
}

/**
 * Formats a timeline for a terminal: one line an entry, with the seconds since the first one.
 *
 * @param withParts adds requests and log lines of each function's call.
 */
export function formatTimeline({ orderId, status, entries, usd, missing }: OrderTimeline, withParts = false): string {
  const start = Date.parse(entries[0]?.at ?? "");
  const line = ({ at, endAt, region = "outside", title, detail, hasFailed, isOpen }: TimelineEntry, indent = "") => {
    const offset = `+${((Date.parse(at) - start) / 1_000).toFixed(2)}`.padStart(8);
    const took = endAt ? ` (${Date.parse(endAt) - Date.parse(at)} ms)` : isOpen ? " (not ended)" : "";
    const mark = hasFailed ? "!" : " ";
    return `${offset} s ${mark} ${indent}${region.padEnd(10)} ${title}${took}${detail ? `  ${detail}` : ""}`;
  };
  const end = isCancelled(status) ? "cancelled" : isFinal(status) ? "finished" : "in progress";
  return [
    `Order ${orderId}: ${status}, ${end}`,
    ...entries.flatMap((entry) => [
      line(entry),
      ...(withParts ? (entry.parts ?? []).map((part) => line(part, "    ")) : []),
    ]),
    `Cost of these steps on AWS, at list prices: ${(usd * 1_000).toFixed(4)} USD for 1,000 such orders`,
    ...missing,
  ].join("\n");
}

if (require.main === module) runCommand({ usage, options }, main);
