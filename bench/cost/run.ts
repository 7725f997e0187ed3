import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ASSUMED, PRICES, PRICES_AS_OF } from "../../local/aws/prices";
import { machine, table } from "../table";
import { costOf, fixedMonth, gbSeconds, sum, sumOf, wallGbSeconds } from "./bill";
import { type Counted, countOrders } from "./count";
import { FIXED } from "./fixed";

const usage = `Usage: npm run bench:cost -- [options]

Counts the calls of an order's life, and computes their cost and the month's bill.

  --orders N,N       orders of each run; default 10,1000; ten thousand take half an hour
  --gather SECONDS   one mail for the changes of an order within that time; default 3, for the parcel's
                     steps of a few seconds; 0: a mail for each
  --json FILE        writes what was counted to FILE
  --from FILE        adds what an earlier run wrote; may be given more than once
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      orders: { type: "string", default: "10,1000" },
      gather: { type: "string", default: "3" },
      json: { type: "string" },
      from: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const sizes = values.orders.split(",").map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new RangeError(`--orders is "${values.orders}"; it must be whole numbers of at least 1, such as 10,1000.`);
  const heading = machine();
  const runs: Counted[] = [];
  const gatherSeconds = Number(values.gather);
  if (!Number.isInteger(gatherSeconds) || gatherSeconds < 0)
    throw new RangeError(`--gather is "${values.gather}"; it must be a whole number of seconds, such as 3.`);
  for (const size of sizes) runs.push(await countOrders(size, { gatherSeconds, say: (what) => console.error(what) }));
  if (values.json) writeFileSync(values.json, JSON.stringify(runs, undefined, 2));
  runs.push(...values.from.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as Counted[]));
  runs.sort((one, other) => one.orders - other.orders);

  console.log(heading);
  console.log(`Prices of ${PRICES_AS_OF}, us-east-1.\n`);
  const [first] = runs;
  const perOrder = (what: string, of: (run: Counted) => number) => [
    what,
    ...runs.map((run) => two(of(run) / run.orders)),
  ];
  printTable(
    ["an order's life", ...runs.map(({ orders }) => `${orders} orders`)],
    [
      perOrder("workflow transitions", ({ states }) => sum(states, (times) => times)),
      ...actionsOf(runs).map((action) => perOrder(action, ({ calls }) => calls[action] ?? 0)),
      ...functionsOf(runs).map((name) => perOrder(`calls of ${name}`, ({ functions }) => functions[name]?.calls ?? 0)),
      ...tablesOf(runs).map((name) => perOrder(`write units of ${name}`, ({ tables }) => tables[name]?.write ?? 0)),
      perOrder("write units of indexes", ({ tables }) => sum(tables, ({ index }) => index)),
      perOrder("read units", ({ tables }) => sum(tables, ({ read }) => read)),
      perOrder("requests to payment and shipping providers", ({ providerCalls }) => providerCalls),
      perOrder("log, bytes", ({ functions }) => sum(functions, ({ logBytes }) => logBytes)),
      perOrder("processor time of functions, ms", ({ functions }) => sum(functions, ({ processorMs }) => processorMs)),
      ["GB-s as on Lambda", ...runs.map((run) => gbSeconds(run, 1).toFixed(3))],
      ["GB-s by the clock, here", ...runs.map((run) => wallGbSeconds(run).toFixed(3))],
      perOrder("bytes of items that stay", ({ itemBytes }) => itemBytes),
      perOrder("bytes of its invoice", ({ invoiceBytes }) => invoiceBytes),
      ["in the other Region: calls of its dispatcher", ...runs.map((run) => two(peerCalls(run)))],
      [
        "in the other Region: read units",
        ...runs.map(({ peer }) => two(sum(peer.tables, ({ read }) => read) / peer.orders)),
      ],
    ],
  );
  printTable(
    ["this machine", ...runs.map(({ orders }) => `${orders} orders`)],
    [
      ["seconds", ...runs.map(({ seconds }) => seconds.toFixed(0))],
      ["orders a minute, delivered", ...runs.map(({ orders, seconds }) => String(Math.round((orders / seconds) * 60)))],
      ...(["emulator", "functions", "driver"] as const).map((part) =>
        perOrder(`processor time of the ${part}, ms`, ({ processor }) => processor[part] * 1_000),
      ),
      ["cold starts", ...runs.map(({ functions }) => String(sum(functions, ({ cold }) => cold)))],
      ["failed calls", ...runs.map(({ functions }) => String(sum(functions, ({ failed }) => failed)))],
    ],
  );
  const largest = runs.at(-1) ?? first!;
  const lines = costOf(largest, 2);
  printTable(
    [`an order in two Regions (of ${largest.orders})`, "per order", "USD for 1,000"],
    [
      ...lines.map(({ what, perOrder, usd }) => [what, two(perOrder), (usd * 1_000).toFixed(4)]),
      ["**together**", "", `**${(sumOf(lines) * 1_000).toFixed(4)}**`],
      ["without mails", "", ((sumOf(lines) - (lines[0]?.usd ?? 0)) * 1_000).toFixed(4)],
      ["text messages (United States), if wanted", two(textMessages(largest)), textPrice(largest)],
    ],
  );
  console.log(
    `GB-s as on Lambda: processor time of the functions' processes at ${ASSUMED.processorMb} MB a processor, and for each call of AWS ${ASSUMED.awsCallMs} ms and of a provider ${ASSUMED.providerCallMs} ms of waiting.\n`,
  );
  printTable(
    ["fixed, a Region and month", "USD"],
    [
      ...Object.entries(FIXED.region).map(([what, usd]) => [what, usd.toFixed(2)]),
      ["**together**", `**${sum(FIXED.region, (usd) => usd).toFixed(2)}**`],
      ...Object.entries(FIXED.both).map(([what, usd]) => [`${what} (once)`, usd.toFixed(2)]),
    ],
  );
  printTable(
    ["orders a day", "one Region, USD a month", "two Regions", "two, of which fixed"],
    [1_000, 100_000, 10_000_000].map((aDay) => {
      const month = (regions: 1 | 2) => fixedMonth(regions) + sumOf(costOf(largest, regions)) * aDay * 30;
      return [aDay.toLocaleString("en"), dollars(month(1)), dollars(month(2)), dollars(fixedMonth(2))];
    }),
  );
}

const namesOf = (runs: Counted[], of: (run: Counted) => Record<string, unknown>) =>
  [...new Set(runs.flatMap((run) => Object.keys(of(run))))].sort();
const actionsOf = (runs: Counted[]) =>
  namesOf(runs, ({ calls }) => calls).filter((action) =>
    runs.some(({ calls, orders }) => (calls[action] ?? 0) / orders >= 0.01),
  );
const functionsOf = (runs: Counted[]) => namesOf(runs, ({ functions }) => functions);
const tablesOf = (runs: Counted[]) =>
  namesOf(runs, ({ tables }) => tables).filter((name) => runs.some(({ tables }) => (tables[name]?.write ?? 0) > 0));
const peerCalls = ({ peer }: Counted) => sum(peer.functions, ({ calls }) => calls) / peer.orders;
/** One for each mail, if the store sends them; they are off by default, and off here. */
const textMessages = ({ calls, orders }: Counted) => (calls["ses:SendEmail"] ?? 0) / orders;
const textPrice = (run: Counted) => (textMessages(run) * PRICES.textMessage * 1_000).toFixed(2);
const two = (number: number) => number.toFixed(2);
const dollars = (usd: number) => Math.round(usd).toLocaleString("en");

const printTable = (head: string[], rows: string[][]) => console.log(`${table(head, rows)}\n`);

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
