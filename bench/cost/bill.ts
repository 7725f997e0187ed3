import type { Counted } from "./count";
import { FIXED, PRICES } from "./prices";

/** One line of what an order costs. */
export interface CostLine {
  what: string;
  perOrder: number;
  usd: number;
}

/**
 * What the access log can't tell: which writes were parts of transactions (twice the units), and what indexes take.
 * docs/orders.md lists the writes; an item and its index entries are below 2 KB, so a write is two units.
 */
const ITEM_UNITS = 2;
/** Placing: order and card. PAID: order, and the card deleted (one unit). All at twice the units. */
const TRANSACTION_SURCHARGE = 2 * ITEM_UNITS + ITEM_UNITS + 1;
/** `open`: put, five moves of its sort key at two each, removed. The customers' index: five times the status. */
const INDEX_UNITS = 1 + 5 * 2 + 1 + 5;

const WRITES = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];
const READS = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"];

/** What one order costs in its Region, and what its replicas cost in the other. Text messages are a line by themselves. */
export function costOf(counted: Counted, regions: 1 | 2): CostLine[] {
  const each = (times: number) => times / counted.orders;
  const calls = (...actions: string[]) => each(actions.reduce((sum, action) => sum + (counted.calls[action] ?? 0), 0));
  const functions = Object.values(counted.functions);
  const functionCalls = each(functions.reduce((sum, one) => sum + one.calls, 0));
  const gbSeconds = each(functions.reduce((sum, one) => sum + (one.billedMs / 1_000) * (one.memoryMb / 1_024), 0));
  const requests = each((counted.functions["submit"]?.calls ?? 0) + (counted.functions["webhooks"]?.calls ?? 0));
  const writeUnits = calls(...WRITES) * ITEM_UNITS + TRANSACTION_SURCHARGE + INDEX_UNITS;
  const line = (what: string, perOrder: number, price: number): CostLine => ({ what, perOrder, usd: perOrder * price });
  return [
    line("requests to the API (submit, webhooks)", requests, PRICES.apiRequest),
    line("function calls", functionCalls, PRICES.lambdaRequest),
    line("function time, GB-s (as it took here)", gbSeconds, PRICES.lambdaGbSecond),
    line("workflow transitions", each(counted.transitions), PRICES.transition),
    line("write units", writeUnits, PRICES.writeUnit),
    ...(regions === 2 ? [line("replicated write units", writeUnits, PRICES.writeUnit)] : []),
    // Strongly consistent, an order's partition is below 4 KB.
    line("read units", calls(...READS), PRICES.readUnit),
    line("decryptions", calls("kms:Decrypt"), PRICES.kmsAsymmetric),
    // Each change is one message to the topic and one mail; text messages are publishes too, and priced by themselves.
    line("messages published", calls("ses:SendEmail"), PRICES.snsPublish),
    line("queue requests", calls("sqs:ReceiveMessage", "sqs:DeleteMessage") + 5, PRICES.sqsRequest),
    line("mails", calls("ses:SendEmail"), PRICES.mail),
    line("log, KB", each(counted.logBytes) / 1_024, PRICES.logGb / 1_048_576),
    line("traces (AWS samples one in twenty)", functionCalls / 20, PRICES.trace),
    line(
      "a year's storage with recovery, KB",
      (each(counted.itemBytes) / 1_024) * regions,
      ((PRICES.tableGbMonth + PRICES.recoveryGbMonth) * 12) / 1_048_576,
    ),
  ];
}

export const sumOf = (lines: CostLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

export const fixedMonth = (regions: 1 | 2): number =>
  regions * total(FIXED.region) + (regions === 2 ? total(FIXED.both) : 0);

const total = (prices: Record<string, number>): number => Object.values(prices).reduce((sum, price) => sum + price, 0);
