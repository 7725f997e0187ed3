import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { applyUpdate, holdsFor, type Item, type Placeholders } from "./expressions";
import type { World } from "./world";

/** Keys, indexes and time to live of a table, as the components declare them. */
export interface TableSchema {
  name: string;
  hash: string;
  range?: string;
  indexes?: Record<string, { hash: string; range: string }>;
  ttl?: string;
  /** Replicated to the other Region. */
  global: boolean;
}

/** One change of an item in one Region: what a stream's record shows. */
export interface Change {
  table: string;
  region: string;
  key: Item;
  before: Item | undefined;
  after: Item | undefined;
  /** The Region whose write it is; another than `region` if it came by replication. */
  origin: string;
}

interface Row {
  item: Item | undefined;
  /** When it was written, and in which Region: the last writer wins. */
  writtenAt: number;
  origin: string;
}

interface Input extends Item {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  IndexName?: string;
  Limit?: number;
  ScanIndexForward?: boolean;
  ExclusiveStartKey?: Item;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
  ReturnValuesOnConditionCheckFailure?: string;
}

/**
 * DynamoDB tables of both Regions in memory: conditions, transactions, indexes, time to live, and replication by the last writer,
 * in order for each item, with lag. Reads are strongly consistent; the index of open orders may lag behind, as on AWS.
 */
