import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { createSubmitOrder } from "../../components/orderService/handlers/api/submit";
import { Catalogue } from "../../components/orderService/handlers/catalogue";
import { dispatch } from "../../components/orderService/handlers/executions/dispatch";
import { TaskReply } from "../../components/orderService/handlers/executions/taskReply";
import { CUSTOMER_INDEX, OPEN_INDEX, OrderStore } from "../../components/orderService/handlers/orderStore";
import { moveStock } from "../../components/orderService/handlers/stock/moveStock";
import { StockStore } from "../../components/orderService/handlers/stock/stockStore";
import { advance, type OrderItem, type OrderStatus, takeOver } from "../../domain/order";
import { type Share, shareKey } from "../../domain/stock";
import { answeringClient, workflowsAnswering } from "./orderFakes";
import { type Change, type TableSchema, Tables } from "./simulator/tables";
import { World } from "./simulator/world";
import { submission } from "./submission";

export const EAST = "us-east-1";
export const WEST = "us-west-2";
const REGIONS = [EAST, WEST];

const NAMES = { orders: "orders", cards: "cards", stock: "stock" };
const SCHEMAS: TableSchema[] = [
  {
    name: NAMES.orders,
    hash: "orderId",
    range: "region",
    indexes: {
      [OPEN_INDEX]: { hash: "openIn", range: "sweepAt" },
      [CUSTOMER_INDEX]: { hash: "customerId", range: "createdAt" },
    },
    global: true,
  },
  { name: NAMES.cards, hash: "orderId", range: "region", global: true },
  { name: NAMES.stock, hash: "productId", range: "entry", global: true },
  { name: "products", hash: "productId", global: true },
];

/**
 * Submit and the two stream handlers of both Regions on replicated tables in memory. Nothing is replicated and no record is
 * handled until `settle` is called, so that a test decides what each Region knows.
 */
export class StockStand {
  private readonly world = new World({ seed: 1, calm: true });
  private readonly tables = new Tables(
    this.world,
    new Map(SCHEMAS.map((schema) => [schema.name, schema])),
    REGIONS,
    () => 1_000,
  );
  private readonly records = new Map<string, Change[]>(REGIONS.map((region) => [region, []]));
  /** Commands by Region, for the cost of an order. */
  readonly sent = new Map<string, { name: string; input: Record<string, unknown> }[]>();
  private readonly clients = new Map<string, DynamoDBDocumentClient>();

  constructor() {
    for (const region of REGIONS) {
      const { client, sent } = answeringClient<DynamoDBDocumentClient>((name, input) =>
        this.tables.answer(region, name, input as never),
      );
      this.clients.set(region, client);
      this.sent.set(region, sent);
    }
    this.tables.onChange((change) => this.records.get(change.region)!.push(change));
    this.product("kettle", { counted: true });
  }

  product(productId: string, content: object): void {
    const price = { amount: 3_490, currency: "EUR" };
    this.tables.seed("products", { productId, name: productId, price, availability: "in-stock", ...content });
  }

  /** Puts a share, of the kettle by default, into both Regions' replicas, as if it had been there for long. */
  share(region: string, available: number, more: Partial<Share> = {}): void {
    const item = { kind: "share", schema: 1, ...shareKey(more.productId ?? "kettle", region), region };
    this.tables.seed(NAMES.stock, { ...item, available, sold: 0, delivered: available, ...more });
    for (const records of this.records.values()) records.length = 0;
  }

  /** A Region's own share of the kettle, or the other Region's as it has arrived there. */
  shareIn(region: string, of = region): Share | undefined {
    return this.tables.item(region, NAMES.stock, { productId: "kettle", entry: `share#${of}` }) as unknown as Share;
  }

  /** Orders of the customer's days, as a Region has counted them. */
  counts(region: string): number[] {
    return this.tables.items(region, NAMES.orders).flatMap(({ kind, used }) => (kind === "rate" ? [Number(used)] : []));
  }

