import type { Report } from "./install";

/** A figure of a page, and its goal. */
interface Goal {
  what: string;
  read(report: Report): number;
  /** The most, or the least with `isLeast`. */
  limit: number;
  isLeast?: boolean;
  digits: number;
}

const score = (category: string) => (report: Report) => Math.round((report.categories[category]?.score ?? 0) * 100);
const value = (audit: string) => (report: Report) => report.audits[audit]?.numericValue ?? Number.NaN;

/** Goals of landing page, search and product. */
export const GOALS: readonly Goal[] = [
  { what: "performance", read: score("performance"), limit: 95, isLeast: true, digits: 0 },
  { what: "accessibility", read: score("accessibility"), limit: 100, isLeast: true, digits: 0 },
  { what: "best practices", read: score("best-practices"), limit: 100, isLeast: true, digits: 0 },
  { what: "SEO", read: score("seo"), limit: 100, isLeast: true, digits: 0 },
  { what: "layout shift", read: value("cumulative-layout-shift"), limit: 0.02, digits: 3 },
  {
    what: "largest paint, s",
    read: (report) => value("largest-contentful-paint")(report) / 1_000,
    limit: 1.5,
    digits: 2,
  },
  { what: "JavaScript, KB", read: (report) => scriptBytes(report) / 1_024, limit: 70, digits: 1 },
];

/** Compressed bytes of all scripts, headers included. */
function scriptBytes({ audits }: Report): number {
  const requests = (audits["network-requests"]?.details?.items ?? []) as {
    resourceType?: string;
    transferSize: number;
  }[];
  return requests
    .filter(({ resourceType }) => resourceType === "Script")
    .reduce((sum, { transferSize }) => sum + transferSize, 0);
}

export const keeps = ({ limit, isLeast }: Goal, figure: number): boolean =>
  isLeast ? figure >= limit : figure <= limit;

/** Names the audits that cost points, with their titles. */
export function faultsOf({ audits }: Report): string[] {
  return Object.entries(audits)
    .filter(([, { score: points }]) => points !== null && points < 0.9)
    .map(([name, { title }]) => `${name}: ${title}`);
}