export class Tables {
  private readonly rows = new Map<string, Map<string, Row>>();
  private readonly listeners: ((change: Change) => void)[] = [];
  /** For each item on its way to the other Region: when the change before it arrives. */
  private readonly arrivals = new Map<string, number>();
  private isLinkCut = false;
  private waiting: (() => void)[] = [];
  /** Requests by operation, for the cost of an order. */
  readonly requests = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly schemas: ReadonlyMap<string, TableSchema>,
    private readonly regions: readonly string[],
    private readonly lagMs: (label: string) => number,
  ) {}

  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  /** Stops replication both ways, or starts it again with all that waited. */
  cutLink(isCut: boolean): void {
    this.isLinkCut = isCut;
    this.world.tell(isCut ? "== replication is cut" : "== replication heals");
    this.resume();
  }

  /** Starts what waited for a Region or the link. */
  resume(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const start of waiting) start();
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  items(region: string, table: string): Item[] {
    return [...(this.rows.get(`${region}/${table}`)?.values() ?? [])].flatMap(({ item }) => (item ? [item] : []));
  }

  item(region: string, table: string, key: Item): Item | undefined {
    return this.row(region, this.schema(table), key)?.item;
  }

  /**
   * Puts an item into every Region that is up.
   *
   * @param agoMs more than the Regions' clocks differ by, for an item that Regions write: the last writer wins.
   */
  seed(table: string, item: Item, agoMs = 1): void {
    const writtenAt = this.world.now() - agoMs;
    for (const region of this.regions) {
      if (this.isUp(region)) this.store(region, this.schema(table), item, item, { writtenAt, origin: "before" });
    }
  }

  /** Answers a command of the DynamoDB clients in a Region. */
  answer(region: string, command: string, input: Input): unknown {
    this.requests.set(command, (this.requests.get(command) ?? 0) + 1);
    switch (command) {
      case "GetCommand":
        return { Item: copyOf(this.row(region, this.schema(input.TableName), input.Key!)?.item) };
      case "QueryCommand":
        return this.query(region, input);
      case "ScanCommand": {
        const filter = input["FilterExpression"] as string | undefined;
        const found = this.items(region, input.TableName).filter((item) =>
          holdsFor(filter, item, placeholdersOf(input)),
        );
        return { Items: found.map((item) => copyOf(item)) };
      }
      case "PutCommand":
        this.check(region, input, input.Item!);
        this.write(region, this.schema(input.TableName), input.Item!, input.Item!);
        return {};
      case "UpdateCommand":
        return this.update(region, input);
      case "DeleteCommand":
        this.check(region, input, input.Key!);
        this.write(region, this.schema(input.TableName), input.Key!, undefined);
        return {};
      case "BatchGetCommand": {
        const wanted = Object.entries(input["RequestItems"] as Record<string, { Keys: Item[] }>);
        const found = wanted.map(([table, { Keys }]) => [
          table,
          Keys.flatMap((key) => copyOf(this.row(region, this.schema(table), key)?.item) ?? []),
        ]);
        return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
      }
      case "TransactWriteCommand":
        return this.transact(region, input["TransactItems"] as Record<string, Input>[]);
      default:
        throw new Error(`The simulator does not know DynamoDB's ${command}. Add it to tests/kit/simulator/tables.ts.`);
    }
  }

  private query(region: string, input: Input): unknown {
    const schema = this.schema(input.TableName);
    const { hash, range } = input.IndexName ? schema.indexes![input.IndexName]! : schema;
    const given = placeholdersOf(input);
    const hits = this.items(region, input.TableName)
      .filter((item) => item[hash] !== undefined && (!input.IndexName || item[range!] !== undefined))
      .filter((item) => holdsFor(input.KeyConditionExpression, item, given))
      .sort((first, second) => String(first[range!]).localeCompare(String(second[range!])));
    if (input.ScanIndexForward === false) hits.reverse();
    const start = input.ExclusiveStartKey
      ? hits.findIndex((item) => keyOf(schema, item) === keyOf(schema, input.ExclusiveStartKey!)) + 1
      : 0;
    const page = hits.slice(start, start + (input.Limit ?? hits.length));
    const isLast = start + page.length >= hits.length;
    const shown = input.IndexName
      ? page.map((item) => pick(item, [schema.hash, schema.range!, hash, range!]))
      : page.map((item) => copyOf(item)!);
    return { Items: shown, ...(isLast ? {} : { LastEvaluatedKey: shown.at(-1) }) };
  }

  private update(region: string, input: Input): unknown {
    this.check(region, input, input.Key!);
    this.applyUpdate(region, input);
    return {};
  }

  private applyUpdate(region: string, input: Input): void {
    const schema = this.schema(input.TableName);
    const item = copyOf(this.row(region, schema, input.Key!)?.item) ?? { ...input.Key };
    applyUpdate(input.UpdateExpression!, item, placeholdersOf(input));
    this.write(region, schema, input.Key!, item);
  }

  private transact(region: string, actions: Record<string, Input>[]): unknown {
    const reasons = actions.map((action) => {
      const [input] = Object.values(action) as [Input];
      const current = this.row(region, this.schema(input.TableName), (input.Key ?? input.Item)!)?.item;
      if (holdsFor(input.ConditionExpression, current, placeholdersOf(input))) return { Code: "None" };
      const shown = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD" && current;
      return { Code: "ConditionalCheckFailed", ...(shown && { Item: marshall(shown, MARSHALL) }) };
    });
    if (reasons.some(({ Code }) => Code !== "None")) {
      throw new TransactionCanceledException({ $metadata: {}, message: "cancelled", CancellationReasons: reasons });
    }
    for (const action of actions) {
      const [input] = Object.values(action) as [Input];
      if ("Update" in action) this.applyUpdate(region, input);
      else
        this.write(
          region,
          this.schema(input.TableName),
          (input.Key ?? input.Item)!,
          "Put" in action ? input.Item : undefined,
        );
    }
    return {};
  }

  private check(region: string, input: Input, key: Item): void {
    const current = this.row(region, this.schema(input.TableName), key)?.item;
    if (holdsFor(input.ConditionExpression, current, placeholdersOf(input))) return;
    throw new ConditionalCheckFailedException({ $metadata: { httpStatusCode: 400 }, message: "The condition failed." });
  }

  private write(region: string, schema: TableSchema, key: Item, item: Item | undefined): void {
    const writtenAt = this.world.now() + (this.world.skewMs.get(region) ?? 0);
    this.store(region, schema, key, item && copyOf(item), { writtenAt, origin: region });
  }

  private store(
    region: string,
    schema: TableSchema,
    keys: Item,
    item: Item | undefined,
    { writtenAt, origin }: Pick<Row, "writtenAt" | "origin">,
  ): void {
    const table = this.table(region, schema.name);
    const id = keyOf(schema, keys);
    const before = table.get(id)?.item;
    if (item === undefined && before === undefined && origin === region) return;
    table.set(id, { item, writtenAt, origin });
    const key = pick(keys, schema.range ? [schema.hash, schema.range] : [schema.hash]);
    const change: Change = { table: schema.name, region, key, before, after: item, origin };
    for (const listener of this.listeners) listener(change);
    if (schema.ttl && typeof item?.[schema.ttl] === "number") this.expireLater(region, schema, key, item);
    if (schema.global && origin === region) {
      for (const other of this.regions) {
        if (other !== region) this.replicate(region, other, schema, key, { item, writtenAt, origin });
      }
    }
  }

  private replicate(from: string, to: string, schema: TableSchema, key: Item, row: Row): void {
    const id = `${from}/${to}/${schema.name}/${keyOf(schema, key)}`;
    const label = this.world.chance.next(`lag/${id}`);
    const start = () => {
      // Changes of one item keep their order.
      const at = Math.max(this.world.now() + this.lagMs(label), this.arrivals.get(id) ?? 0);
      this.arrivals.set(id, at + 1);
      this.world.after(at - this.world.now(), undefined, () => {
        if (this.isLinkCut || this.world.condition(from) === "frozen" || !this.isUp(from) || !this.isUp(to)) {
          // A change that a lost Region had not sent never arrives.
          if (this.world.condition(from) !== "lost" && this.world.condition(to) !== "lost") this.waiting.push(start);
          return;
        }
        const present = this.table(to, schema.name).get(keyOf(schema, key));
        if (present && isNewer(present, row)) return;
        this.store(to, schema, key, row.item && copyOf(row.item), row);
      });
    };
    start();
  }

  private expireLater(region: string, schema: TableSchema, key: Item, item: Item): void {
    const at = Number(item[schema.ttl!]) * 1_000;
    const label = this.world.chance.next(`ttl/${schema.name}/${keyOf(schema, key)}`);
    const delay = at - this.world.now() + this.world.chance.of(label) * 3_600_000;
    this.world.after(
      delay,
      region,
      () => {
        const current = this.row(region, schema, key)?.item;
        if (current?.[schema.ttl!] === item[schema.ttl!]) this.write(region, schema, key, undefined);
      },
      true,
    );
  }

  private isUp(region: string): boolean {
    return this.world.isUp(region);
  }

  private schema(name: string): TableSchema {
    const schema = this.schemas.get(name);
    if (!schema) throw new Error(`The simulator has no table "${name}".`);
    return schema;
  }

  private table(region: string, name: string): Map<string, Row> {
    const id = `${region}/${name}`;
    let table = this.rows.get(id);
    if (!table) {
      table = new Map();
      this.rows.set(id, table);
    }
    return table;
  }

  private row(region: string, schema: TableSchema, key: Item): Row | undefined {
    return this.table(region, schema.name).get(keyOf(schema, key));
  }
}

const MARSHALL = { removeUndefinedValues: true };

const keyOf = ({ hash, range }: TableSchema, item: Item) => `${item[hash]}|${range ? item[range] : ""}`;

const placeholdersOf = (input: Input): Placeholders => ({
  names: input.ExpressionAttributeNames,
  values: input.ExpressionAttributeValues,
});

const isNewer = (present: Row, arriving: Row) =>
  present.writtenAt > arriving.writtenAt ||
  (present.writtenAt === arriving.writtenAt && present.origin > arriving.origin);

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

/** A copy as the document client's round trip makes it: without what is undefined. */
export function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (value instanceof Set) return new Set(value) as Value;
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "object" || value === null) return value;
  const copy: Item = {};
  for (const name of Object.keys(value)) {
    const inner = (value as Item)[name];
    if (typeof inner === "object") copy[name] = copyOf(inner);
    else if (inner !== undefined) copy[name] = inner;
  }
  return copy as Value;
}
