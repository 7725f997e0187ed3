import { ASSUMED, PRICES } from "../../local/aws/prices";
import type { Counted } from "./count";
import { FIXED } from "./fixed";
import type { FunctionUse, Metered, TableUse } from "./meter";

/** One line of an order's cost. */
export interface CostLine {
  what: string;
  perOrder: number;
  usd: number;
}

/** Cost of one order in its Region and, with two Regions, in the peer. Text messages have their own line. */
export function costOf(counted: Counted, regions: 1 | 2): CostLine[] {
  const each = (times: number) => times / counted.orders;
  const peer = (times: number) => (regions === 2 ? times / counted.peer.orders : 0);
  const calls = (action: string) => each(counted.calls[action] ?? 0);
  const both = (own: (of: Metered) => number) => each(own(counted)) + peer(own(counted.peer));
  const line = (what: string, perOrder: number, price: number): CostLine => ({ what, perOrder, usd: perOrder * price });

  const requests = each((counted.functions["submit"]?.calls ?? 0) + (counted.functions["webhooks"]?.calls ?? 0));
  const functionCalls = both(({ functions }) => sum(functions, ({ calls }) => calls));
  // A webhook's worker belongs to the webhook's trace, because the SDK passes it on with the call.
  const workers = each(counted.functions["webhooks"]?.calls ?? 0);
  const read = both(({ tables }) => sum(tables, (table: TableUse) => table.read));
  const written = each(sum(counted.tables, ({ write, index }) => write + index));
  const replicated = each(sum(counted.tables, ({ replicated, index }) => replicated + index));
  const logKb = both(({ functions }) => sum(functions, ({ logBytes }) => logBytes)) / 1_024;
  const storedKb = (each(counted.itemBytes) / 1_024) * regions;
  const queued = calls("sns:Publish") + (counted.functions["invoicer"] ? 1 : 0);
  // Lambda takes and deletes a batch in one request each.
  const emptied = 2 * each((counted.functions["notifier"]?.calls ?? 0) + (counted.functions["invoicer"]?.calls ?? 0));

  return [
    line("mails", calls("ses:SendEmail"), PRICES.mail),
    line("workflow transitions", each(sum(counted.states, (times) => times)), PRICES.transition),
    line("write units, indexes and transactions included", written, PRICES.writeUnit),
    ...(regions === 2
      ? [
          line("write units of the replica", replicated, PRICES.writeUnit),
          line(
            "between the Regions, KB at most",
            each(sum(counted.tables, (table) => table.replicated)),
            PRICES.betweenRegionsGb / 1_048_576,
          ),
        ]
      : []),
    line("read units", read, PRICES.readUnit),
    line("function time, GB-s (as on Lambda, see below)", gbSeconds(counted, regions), PRICES.lambdaGbSecond),
    line("function calls", functionCalls, PRICES.lambdaRequest),
    line("requests to the API (submit, webhooks)", requests, PRICES.apiRequest),
    line("decryptions", calls("kms:Decrypt"), PRICES.kmsAsymmetric),
    line("messages published", calls("sns:Publish"), PRICES.snsPublish),
    line("queue requests", queued + emptied, PRICES.sqsRequest),
    line("log, KB", logKb + (requests * ASSUMED.accessLogBytes) / 1_024, PRICES.logGb / 1_048_576),
    line("reads and writes of orders and cards in the audit trail", audited(counted, regions), PRICES.dataEvent),
    line("traces (one in twenty is sampled)", (functionCalls - workers) / 20, PRICES.trace),
    line("invoice written", calls("s3:PutObject"), PRICES.objectPut),
    line(
      "a year's items with recovery, KB",
      storedKb,
      ((PRICES.tableGbMonth + PRICES.recoveryGbMonth) * 12) / 1_048_576,
    ),
    line("a year's invoice, KB", each(counted.invoiceBytes) / 1_024, (PRICES.objectGbMonth * 12) / 1_048_576),
  ];
}

/**
 * Estimates Lambda's billed time for the functions of one order. The emulator's wall time differs from Lambda's, because its DynamoDB
 * shares two processors with everything else. The estimate is the processor time of the function's process, at the share of a processor
 * that its memory buys, plus the wait of `ASSUMED` for each remote call.
 */
export function gbSeconds(counted: Counted, regions: 1 | 2): number {
  const remote = (calls: Metered["calls"]) => Object.values(calls).reduce((all, times) => all + times, 0);
  const own =
    processorGbSeconds(counted.functions) +
    waited(remote(counted.calls) * ASSUMED.awsCallMs, counted.functions) +
    waited(counted.providerCalls * ASSUMED.providerCallMs, providersCallers(counted.functions));
  const { peer } = counted;
  const others = processorGbSeconds(peer.functions) + waited(remote(peer.calls) * ASSUMED.awsCallMs, counted.functions);
  return own / counted.orders + (regions === 2 ? others / peer.orders : 0);
}

/** Below one processor's worth of memory, time grows as the price falls, so that the memory cancels out. */
const processorGbSeconds = (functions: Record<string, FunctionUse>): number =>
  sum(functions, ({ processorMs }) => ((processorMs / 1_000) * ASSUMED.processorMb) / 1_024);

/** The functions of the steps, which alone call providers. */
const providersCallers = (functions: Record<string, FunctionUse>): Record<string, FunctionUse> =>
  Object.fromEntries(Object.entries(functions).filter(([task]) => ["authorize", "settle", "ship"].includes(task)));

/** Waiting is billed by the memory of the waiting function: the mean of these functions' calls. */
const waited = (ms: number, functions: Record<string, FunctionUse>): number => {
  const memoryMb =
    sum(functions, (use) => use.calls * use.memoryMb) /
    Math.max(
      1,
      sum(functions, ({ calls }) => calls),
    );
  return ((ms / 1_000) * memoryMb) / 1_024;
};

/**
 * Calls that the audit trail records as data events: all on cards, none that the functions of an order's life make on orders in their
 * own Region, and all that the peer's make, whose roles the primary's trail does not know. Products are not watched.
 */
function audited(counted: Counted, regions: 1 | 2): number {
  const watched = ({ tableCalls }: Metered, isWatched: (table: string) => boolean) =>
    sum(Object.fromEntries(Object.entries(tableCalls).filter(([table]) => isWatched(table))), (times) => times);
  const own = watched(counted, (table) => table.includes("cards")) / counted.orders;
  const { peer } = counted;
  return own + (regions === 2 ? watched(peer, (table) => !table.includes("products")) / peer.orders : 0);
}

/** Wall time on this machine, for comparison with `gbSeconds`. */
export const wallGbSeconds = (counted: Counted): number =>
  sum(counted.functions, ({ ms, memoryMb }) => ((ms / 1_000) * memoryMb) / 1_024) / counted.orders;

export const sumOf = (lines: CostLine[]): number => lines.reduce((all, { usd }) => all + usd, 0);

export const fixedMonth = (regions: 1 | 2): number =>
  regions * sum(FIXED.region, (usd) => usd) + (regions === 2 ? sum(FIXED.both, (usd) => usd) : 0);

export function sum<Of>(of: Record<string, Of>, amount: (one: Of) => number): number {
  return Object.values(of).reduce((all, one) => all + amount(one), 0);
}
