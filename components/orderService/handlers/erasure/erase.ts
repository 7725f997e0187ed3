import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  creditNoteKey,
  effectiveItem,
  eraseOrder,
  eraseRefund,
  invoiceKey,
  isFulfilled,
  isOpen,
} from "../../../../domain/order";
import { queryAll } from "../../../runtime/queryAll";
import { eraseAccounts } from "./accounts";
import { eraseCreditNote, eraseInvoice, invoiceKeysOf } from "./invoices";
import { orderKeysOf, type RegionData, reasonOf } from "./regionData";
import { ERASURES, type ErasureItem, type ErasureTable, erasureKey, recordRequest } from "./requests";

/** Result of an erasure, finished or not. */
export interface Erasure {
  customerId: string;
  /** Regions that have erased all that they keep. */
  done: string[];
  /** Regions that did not answer. `finish` erases there after their return. */
  missing: { region: string; reason: string }[];
  orders: number;
  invoices: number;
  accounts: number;
}

/**
 * Erases a customer in every Region that answers, each Region's items in that Region. Idempotent: a repeated run continues
 * where an earlier one ended.
 *
 * The request is recorded before anything is erased, in every Region that answers, so that `listUnfinished` finds it until all
 * Regions are done, also if this process dies or a Region is dead.
 *
 * @throws {Error} if an order is not finished: its address is still needed.
 */
export async function eraseCustomer(regions: readonly RegionData[], customerId: string): Promise<Erasure> {
  const now = new Date().toISOString();
  const erasure: Erasure = { customerId, done: [], missing: [], orders: 0, invoices: 0, accounts: 0 };
  const answering: RegionData[] = [];
  for (const clients of regions) {
    try {
      await refuseOpenOrders(clients, customerId);
      answering.push(clients);
    } catch (error) {
      if (error instanceof OpenOrderError) throw error;
      erasure.missing.push({ region: clients.region, reason: reasonOf(error) });
    }
  }
  const recorded: RegionData[] = [];
  for (const clients of answering) {
    try {
      await recordRequest(tableOf(clients), customerId, now);
      recorded.push(clients);
    } catch (error) {
      erasure.missing.push({ region: clients.region, reason: reasonOf(error) });
    }
  }
  for (const clients of recorded) {
    try {
      erasure.accounts += await eraseAccounts(clients, customerId);
      const { orders, invoices } = await eraseOrders(clients, customerId, now);
      erasure.orders += orders;
      erasure.invoices += invoices;
      await recordEnd(clients, customerId, now);
      erasure.done.push(clients.region);
    } catch (error) {
      erasure.missing.push({ region: clients.region, reason: reasonOf(error) });
    }
  }
  return erasure;
}

/** Result of the erasure in one Region. */
export interface ContinuedErasures {
  /** Customers who are erased in this Region now. */
  erased: number;
  /** Customers whose erasure failed, or waits for an order; the next call tries again. */
  left: number;
}

/**
 * Erases in this Region the customers whose erasure was requested, also in another Region while this one was dead. The request is
 * recorded here with its own time: a later one would make the other Regions erase again.
 */
export async function continueErasures(
  clients: RegionData,
  { onTrouble, timeLeftMs }: { onTrouble: (error: unknown) => void; timeLeftMs: () => number },
): Promise<ContinuedErasures> {
  const done: ContinuedErasures = { erased: 0, left: 0 };
  const items = await readErasures(clients);
  for (const customerId of unfinishedAmong(items, [clients.region])) {
    if (timeLeftMs() < LEAST_MS) {
      done.left++;
      continue;
    }
    try {
      await refuseOpenOrders(clients, customerId);
      const requestedAt = latestRequest(items.filter(({ erased }) => erased === customerId));
      await recordRequest(tableOf(clients), customerId, requestedAt);
      const now = new Date().toISOString();
      await eraseAccounts(clients, customerId);
      await eraseOrders(clients, customerId, now);
      await recordEnd(clients, customerId, now);
      done.erased++;
    } catch (error) {
      done.left++;
      // An unfinished order is no trouble: its address is still needed.
      if (!(error instanceof OpenOrderError)) onTrouble(error);
    }
  }
  return done;
}

const tableOf = ({ tables, data, region }: RegionData): ErasureTable => ({ client: tables, name: data.orders, region });

/** Time that one customer's erasure may take; with less, no other one begins. Milliseconds. */
const LEAST_MS = 60_000;

class OpenOrderError extends Error {}

async function refuseOpenOrders(clients: RegionData, customerId: string): Promise<void> {
  const orderIds = new Set((await orderKeysOf(clients, customerId)).map(({ orderId }) => orderId));
  for (const orderId of orderIds) {
    const effective = effectiveItem((await clients.orders.partition(orderId)).orders);
    if (effective === undefined || !isOpen(effective.status)) continue;
    throw new OpenOrderError(
      `Order ${orderId} is ${effective.status}: its address is needed until it is finished. Cancel it, or erase the customer after its delivery.`,
    );
  }
}

