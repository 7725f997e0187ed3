import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { type Deployment, resourcesOfType } from "../deployment/deployment";
import type { OrderRecords } from "../providers";
import { Executions } from "./executions";
import { LastKnown } from "./lastKnown";
import type { RegionClients } from "./regionClients";
import type { ExecutionView, OrderItemView, OrderView } from "./state";

/** As many orders as the page draws, newest first. */
const shownOrders = 40;
/** Items read from a Region's table at most. */
const readItems = 5_000;

interface OrderItem extends Omit<OrderItemView, "createdAt"> {
  kind?: string;
  orderId: string;
  contact?: { email?: string };
  total?: { amount: number; currency: string };
  lines?: { name: string; quantity: number }[];
  createdAt?: string;
  requestedAt?: string;
}

/** Reads the orders of all Regions, their workflows and the outside books, and puts them together by order. */
export class Orders {
  private readonly executions: Executions;
  private readonly items: LastKnown<OrderItem[]>;

  constructor(
    private readonly regions: readonly RegionClients[],
    private readonly book: (orderId: string) => OrderRecords,
  ) {
    this.executions = new Executions(regions);
    this.items = new LastKnown(regions, (region) => this.itemsOf(region));
  }

  async read(): Promise<{ orders: OrderView[]; total: number }> {
    const items = (await this.items.read()).flat();
    const byOrder = new Map<string, OrderItem[]>();
    for (const item of items) byOrder.set(item.orderId, [...(byOrder.get(item.orderId) ?? []), item]);
    const placed = [...byOrder.entries()].filter(([, own]) => own.some((item) => item.kind === "order"));
    const newest = placed.sort(([, a], [, b]) => createdAt(b).localeCompare(createdAt(a))).slice(0, shownOrders);
    const runs = await this.executions.of(newest.map(([orderId]) => orderId));
    const orders = newest.map(([orderId, own]) => this.viewOf(orderId, own, runs.get(orderId) ?? []));
    return { orders, total: placed.length };
  }

  private viewOf(orderId: string, items: OrderItem[], executions: ExecutionView[]): OrderView {
    const own = items.filter((item) => item.kind === "order");
    const [first] = own;
    return {
      orderId,
      email: first?.contact?.email ?? "",
      total: first?.total,
      lines: (first?.lines ?? []).map(({ name, quantity }) => ({ name, quantity })),
      createdAt: createdAt(items),
      cancelRequestedAt: items.find((item) => item.kind === "cancel")?.requestedAt,
      items: distinctRegions(own).map(({ region, status, epoch, createdAt = "", updatedAt, history }) => ({
        region,
        status,
        epoch,
        createdAt,
        updatedAt,
        history: history ?? [],
      })),
      executions,
      books: this.book(orderId),
    };
  }

  private async itemsOf({ deployment, dynamo }: RegionClients): Promise<OrderItem[]> {
    const items: OrderItem[] = [];
    // The secondary's stack has no table of its own: it finds the primary's.
    const [tables = []] = [deployment, ...this.regions.map((region) => region.deployment)]
      .map(orderTables)
      .filter((names) => names.length > 0);
    for (const TableName of tables) {
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await dynamo.send(new ScanCommand({ TableName, ExclusiveStartKey }));
        items.push(...((page.Items ?? []) as OrderItem[]));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined && items.length < readItems);
    }
    return items;
  }
}

/** Tables of orders: keyed by order and Region, with the index of open orders. */
export function orderTables(deployment: Pick<Deployment, "resources">): string[] {
  return tablesByOrder(deployment, true);
}

/** Table of cards: keyed alike, without an index. */
export function cardTable(deployment: Pick<Deployment, "resources">): string | undefined {
  return tablesByOrder(deployment, false)[0];
}

function tablesByOrder(deployment: Pick<Deployment, "resources">, isIndexed: boolean): string[] {
  return resourcesOfType(deployment, "aws:dynamodb/table:Table")
    .filter(
      ({ inputs }) =>
        inputs["hashKey"] === "orderId" &&
        inputs["rangeKey"] === "region" &&
        inputs["streamEnabled"] &&
        Array.isArray(inputs["globalSecondaryIndexes"]) === isIndexed,
    )
    .map(({ outputs, id }) => String(outputs["name"] ?? id));
}

function createdAt(items: readonly OrderItem[]): string {
  return items.map((item) => item.createdAt ?? "").find((at) => at !== "") ?? "";
}

/** The same item is in each Region's replica; the newest copy speaks. */
function distinctRegions(items: OrderItem[]): OrderItem[] {
  const newest = new Map<string, OrderItem>();
  for (const item of items) {
    const known = newest.get(item.region);
    if (!known || known.updatedAt < item.updatedAt) newest.set(item.region, item);
  }
  return [...newest.values()].sort((a, b) => a.region.localeCompare(b.region));
}
