import type { Sample } from "../../pulse";
import type { ConsoleState } from "../../state";
import { count, duration, type Look } from "../format";

/** State of the store in words. */
export interface Verdict {
  look: Look;
  /** One short sentence. */
  title: string;
  /** Further sentences: the reasons. */
  reasons: string[];
}

/** An order that has not ended after this time is mentioned; longer than the longest wait of an undisturbed local order. */
const OLD_ORDER_MS = 10 * 60_000;
/** Requests are slow beyond this, if there are enough of them to judge. */
const SLOW_MS = 3_000;
const MANY = 10;
/** Changes that wait longer than this are mentioned; an undisturbed link is below two seconds. */
const LATE_MS = 10_000;

/** Judges the store by what the console knows. */
export function verdictOf({
  regions: view,
  pulse = {},
  providers,
}: Partial<Pick<ConsoleState, "regions" | "pulse" | "providers">>): Verdict {
  if (!view) return { look: "", title: "Reading the state of the store…", reasons: [] };
  const { regions, link, names = [] } = view;
  const up = regions.filter(({ state, up }) => state === "up" && up);
  const down = regions.filter((region) => !up.includes(region));
  const words = down.map(({ region, state }) => `${region} ${state === "up" ? "does not answer" : `is ${state}`}`);
  if (up.length === 0)
    return { look: "bad", title: "The store is closed.", reasons: [`${sentence(words)} Bring a Region back.`] };

  const serving = up.map(({ region }) => region).join(" and ");
  const misled = names.filter(
    ({ name, answeredBy }) =>
      !isOwnName(name, regions) && answeredBy.some((one) => down.some(({ region }) => region === one)),
  );
  const problems: { look: Look; text: string }[] = [];
  if (down.length > 0) problems.push({ look: "busy", text: sentence(words) });
  if (misled.length > 0)
    problems.push({
      look: "busy",
      text: "Some names still lead to it: pages move to the other Region by themselves, DNS follows after its health checks fail.",
    });
  if (link?.isCut)
    problems.push({
      look: "busy",
      text: "The link between the Regions is cut: each works alone and takes over the other's orders.",
    });
  for (const system of ["payment", "shipping"] as const) {
    const outages = (providers?.faults ?? []).filter((fault) => fault.system === system && fault.left === "always");
    if (outages.length > 0)
      problems.push({ look: "busy", text: `The ${system} provider has faults: orders wait and are retried.` });
  }
  if (providers?.holds.all) problems.push({ look: "busy", text: "All parcels are held." });
  const latest = up.flatMap(({ region }) => {
    const sample = pulse[region]?.at(-1);
    return sample ? [{ region, sample }] : [];
  });
  for (const { region, sample } of latest) problems.push(...problemsOf(region, sample));

  const reasons = problems.map(({ text }) => text);
  const isBad = problems.some(({ look }) => look === "bad");
  if (down.length > 0 || link?.isCut)
    return {
      look: isBad ? "bad" : "busy",
      title: `The store is open: ${serving} ${up.length > 1 ? "serve" : "serves"} customers.`,
      reasons,
    };
  if (problems.length > 0) return { look: isBad ? "bad" : "busy", title: "The store is open, with trouble.", reasons };
  return {
    look: "good",
    title: regions.length > 1 ? "All is well: the store is open in both Regions." : "All is well: the store is open.",
    reasons: [],
  };
}

/** A Region's own names, such as `orders-us-east-1.api…`, always lead to it. */
export const isOwnName = (name: string, regions: readonly { region: string }[]) =>
  regions.some(({ region }) => name.includes(region));

function problemsOf(region: string, sample: Sample): { look: Look; text: string }[] {
  const problems: { look: Look; text: string }[] = [];
  if (sample.failed > 0 && sample.requests > 0) {
    const share = Math.round((100 * sample.failed) / sample.requests);
    problems.push({ look: share > 20 ? "bad" : "busy", text: `${region} fails ${share} % of its requests.` });
  }
  if (sample.answered >= MANY && (sample.p95 ?? 0) > SLOW_MS)
    problems.push({
      look: "busy",
      text: `${region} is slow: 5 % of requests take ${duration(sample.p95!)} or longer.`,
    });
  if ((sample.replicationMs ?? 0) > LATE_MS)
    problems.push({
      look: "busy",
      text: `Changes from the other Region reach ${region} ${duration(sample.replicationMs!)} late.`,
    });
  if ((sample.oldestOpenMs ?? 0) > OLD_ORDER_MS)
    problems.push({ look: "busy", text: `An order in ${region} has not ended for ${duration(sample.oldestOpenMs!)}.` });
  if (sample.deadLetters > 0)
    problems.push({
      look: "bad",
      text: `${region} has ${count(sample.deadLetters, "dead-letter message")}: see Queues.`,
    });
  return problems;
}

const sentence = (parts: readonly string[]) => `${parts.join(", and ")}.`;
