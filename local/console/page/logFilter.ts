import type { LogLine } from "../state";

/** Filter of the log lines. An empty text matches all. */
export interface LogFilter {
  /** Words that a line contains. */
  text: string;
  /** Name in `LEVELS`. */
  level: string;
  functionName: string;
  region: string;
  /** Beginning of an order's id. */
  order: string;
}

export const NO_FILTER: LogFilter = { text: "", level: "", functionName: "", region: "", order: "" };

/** Levels that each choice lets through. */
export const LEVELS: Record<string, readonly LogLine["level"][]> = {
  "warnings and errors": ["warn", "error"],
  errors: ["error"],
};

/** Returns the lines that a filter lets through. */
export function filterLines(lines: readonly LogLine[], filter: LogFilter): LogLine[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const order = filter.order.trim();
  return lines.filter(({ level, functionName, region, text, orderIds }) => {
    if (filter.level !== "" && LEVELS[filter.level]?.includes(level) !== true) return false;
    if (filter.functionName !== "" && functionName !== filter.functionName) return false;
    if (filter.region !== "" && region !== filter.region) return false;
    if (order !== "" && !orderIds.some((id) => id.startsWith(order))) return false;
    const content = `${functionName} ${text}`.toLowerCase();
    return words.every((word) => content.includes(word));
  });
}
