import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { costOf, fixedMonth, sumOf } from "./bill";
import { type Counted, countOrders } from "./count";
import { FIXED, PRICES, PRICES_AS_OF } from "./prices";

/** `npm run bench:cost -- --orders 10,1000`: calls and cost of an order's life, and the month's bill. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { orders: { type: "string", default: "10,1000" }, json: { type: "string" } },
  });
  const sizes = values.orders.split(",").map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new Error("Give whole numbers: --orders 10,1000");
  const runs: Counted[] = [];
  for (const size of sizes) runs.push(await countOrders(size, (what) => console.error(what)));
  if (values.json) writeFileSync(values.json, JSON.stringify(runs, undefined, 2));

  console.log(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
  );
  console.log(`Prices of ${PRICES_AS_OF}, us-east-1.\n`);
  table(
    ["an order's life", ...runs.map(({ orders }) => `${orders} orders`)],
    [
      ["workflow transitions", ...runs.map(({ transitions, orders }) => two(transitions / orders))],
      ...actionsOf(runs).map((action) => [
        action,
        ...runs.map(({ calls, orders }) => two((calls[action] ?? 0) / orders)),
      ]),
      ...functionsOf(runs).map((name) => [
        `calls of ${name}`,
        ...runs.map(({ functions, orders }) => two((functions[name]?.calls ?? 0) / orders)),
      ]),
      ["log, bytes", ...runs.map(({ logBytes, orders }) => String(Math.round(logBytes / orders)))],
      [
        "orders a minute, delivered (here)",
        ...runs.map(({ orders, seconds }) => String(Math.round((orders / seconds) * 60))),
      ],
    ],
  );
  const largest = runs.at(-1)!;
  const lines = costOf(largest, 2);
  table(
    [`an order in two Regions (of ${largest.orders})`, "per order", "USD for 1,000"],
    [
      ...lines.map(({ what, perOrder, usd }) => [what, two(perOrder), (usd * 1_000).toFixed(4)]),
      ["together", "", (sumOf(lines) * 1_000).toFixed(4)],
      ["a text message for each of five changes, if wanted", "5", (5 * PRICES.textMessage * 1_000).toFixed(2)],
    ],
  );
  table(
    ["fixed, a Region and month", "USD"],
    Object.entries(FIXED.region).map(([what, usd]) => [what, usd.toFixed(2)]),
  );
  table(
    ["orders a day", "one Region, USD a month", "two Regions", "two, of which fixed"],
    [1_000, 100_000, 10_000_000].map((aDay) => {
      const month = (regions: 1 | 2) => fixedMonth(regions) + sumOf(costOf(largest, regions)) * aDay * 30;
      return [aDay.toLocaleString("en"), dollars(month(1)), dollars(month(2)), dollars(fixedMonth(2))];
    }),
  );
}

const actionsOf = (runs: Counted[]) =>
  [...new Set(runs.flatMap(({ calls }) => Object.keys(calls)))]
    .filter((action) => runs.some(({ calls, orders }) => (calls[action] ?? 0) / orders >= 0.01))
    .sort();
const functionsOf = (runs: Counted[]) =>
  Object.keys(runs[0]?.functions ?? {}).filter((name) =>
    runs.some(({ functions }) => (functions[name]?.calls ?? 0) > 0),
  );
const two = (number: number) => number.toFixed(2);
const dollars = (usd: number) => Math.round(usd).toLocaleString("en");

function table(head: string[], rows: string[][]): void {
  console.log(`| ${head.join(" | ")} |`);
  console.log(`|${head.map((_, column) => (column === 0 ? "---" : "---:")).join("|")}|`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
