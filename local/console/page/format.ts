/** Look of a label; a class of page.css. */
export type Look = "good" | "bad" | "busy" | "accent" | "";

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Formats a time of day; nothing for a time that is missing or unreadable. */
export function time(iso: string | undefined): string {
  const date = new Date(iso ?? "");
  return Number.isNaN(date.getTime()) ? "" : clock.format(date);
}

/** Formats milliseconds with the unit that fits: `340 ms`, `2.5 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${minutes} min ${Math.floor(seconds % 60)} s`;
}

/** Formats a count with its noun: `1 order`, `3 orders`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Says how many changes wait for replication. */
export function waitingText({ waiting, behindMs }: { waiting: number; behindMs: number }): string {
  return waiting === 0 ? "nothing" : `${count(waiting, "change")}, oldest ${duration(behindMs)}`;
}

/** Formats a cost in millionths of a dollar: `0.25 µ$`, `25 µ$`, `612 µ$`. */
export function cost(usd: number): string {
  const micros = usd * 1e6;
  return `${micros >= 100 ? Math.round(micros) : Number(micros.toPrecision(2))} µ$`;
}
