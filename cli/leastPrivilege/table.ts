import type { Comparison } from "./compare";
import type { Granted } from "./granted";

/** Formats a comparison: one line per role, then the details. */
export function formatComparison({ functions, idle, clean }: Comparison): string {
  const width = Math.max(8, ...functions.map(({ name }) => name.length));
  const row = (cells: (string | number)[]) =>
    `${String(cells[0]).padEnd(width)}  ${cells
      .slice(1)
      .map((cell) => String(cell).padStart(11))
      .join("  ")}`;
  const lines = [row(["role of", "granted", "used", "by services", "explained", "never used", "refused"])];
  for (const one of functions) {
    const unexplained = one.unused.filter(({ reason }) => reason === undefined);
    const explained = one.unused.length - unexplained.length;
    lines.push(
      row([
        one.name,
        one.used.length + one.usedByService.length + one.unused.length,
        one.used.length,
        one.usedByService.length,
        explained,
        unexplained.length,
        one.refused.length,
      ]),
    );
  }
  lines.push(
    ...section(
      "Used",
      functions.flatMap(({ used }) => byResource(used)),
    ),
    ...section(
      "Used by services of AWS",
      functions.flatMap(({ usedByService }) => byResource(usedByService)),
    ),
  );
  const unused = functions.flatMap(({ unused: all, name }) => all.map((grant) => ({ ...grant, name })));
  const refused = functions.flatMap(({ refused: all, name }) => all.map((refusal) => ({ ...refusal, name })));
  lines.push(
    ...section(
      "Granted and never used",
      unused.filter(({ reason }) => reason === undefined).map((grant) => `${grant.name}: ${inWords(grant)}`),
    ),
    ...section(
      "Refused",
      refused.map(
        ({ name, action, resource, times, reason }) =>
          `${name}: ${action} on ${short(resource)}, ${times === 0 ? "needed and not granted" : `${times} ×`}${reason === undefined ? "" : `: ${reason}`}`,
      ),
    ),
    ...section("Granted, not used, and explained", explainedLines(unused)),
    ...section(
      "Unneeded explanations",
      idle.map(({ name, action }) => `${name ?? "every function"}: ${action}`),
    ),
    "",
    clean
      ? "Every grant is used or explained, and no request was refused without explanation."
      : "The report has findings without explanation.",
  );
  return lines.join("\n");
}

function byResource(grants: Granted[]): string[] {
  return [...Map.groupBy(grants, ({ name, resource }) => `${name}: ${short(resource)}`)].map(
    ([where, same]) => `${where}: ${same.map(({ action }) => action).join(", ")}`,
  );
}

/** Groups by reason, because one reason may apply to every function. */
function explainedLines(unused: (Granted & { reason?: string })[]): string[] {
  const explained = unused.filter(({ reason }) => reason !== undefined);
  return [...Map.groupBy(explained, ({ reason }) => reason)].map(([reason, grants]) => {
    const actions = [...new Set(grants.map(({ action }) => action))].join(", ");
    const names = [...new Set(grants.map(({ name }) => name))];
    return `${actions} (${names.length > 3 ? `${names.length} functions` : names.join(", ")}): ${reason}`;
  });
}

function section(title: string, lines: string[]): string[] {
  return ["", `${title}:${lines.length === 0 ? " none" : ""}`, ...lines.map((line) => `  ${line}`)];
}

const inWords = ({ action, resource }: Granted) => `${action} on ${short(resource)}`;

/** Shortens an ARN by Region and account, which are the same everywhere. */
const short = (arn: string) => arn.replace(/^arn:aws[\w-]*:([^:]*):[^:]*:[^:]*:/, "$1:");