/** Erases the Region's own items, saved addresses too, and their invoices before them: an erased order may be retried. */
async function eraseOrders(clients: RegionData, customerId: string, now: string) {
  const counts = { orders: 0, invoices: 0 };
  await clients.orders.deleteAddressBook(customerId);
  const keys = await orderKeysOf(clients, customerId);
  const written = new Set(await invoiceKeysOf(clients, customerId));
  // A refund's item is of the Region that accepted it, which may have none of the order.
  for (const orderId of new Set(keys.map((key) => key.orderId)))
    counts.invoices += await eraseRefunds(clients, orderId, written);
  for (const { orderId } of keys.filter(({ region }) => region === clients.region)) {
    const own = await clients.orders.item(orderId);
    const write = own && eraseOrder(own, now);
    if (write === undefined) continue;
    if (isFulfilled(write.item.status) && written.has(invoiceKey(customerId, orderId))) {
      await eraseInvoice(clients, write.item);
      counts.invoices++;
    }
    if (!(await clients.orders.write(write))) throw new Error(`Order ${orderId} was changed concurrently.`);
    counts.orders++;
  }
  return counts;
}

/** Erases the Region's own refunds of an order, and their credit notes before them. Returns the number of credit notes. */
async function eraseRefunds(clients: RegionData, orderId: string, written: ReadonlySet<string>): Promise<number> {
  let creditNotes = 0;
  const partition = await clients.orders.partition(orderId);
  const order = effectiveItem(partition.orders);
  for (const own of partition.refunds?.filter(({ owner }) => owner === clients.region) ?? []) {
    const write = eraseRefund(own);
    if (write === undefined || order === undefined) continue;
    if (written.has(creditNoteKey(order.customerId, orderId, own.refundId))) {
      await eraseCreditNote(clients, eraseOrder(order, order.updatedAt)?.item ?? order, write.item);
      creditNotes++;
    }
    if (!(await clients.orders.writeRefund(write))) throw new Error(`Refund ${own.refundId} was changed concurrently.`);
  }
  return creditNotes;
}

async function recordEnd({ tables, data, region }: RegionData, customerId: string, now: string) {
  await tables.send(
    new UpdateCommand({
      TableName: data.orders,
      Key: erasureKey(customerId, region),
      UpdateExpression: "SET doneAt = :now",
      ConditionExpression: "attribute_exists(orderId)",
      ExpressionAttributeValues: { ":now": now },
    }),
  );
}

/** Customers whose erasure has begun and is not done in every Region, as the Regions that answer know. */
export async function listUnfinished(regions: readonly RegionData[]): Promise<string[]> {
  const items: ErasureItem[] = [];
  const troubles: string[] = [];
  for (const clients of regions) {
    try {
      items.push(...(await readErasures(clients)));
    } catch (error) {
      // The Region is dead; the others have replicas of its items.
      troubles.push(reasonOf(error));
    }
  }
  if (troubles.length === regions.length)
    throw new Error(`No Region answered (${troubles.join(", ")}). Try again later.`);
  return unfinishedAmong(
    items,
    regions.map(({ region }) => region),
  );
}

/** All requests and their ends, as this Region knows them. */
function readErasures({ tables, data }: RegionData): Promise<ErasureItem[]> {
  return queryAll(tables, {
    TableName: data.orders,
    KeyConditionExpression: "orderId = :erasures",
    ExpressionAttributeValues: { ":erasures": ERASURES },
  });
}

/** Time of the latest of a customer's requests. */
const latestRequest = (requests: readonly Pick<ErasureItem, "requestedAt">[]): string =>
  requests.reduce((found, { requestedAt }) => (requestedAt > found ? requestedAt : found), "");

/**
 * Returns the customers whose latest request, or its second erasure, is not done in some Region. A Region that was dead at that time may
 * have recorded the end of an earlier request only.
 */
export function unfinishedAmong(
  items: readonly Pick<ErasureItem, "erased" | "in" | "requestedAt" | "againAt" | "doneAt">[],
  regions: readonly string[],
  now = new Date().toISOString(),
): string[] {
  const unfinished: string[] = [];
  for (const [customerId, own] of Map.groupBy(items, ({ erased }) => erased)) {
    const due = own
      .flatMap(({ againAt }) => againAt ?? [])
      .filter((againAt) => againAt <= now)
      .reduce((last, againAt) => (againAt > last ? againAt : last), latestRequest(own));
    const isDone = (region: string) =>
      own.some(({ in: place, doneAt }) => place === region && doneAt !== undefined && doneAt >= due);
    if (!regions.every(isDone)) unfinished.push(customerId);
  }
  return unfinished;
}

/** Names, as sentences, the data that stay after an erasure, each with its reason. */
export function describeKept({ orders, invoices }: Erasure): string[] {
  return [
    `${orders} orders keep lines, prices, dates, country and the payment provider's reference, without name and address: tax law requires records of sales.`,
    `${invoices} invoices and credit notes were written again without name, address and reason; their earlier versions are deleted.`,
    "Streams keep the earlier items for a day, point-in-time recovery for 35 days, backups for up to 92 days: a single item cannot be deleted there. After a restore, run the erasure again.",
    "Mails and text messages that were sent cannot be recalled.",
    "The payment and the shipping provider keep their own records: ask them to erase the customer's.",
  ];
}
