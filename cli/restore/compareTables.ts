import { isDeepStrictEqual } from "node:util";
import type { AttributeValue, DynamoDB, KeysAndAttributes } from "@aws-sdk/client-dynamodb";

/** An item in DynamoDB's wire format. */
export type Item = Record<string, AttributeValue>;

/** Comparison of a restored copy with its table. */
export interface Comparison {
  /** Items compared from the copy, and from the table. */
  copied: number;
  live: number;
  same: number;
  /** Keys of items that differ: changed since the restored time, or restored wrongly. */
  changed: Item[];
  /** Keys of items in the copy only: deleted since the restored time. */
  gone: Item[];
  /** Keys of items in the table only: created since the restored time, or lost by the restore. */
  missing: Item[];
}

/** DynamoDB's limit for one BatchGetItem. */
const KEYS_AT_ONCE = 100;
/** Attempts for keys that a throttled table leaves unprocessed. */
const MOST_ROUNDS = 8;

/**
 * Compares a copy of a table with the table, item by item in both directions. Hashing spreads items over a table, so that the first
 * `most` items of a scan are a fair sample.
 *
 * @param keys names of the key attributes.
 * @param most items compared in each direction. Default: all.
 */
export async function compareTables(
  client: DynamoDB,
  {
    copy,
    table,
    keys,
    most = Number.POSITIVE_INFINITY,
  }: { copy: string; table: string; keys: string[]; most?: number },
): Promise<Comparison> {
  const result: Comparison = { copied: 0, live: 0, same: 0, changed: [], gone: [], missing: [] };
  for await (const items of itemsOf(client, copy, most)) {
    const found = await sameKeysIn(client, table, items, keys);
    for (const item of items) {
      result.copied++;
      const other = found.get(keyText(item, keys));
      if (!other) result.gone.push(keyOf(item, keys));
      else if (isSame(item, other)) result.same++;
      else result.changed.push(keyOf(item, keys));
    }
  }
  for await (const items of itemsOf(client, table, most)) {
    const found = await sameKeysIn(client, copy, items, keys);
    result.live += items.length;
    result.missing.push(...items.filter((item) => !found.has(keyText(item, keys))).map((item) => keyOf(item, keys)));
  }
  return result;
}

/** Are two items equal? The order within a set and the notation of a number do not matter. */
function isSame(one: Item, other: Item): boolean {
  return isDeepStrictEqual(plain({ M: one }), plain({ M: other }));
}

function plain(value: AttributeValue): unknown {
  if (value.M) return { M: Object.fromEntries(Object.entries(value.M).map(([key, part]) => [key, plain(part)])) };
  if (value.L) return { L: value.L.map(plain) };
  if (value.N !== undefined) return { N: numberText(value.N) };
  if (value.SS) return { SS: [...value.SS].sort() };
  if (value.NS) return { NS: value.NS.map(numberText).sort() };
  if (value.B) return { B: base64(value.B) };
  if (value.BS) return { BS: value.BS.map(base64).sort() };
  return { ...value };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Normalizes a number: `1.50` equals `1.5`. Beyond 15 digits, numbers are compared as text. */
const numberText = (text: string) => (text.replace(/\D/g, "").length > 15 ? text : String(Number(text)));

async function* itemsOf(client: DynamoDB, TableName: string, most: number): AsyncGenerator<Item[]> {
  let left = most;
  let ExclusiveStartKey: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.scan({
      TableName,
      ExclusiveStartKey,
      ConsistentRead: true,
      ...(Number.isFinite(left) && { Limit: Math.min(left, 1_000) }),
    });
    left -= Items.length;
    if (Items.length > 0) yield Items;
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey && left > 0);
}

async function sameKeysIn(client: DynamoDB, table: string, items: Item[], keys: string[]) {
  const found = new Map<string, Item>();
  for (let start = 0; start < items.length; start += KEYS_AT_ONCE) {
    const Keys = items.slice(start, start + KEYS_AT_ONCE).map((item) => keyOf(item, keys));
    let asked: Record<string, KeysAndAttributes> | undefined = { [table]: { Keys, ConsistentRead: true } };
    for (let round = 1; asked && Object.keys(asked).length > 0; round++) {
      if (round > MOST_ROUNDS) throw new Error(`${table} is throttled. Repeat the command later, or with --sample.`);
      if (round > 1) await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** round * (0.5 + Math.random())));
      const { Responses, UnprocessedKeys }: { Responses?: Record<string, Item[]>; UnprocessedKeys?: typeof asked } =
        await client.batchGetItem({ RequestItems: asked });
      for (const item of Responses?.[table] ?? []) found.set(keyText(item, keys), item);
      asked = UnprocessedKeys;
    }
  }
  return found;
}

const keyOf = (item: Item, keys: string[]): Item => Object.fromEntries(keys.map((key) => [key, item[key]!]));
const keyText = (item: Item, keys: string[]): string => JSON.stringify(keys.map((key) => plain(item[key]!)));
