/**
 * `npm run bench:orders`: cost of the submit handler without its DynamoDB calls, latency of the local API by part, and delivered orders per
 * minute.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type OrderStand, startOrderStand } from "../../tests/integration/orders/orderStand";
import { submission } from "../../tests/kit/submission";
import { emptyFolder } from "../folder";
import { count, machine, quantile, run, table } from "../table";
import { submitInMemory } from "./memory";
import { accepted, type Level, level, quiet } from "./throughApi";

const usage = `Usage: npm run bench:orders -- [options]

  --connections LIST   default 1,16,64
  --requests N         orders at each number of connections; default 320
  --lives N            orders that are followed until they are delivered; default 60
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      connections: { type: "string", default: "1,16,64" },
      requests: { type: "string", default: "320" },
      lives: { type: "string", default: "60" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const connections = values.connections.split(",").map((text) => count("--connections", text));
  const [requests, orders] = [count("--requests", values.requests), count("--lives", values.lives)];
  console.log(`${machine()}; times in ms.\n`);
  const folder = emptyFolder("orders");
  const times = join(folder, "times.jsonl");
  try {
    const alone = await handlerAlone();
    const stand = await startOrderStand({ times });
    try {
      const lived = await lives(stand, orders);
      await quiet(times);
      // Measures the request path only: from here on, orders are not processed after placement.
      stand.eventSources.freeze();
      const levels: Level[] = [];
      for (const one of connections) levels.push(await level(stand, times, one, requests));
      printTimes(alone, levels, lived);
      printParts(levels);
    } finally {
      await stand.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The handler with a store in memory: validation, pricing, identity and item, without AWS. */
async function handlerAlone(): Promise<number[]> {
  const submit = submitInMemory();
  const rounds = 2_000;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const request = submission(randomUUID());
    const started = performance.now();
    const { statusCode } = await submit(request);
    times.push(performance.now() - started);
    if (statusCode !== 201) throw new Error(`The handler returned ${statusCode}.`);
  }
  // V8 compiles in the first calls.
  return times.slice(rounds / 2);
}

async function lives(stand: OrderStand, orders: number) {
  const began = performance.now();
  const times: number[] = [];
  const answers: number[] = [];
  let left = orders;
  const customer = async () => {
    while (left-- > 0) {
      const started = performance.now();
      const key = randomUUID();
      await accepted(stand, { key });
      answers.push(performance.now() - started);
      const { orderId } = await stand.place({ key });
      await stand.until(orderId, "DELIVERED", 240);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: 8 }, customer));
  return { times, answers, aMinute: (orders / (performance.now() - began)) * 60_000 };
}

function printTimes(alone: number[], levels: Level[], lived: Awaited<ReturnType<typeof lives>>): void {
  const row = (what: string, times: number[], rate: string, repeated = 0) => {
    const at = (share: number) => quantile(times, share).toFixed(2);
    return [what, String(times.length), at(0.5), at(0.99), rate, String(repeated)];
  };
  console.log(
    table(
      ["what", "times", "p50", "p99", "rate", "requests repeated"],
      [
        row("the handler alone, in memory", alone, ""),
        ...levels.map(({ connections, times, perSecond, repeated }) =>
          row(
            `local API, nothing else going on, connections: ${connections}`,
            times,
            `${perSecond.toFixed(1)} orders/s`,
            repeated,
          ),
        ),
        row("an answer while 8 customers' orders are worked on", lived.answers, ""),
        row(
          "placed to delivered, 8 customers (1.4 s of it the carrier's)",
          lived.times,
          `${lived.aMinute.toFixed(0)} orders/min`,
        ),
      ],
    ),
  );
}

function printParts(levels: Level[]): void {
  const part = (what: string, of: (level: Level) => number) => [what, ...levels.map((one) => of(one).toFixed(1))];
  const busy = (what: keyof Level["busy"]) => [
    what === "machine" ? "– by everything on this machine" : `processor kept busy by the ${what}`,
    ...levels.map((one) => `${(one.busy[what] * 100).toFixed(0)} %`),
  ];
  console.log(
    `\n${table(
      [
        "where the time of an order's answer goes, mean",
        ...levels.map(({ connections }) => `connections: ${connections}`),
      ],
      [
        part("the answer, as the client sees it", ({ parts }) => parts.answer),
        part("– emulator's gateway and HTTP", ({ parts }) => parts.gateway),
        part("– authorizer", ({ parts }) => parts.authorizer),
        part("– – its handler", ({ parts }) => parts.authorizerHandler),
        part("– submit", ({ parts }) => parts.submit),
        part("– – until a process is free", ({ parts }) => parts.submitProcess),
        part("– – to the process and back, its log", ({ parts }) => parts.submitHandingOver),
        part("– – the handler's own time", ({ parts }) => parts.submitOwn),
        part("– – its catalogue read", ({ parts }) => parts.catalogueRead),
        part("– – – the emulator's work on such a read", ({ emulatorsWork }) => emulatorsWork.catalogueRead),
        part("– – its transaction", ({ parts }) => parts.transaction),
        part("– – – the emulator's work on a transaction", ({ emulatorsWork }) => emulatorsWork.transaction),
        part("– – other calls", ({ parts }) => parts.otherCalls),
        busy("emulator"),
        busy("functions"),
        busy("driver"),
        busy("machine"),
      ],
    )}`,
  );
}

run(main);
