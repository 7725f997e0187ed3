/**
 * First and last moment of a day where the merchandiser is. A day on which the clock changes has 23 or 25 hours.
 *
 * @example
 * toRange("2026-11-30"); // in Berlin { from: "2026-11-29T23:00:00.000Z", until: "2026-11-30T22:59:59.999Z" }
 */
export function toRange(day: string): { from: string; until: string } {
  const from = new Date(`${day}T00:00`);
  const next = new Date(from);
  next.setDate(next.getDate() + 1);
  return { from: from.toISOString(), until: new Date(next.getTime() - 1).toISOString() };
}