  orders(region: string): OrderItem[] {
    return this.tables.items(region, NAMES.orders).filter((item) => item["kind"] === "order") as unknown as OrderItem[];
  }

  own(region: string): OrderItem[] {
    return this.orders(region).filter((item) => item.region === region);
  }

  /** Places an order of one customer; the same key is the same request. */
  async place(region: string, key: string, quantity = 1, lines = [{ productId: "kettle", quantity }]) {
    const submit = createSubmitOrder({
      store: this.store(region),
      stock: this.stock(region),
      catalogue: this.catalogue(region),
      cardKeyIds: ["mrk-1"],
      ordersPerCustomerDay: 1_000,
    });
    const request = submission(key);
    const amount = lines.reduce((sum, line) => sum + line.quantity * 3_490, 0);
    request.body = JSON.stringify({
      ...JSON.parse(request.body ?? "{}"),
      lines,
      expectedTotal: { amount, currency: "EUR" },
    });
    const { statusCode, headers, body } = await submit(request);
    return { status: statusCode, retryAfter: headers?.["retry-after"], ...JSON.parse(body ?? "{}") };
  }

  client(region: string): DynamoDBDocumentClient {
    return this.clients.get(region)!;
  }

  /** An item of the orders' table. */
  item(region: string, orderId: string, key: string): Record<string, unknown> | undefined {
    return this.tables.item(region, NAMES.orders, { orderId, region: key });
  }

  /** Puts an item into the orders' table of both Regions, as if it had been there for long. */
  seed(item: OrderItem): void {
    this.tables.seed(NAMES.orders, { ...item });
  }

  stock(region: string): StockStore {
    return new StockStore(this.clients.get(region)!, NAMES.stock, region);
  }

  catalogue(region: string): Catalogue {
    return new Catalogue(this.clients.get(region)!, "products");
  }

  store(region: string): OrderStore {
    return new OrderStore(this.clients.get(region)!, NAMES, region);
  }

  /** Writes the next status of a Region's only own item, or of this order's. */
  async become(region: string, status: OrderStatus, orderId = this.own(region)[0]!.orderId): Promise<void> {
    const own = this.own(region).find((item) => item.orderId === orderId)!;
    await this.store(region).write(advance(own, status, { at: new Date().toISOString() }));
  }

  async takeOver(region: string, orderId: string): Promise<void> {
    const store = this.store(region);
    await store.write(takeOver(await store.partition(orderId), region, { at: new Date().toISOString() })!);
  }

  /**
   * Replicates everything and handles all records, each as often as asked, until nothing more follows.
   *
   * @param lose all records are lost.
   */
  async settle({
    times = 1,
    down = [],
    lose = false,
  }: {
    times?: number;
    down?: string[];
    lose?: boolean;
  } = {}): Promise<void> {
    for (;;) {
      while (this.world.isBusy && this.world.step());
      const region = REGIONS.find((one) => !down.includes(one) && this.records.get(one)!.length > 0);
      if (region === undefined) return;
      const change = this.records.get(region)!.shift()!;
      for (let time = 0; time < (lose ? 0 : times); time++) await this.handle(region, change);
    }
  }

  private async handle(region: string, change: Change): Promise<void> {
    const image = (item: object | undefined) => item && marshall(item, { removeUndefinedValues: true });
    const record = {
      eventName: "MODIFY",
      dynamodb: { NewImage: image(change.after), OldImage: image(change.before) },
    } as DynamoDBRecord;
    if (change.table === NAMES.stock) {
      await moveStock(record, { store: this.stock(region), onMoved: () => {} });
    } else if (change.table === NAMES.orders) {
      const workflows = workflowsAnswering();
      await dispatch(record, {
        store: this.store(region),
        workflows: workflows.client,
        stateMachineArn: "arn:machine",
        publisher: answeringClient(() => ({})).client as never,
        topicArn: "arn:topic",
        reply: new TaskReply(workflows.client),
        functions: answeringClient(() => ({})).client as never,
        refunder: "refunder",
      });
    }
  }
}
