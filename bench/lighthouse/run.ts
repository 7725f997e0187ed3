/** `npm run bench:lighthouse`: scores of the landing page, a search and a product's page on Lighthouse's simulated phone. */
import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startStore } from "../../local/store";
import { emptyFolder } from "../folder";
import { count, machine, median, run, table } from "../table";
import { faultsOf, GOALS, keeps } from "./goals";
import { type Lighthouse, loadLighthouse, type Report } from "./install";

const usage = `Usage: npm run bench:lighthouse -- [options]

  --runs N    measurements of each page, of which the median counts; default 3
  --faults    print the audits that cost points as well
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "3" },
      faults: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const runs = count("--runs", values.runs);
  const lighthouse = await loadLighthouse();
  const heading = machine();
  const data = emptyFolder("lighthouse");
  const store = await startStore({ dataDir: data, fresh: true, port: 0, edgeCache: true });
  try {
    const productId = await firstKettle(store.url);
    const pages = { landing: "/", search: "/?q=kettle", product: `/products/${productId}` };
    const rows: string[][] = [];
    for (const [name, path] of Object.entries(pages)) {
      const reports = await measure(lighthouse, store.url + path, runs);
      rows.push([name, ...GOALS.map((goal) => figureOf(goal, reports))]);
      if (values.faults) console.log(`${name}:\n${faultsOf(reports.at(-1)!).join("\n")}\n`);
    }
    const goals = GOALS.map(({ limit, isLeast }) => `${isLeast ? "≥" : "≤"} ${limit}`);
    console.log(`${heading}; median of ${runs}, on the simulated phone.\n`);
    console.log(table(["page", ...GOALS.map(({ what }) => what)], [["goal", ...goals], ...rows]));
  } finally {
    await store.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

function figureOf(goal: (typeof GOALS)[number], reports: readonly Report[]): string {
  const figure = median(reports.map((report) => goal.read(report)));
  const text = figure.toFixed(goal.digits);
  return keeps(goal, figure) ? text : `**${text}**`;
}

/** Measures a page with an empty browser each time. */
async function measure({ launch, measure: measureOnce }: Lighthouse, url: string, runs: number): Promise<Report[]> {
  const chromePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(chromePath)) throw new Error(`${chromePath} does not exist. Install Chromium, or set CHROMIUM.`);
  const reports: Report[] = [];
  // The first visit fills the caches of the functions and does not count.
  for (let turn = 0; turn <= runs; turn++) {
    const browser = await launch({ chromePath, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
    try {
      const report = await measureOnce(url, browser.port);
      if (turn > 0) reports.push(report);
    } finally {
      browser.kill();
    }
  }
  return reports;
}

/** Waits for the index, which follows the catalogue by about a second. */
async function firstKettle(url: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${url}/api/catalogue/search?q=kettle`);
    const { products = [] } = answer.ok ? ((await answer.json()) as { products: { productId: string }[] }) : {};
    if (products[0]) return products[0].productId;
    await sleep(200);
  }
  throw new Error("Search finds no kettle in the sample catalogue within a minute.");
}

run(main);
