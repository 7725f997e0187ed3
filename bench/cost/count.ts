import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, GetLogEventsCommand, paginateDescribeLogStreams } from "@aws-sdk/client-cloudwatch-logs";
import { readAccessLog } from "../../local/grants/accessLog";
import { rootCredentials } from "../../local/ministack/supervisor";
import { type OrderStand, startOrderStand } from "../../tests/local/orders/orderStand";

/** What the lives of some orders took, in sums. */
export interface Counted {
  orders: number;
  /** From the first order placed to the last one delivered. */
  seconds: number;
  transitions: number;
  /** By action, such as `dynamodb:PutItem`: each item of a transaction counts. */
  calls: Record<string, number>;
  /** By function. */
  functions: Record<string, { calls: number; billedMs: number; memoryMb: number }>;
  logBytes: number;
  /** Bytes of the orders' items when they are delivered. */
  itemBytes: number;
}

/** Orders that are on their way at the same time. */
const SIDE_BY_SIDE = 12;

/** Places orders, waits until each is delivered, and counts what that took on the local run under IAM enforcement. */
export async function countOrders(orders: number, say: (what: string) => void): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), "stayopen-cost-"));
  const accessLog = join(folder, "access.jsonl");
  const stand = await startOrderStand({ accessLog, asDeployed: true });
  try {
    // Cold starts and the first reading of secrets are no order's.
    await life(stand);
    const before = await observed(stand, accessLog);
    const started = performance.now();
    const states = await livesOf(stand, orders, say);
    const seconds = (performance.now() - started) / 1_000;
    // Notices are told after the last write.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    return { orders, seconds, ...states, ...difference(await observed(stand, accessLog), before) };
  } finally {
    await stand.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function life(stand: OrderStand): Promise<{ transitions: number; itemBytes: number }> {
  const orderId = await placed(stand);
  const item = await stand.until(orderId, "DELIVERED", 240);
  const execution = await stand.execution(orderId);
  return { transitions: execution?.states.length ?? 0, itemBytes: JSON.stringify(item).length };
}

/** As a browser does: again under the same key when the answer is an error. A busy machine has some, and they count. */
async function placed(stand: OrderStand): Promise<string> {
  const key = randomUUID();
  for (let attempt = 0; attempt < 10; attempt++) {
    const { orderId, status } = await stand.place({ key });
    if (status === 201 || status === 200) return orderId;
    if (status < 500 && status !== 429) throw new Error(`An order was answered with ${status}.`);
  }
  throw new Error("An order was refused ten times.");
}

async function livesOf(stand: OrderStand, orders: number, say: (what: string) => void) {
  const sum = { transitions: 0, itemBytes: 0 };
  let placed = 0;
  let done = 0;
  const customer = async () => {
    while (placed < orders) {
      placed++;
      const { transitions, itemBytes } = await life(stand);
      sum.transitions += transitions;
      sum.itemBytes += itemBytes;
      if (++done % 100 === 0) say(`${done} of ${orders} orders delivered`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, orders) }, customer));
  return sum;
}

type Observed = Pick<Counted, "calls" | "functions" | "logBytes">;

async function observed(stand: OrderStand, accessLog: string): Promise<Observed> {
  const calls: Record<string, number> = {};
  for (const { action, allowed } of readAccessLog(accessLog)) if (allowed) calls[action] = (calls[action] ?? 0) + 1;
  return { calls, ...(await logsOf(stand)) };
}

const REPORT = /^REPORT .*Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB/;
/** What CloudWatch adds to each entry when it counts bytes. */
const ENTRY_BYTES = 26;

async function logsOf({ deployment, region }: OrderStand): Promise<Pick<Observed, "functions" | "logBytes">> {
  const logs = new CloudWatchLogsClient({
    region: "us-east-1",
    endpoint: region.endpoint,
    credentials: rootCredentials,
  });
  const functions: Observed["functions"] = {};
  let logBytes = 0;
  for (const [what, name] of Object.entries(deployment.outputs["functions"] as Record<string, string>)) {
    const of = { calls: 0, billedMs: 0, memoryMb: 0 };
    for await (const message of messagesOf(logs, `/aws/lambda/${name}`)) {
      logBytes += Buffer.byteLength(message) + ENTRY_BYTES;
      const report = REPORT.exec(message);
      if (!report) continue;
      of.calls++;
      of.billedMs += Number(report[1]);
      of.memoryMb = Number(report[2]);
    }
    functions[what] = of;
  }
  logs.destroy();
  return { functions, logBytes };
}

async function* messagesOf(logs: CloudWatchLogsClient, logGroupName: string): AsyncGenerator<string> {
  for await (const { logStreams = [] } of paginateDescribeLogStreams({ client: logs }, { logGroupName })) {
    for (const { logStreamName } of logStreams) {
      let nextToken: string | undefined;
      for (;;) {
        const page = await logs.send(
          new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, limit: 10_000, nextToken }),
        );
        for (const { message = "" } of page.events ?? []) yield message;
        if (!page.events?.length || page.nextForwardToken === nextToken) break;
        nextToken = page.nextForwardToken;
      }
    }
  }
}

function difference(after: Observed, before: Observed): Observed {
  return {
    calls: Object.fromEntries(
      Object.entries(after.calls).map(([action, times]) => [action, times - (before.calls[action] ?? 0)]),
    ),
    functions: Object.fromEntries(
      Object.entries(after.functions).map(([what, { calls, billedMs, memoryMb }]) => [
        what,
        {
          calls: calls - (before.functions[what]?.calls ?? 0),
          billedMs: billedMs - (before.functions[what]?.billedMs ?? 0),
          memoryMb,
        },
      ]),
    ),
    logBytes: after.logBytes - before.logBytes,
  };
}
