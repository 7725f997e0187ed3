/** `npm run fuzz`: generated requests to both APIs of a store of its own. */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { startStore } from "../../../local/store";
import { Shopper } from "../drill/shopper";
import { temporaryFolder } from "../temporaryFolder";
import { fuzz } from "./fuzz";

const usage = `Usage: npm run fuzz -- [options]

  --requests N   number of requests, 3,000 by default
  --seed N       makes the same requests as an earlier run; by default a new one, which is printed
  --only N       sends only the request of this number, as a report names it
  --regions 1|2  the store's Regions, 2 by default
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      requests: { type: "string", default: "3000" },
      seed: { type: "string" },
      only: { type: "string" },
      regions: { type: "string", default: "2" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const requests = toNumber("requests", values.requests);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : toNumber("seed", values.seed);
  const only = values.only === undefined ? undefined : toNumber("only", values.only);
  if (values.regions !== "1" && values.regions !== "2")
    throw new Error(`--regions is "${values.regions}": give 1 or 2.`);
  console.log(`Seed ${seed}`);

  const dataDir = temporaryFolder("stayopen-fuzz");
  const regions = values.regions === "2" ? 2 : 1;
  const store = await startStore({ dataDir, regions, fast: true, port: 0, fresh: true });
  try {
    const shopper = await Shopper.of(store, Object.keys(store.regions)[0]!);
    const onProgress = (line: string) => console.log(line);
    const { statuses, accepted, faults } = await fuzz({ store, shopper, requests, seed, only, onProgress });
    console.log(`Answers by status: ${JSON.stringify(statuses)}. Accepted at least once: ${accepted.join(", ")}`);
    for (const fault of faults) console.log(fault);
    console.log(`${faults.length} faults`);
    process.exitCode = faults.length > 0 ? 1 : 0;
  } finally {
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function toNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} is "${text}": give a whole number.`);
  return Number(text);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
