/** `npm run bench:stock`: what counted lines add to submit: calls, write units, bytes and processor time, in one run. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type OrderStand, startOrderStand } from "../../tests/integration/orders/orderStand";
import { type Metered, type MeterFiles, metered, placeIn } from "../cost/meter";
import { emptyFolder } from "../folder";
import { count, machine, run, table } from "../table";

const usage = `Usage: npm run bench:stock -- [options]

  --orders N   orders of each kind; default 100
`;

/** Lines of an order, each of another product. */
const LINES = [1, 5, 50];
const PRICE = 3_490;

interface Intake extends Metered {
  kind: string;
  orders: number;
  itemBytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { orders: { type: "string", default: "100" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return console.log(usage);
  const orders = count("--orders", values.orders);
  const heading = machine();
  const folder = emptyFolder("stock");
  const files: MeterFiles = { meter: join(folder, "meter.jsonl"), accessLog: join(folder, "access.jsonl") };
  const stand = await startOrderStand({ ...files, asDeployed: true });
  try {
    // Measures the request path only: no workflow runs.
    stand.eventSources.freeze();
    await putProducts(stand);
    await intakeOf(stand, files, { lines: 1, isCounted: true, orders: 10 });
    const intakes: Intake[] = [];
    for (const lines of LINES)
      for (const isCounted of [false, true]) intakes.push(await intakeOf(stand, files, { lines, isCounted, orders }));
    console.log(`${heading}; ${orders} orders of each kind, one after the other.\n`);
    print(intakes);
  } finally {
    await stand.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const productOf = (index: number, isCounted: boolean) => `${isCounted ? "counted" : "plain"}-${index}`;

async function putProducts(stand: OrderStand): Promise<void> {
  for (let index = 0; index < Math.max(...LINES); index++) {
    await stand.putProduct({ productId: productOf(index, false) });
    await stand.putProduct({ productId: productOf(index, true), counted: true });
    await stand.putShare(productOf(index, true), 1_000_000);
  }
}

/** Places orders of one kind, and counts what submit has used. */
async function intakeOf(
  stand: OrderStand,
  files: MeterFiles,
  { lines, isCounted, orders }: { lines: number; isCounted: boolean; orders: number },
): Promise<Intake> {
  const body = {
    lines: Array.from({ length: lines }, (_, index) => ({ productId: productOf(index, isCounted), quantity: 1 })),
    expectedTotal: { amount: lines * PRICE, currency: "EUR" },
  };
  const from = placeIn(files);
  let itemBytes = 0;
  for (let index = 0; index < orders; index++) {
    const placed = await stand.place({ key: randomUUID(), body });
    if (placed.status !== 201) throw new Error(`The answer to an order was ${placed.status}: ${await placed.text()}`);
    if (index === 0) itemBytes = Buffer.byteLength(JSON.stringify(await stand.item(placed.orderId)));
  }
  // The meter writes after the answer.
  await sleep(2_000);
  const kind = `${lines} ${isCounted ? "counted" : "uncounted"}`;
  return { ...(await metered(files, from)), kind, orders, itemBytes };
}

function print(intakes: readonly Intake[]): void {
  const row = (what: string, of: (intake: Intake) => number, digits = 2) => [
    what,
    ...intakes.map((intake) => of(intake).toFixed(digits)),
  ];
  const each = (what: string, of: (intake: Intake) => number) => row(what, (intake) => of(intake) / intake.orders);
  const tables = (what: "write" | "index" | "replicated", name: RegExp) => (intake: Intake) =>
    Object.entries(intake.tables)
      .filter(([table]) => name.test(table))
      .reduce((sum, [, use]) => sum + use[what], 0);
  const submit = ({ functions }: Intake) => Object.entries(functions).find(([name]) => /submit/.test(name))![1];
  const calls = (action: string) => (intake: Intake) => intake.calls[action] ?? 0;
  console.log(
    table(
      ["an accepted order with lines", ...intakes.map(({ kind }) => kind)],
      [
        each("calls of submit", (intake) => submit(intake).calls),
        ...["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"].map((action) =>
          each(`${action}, parts of a transaction included`, calls(action)),
        ),
        each("write units of orders and cards", tables("write", /orders-(orders|cards)\b/)),
        each("write units of stock", tables("write", /orders-stock\b/)),
        each("write units of indexes", tables("index", /orders-orders\b/)),
        each("replicated write units of stock", tables("replicated", /orders-stock\b/)),
        row("bytes of the order's item as JSON", ({ itemBytes }) => itemBytes, 0),
        each("processor time of submit, ms", (intake) => submit(intake).processorMs),
      ],
    ),
  );
}

run(main);
