/**
 * `npm run bench:failover`: downtime of a store in two Regions and delay of its orders, by kind of failure. Clients of the API follow the
 * store's name; beside them a customer at the page, in Chromium, places an order when the Region has failed.
 */
import { rmSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { fastScale } from "../../local/localSettings";
import { startStore } from "../../local/store";
import { launchBrowser } from "../../tests/browser/browser";
import { type DrillFigures, drill, FAILURES, type Failure } from "../../tests/kit/drill/drill";
import { Shopper } from "../../tests/kit/drill/shopper";
import { emptyFolder } from "../folder";
import { PageCustomer } from "./pageCustomer";

const usage = `Usage: npm run bench:failover -- [options]

  --fast             all intervals of detection and failover ${fastScale} times as short; the table says so
  --drills N         of each kind; default 3, with --fast 20
  --failure KIND     ${FAILURES.join(", ")}; may be given more than once; default all
`;

interface Row {
  failure: Failure;
  figures: DrillFigures[];
  /** From the press on "Place order" to the confirmation, milliseconds. */
  pageMs: number[];
  wrong: string[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      fast: { type: "boolean" },
      drills: { type: "string" },
      failure: { type: "string", multiple: true },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const fast = values.fast ?? false;
  const drills = Number(values.drills ?? (fast ? 20 : 3));
  if (!Number.isInteger(drills) || drills < 1)
    throw new RangeError(`--drills is "${values.drills}"; it must be a whole number of at least 1.`);
  const failures = (values.failure ?? FAILURES).map((kind) => {
    const known = FAILURES.find((one) => one === kind);
    if (known === undefined) throw new RangeError(`"${kind}" is no failure; use ${FAILURES.join(", ")}.`);
    return known;
  });

  const rows: Row[] = [];
  for (const failure of failures) {
    const row: Row = { failure, figures: [], pageMs: [], wrong: [] };
    rows.push(row);
    // After the loss of a Region the next drill needs a new store.
    for (let left = drills; left > 0; ) {
      const here = failure === "lose" ? 1 : left;
      await inNewStore(fast, async (one) => {
        for (let drilled = 0; drilled < here; drilled++) {
          const { figures, pageMs, wrong } = await one(failure);
          row.figures.push(figures);
          row.pageMs.push(pageMs);
          row.wrong.push(...wrong);
        }
      });
      left -= here;
    }
  }
  report(rows, fast, drills);
  return rows.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

type OneDrill = (failure: Failure) => Promise<{ figures: DrillFigures; pageMs: number; wrong: string[] }>;

async function inNewStore(fast: boolean, work: (one: OneDrill) => Promise<void>): Promise<void> {
  const dataDir = emptyFolder("failover");
  const started = performance.now();
  const tell = (line: string) =>
    console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const store = await startStore({
    dataDir,
    regions: 2,
    fast,
    port: 0,
    fresh: true,
    pace: { shipmentStepMs: 1_000 },
    onProgress: tell,
  });
  const browser = await launchBrowser();
  try {
    const [primary = ""] = Object.keys(store.regions);
    const shoppers: Shopper[] = [];
    // In sequence, because the sign-in library handles one person at a time.
    for (let count = 0; count < 3; count++) shoppers.push(await Shopper.of(store, primary));
    await work(async (failure) => {
      const limitMs = fast ? 120_000 : 600_000;
      const [first, ...others] = shoppers as [Shopper, ...Shopper[]];
      const atPage = new PageCustomer(browser, store.url, limitMs);
      const { figures, outcomes } = await drill({
        store,
        failure,
        shoppers: [first, ...others],
        limitMs,
        onProgress: tell,
        onRouted: () => atPage.fillCheckout(),
        onFailure: () => atPage.placeOrder(),
      });
      const pageMs = await atPage.confirmed();
      const wrong = outcomes.flatMap(({ orderId, faults }) => faults.map((fault) => `${orderId}: ${fault}`));
      for (const sentence of wrong) tell(`WRONG ${sentence}`);
      tell(JSON.stringify({ ...figures, pageMs }));
      return { figures, pageMs, wrong };
    });
  } finally {
    await browser.close();
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function lagsOf(rows: readonly Row[]): string {
  const lags = rows.flatMap(({ figures }) => figures).map(({ lagMs }) => (lagMs ? `${lagMs.min}–${lagMs.max}` : "?"));
  return [...new Set(lags)].join(", ");
}

function report(rows: readonly Row[], fast: boolean, drills: number): void {
  const seconds = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
    const at = (share: number) => ((known[Math.round((known.length - 1) * share)] ?? Number.NaN) / 1000).toFixed(1);
    return known.length === 0 ? "-" : `${at(0.5)} (${at(0)}–${at(1)})`;
  };
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const lines = [
    `${drills} drills of each kind, ${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.versions.node}`,
    fast
      ? `All intervals of detection and failover are ${fastScale} times as short as on AWS: these are no times of a real failover.`
      : "Real intervals: health checks 10 s × 3, TTL 60 s, rounds of 10 s.",
    `Replication takes ${lagsOf(rows)} ms a change. Seconds after the failure, as median (least–most).`,
    "",
    "| failure | order accepted by the page | by the API | first taken-over order moves | last | taken over | acknowledged | waited for their Region | wrong |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map(({ failure, figures, pageMs, wrong }) =>
      [
        "",
        failure,
        seconds(pageMs),
        seconds(figures.map(({ acceptedAgainMs }) => acceptedAgainMs)),
        seconds(figures.map(({ firstTakenOverMs }) => firstTakenOverMs)),
        seconds(figures.map(({ lastTakenOverMs }) => lastTakenOverMs)),
        total(figures.map(({ takenOver }) => takenOver)),
        total(figures.map(({ orders }) => orders)),
        total(figures.map(({ waited }) => waited)),
        wrong.length,
        "",
      ]
        .join(" | ")
        .trim(),
    ),
  ];
  console.log(lines.join("\n"));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof RangeError ? error.message : error);
    process.exit(1);
  },
);
