import { type CancelItem, effectiveItem, isFinal, type OrderItem } from "../../../domain/order";
import { type Deployment, resourcesOfType } from "../../deployment/deployment";
import type { OrderRecords } from "../../providers";
import { LastKnown } from "../lastKnown";
import type { OrderFigures } from "../pulse";
import type { RegionClients } from "../regionClients";
import type { OrderView } from "../state";
import { Executions } from "./executions";

/** Orders that the page shows, newest first. */
const shownOrders = 40;
/** Limit of items read from a Region's table. */
const maxItems = 5_000;

type Item = OrderItem | CancelItem;

/** Combines the orders of all Regions with their workflows and the providers' records. */
export class Orders {
  private readonly executions: Executions;
  private readonly items: LastKnown<Item[]>;
  private byRegion = new Map<string, OrderFigures>();

  constructor(
    private readonly regions: readonly RegionClients[],
    private readonly recordsOf: (orderId: string) => OrderRecords,
  ) {
    this.executions = new Executions(regions);
    this.items = new LastKnown(regions, (region) => this.readItems(region));
  }

  /** Figures of the orders that a Region accepted, as last read. */
  figures(region: string): OrderFigures | undefined {
    return this.byRegion.get(region);
  }

  async read(): Promise<{ orders: OrderView[]; total: number }> {
    const items = (await this.items.read()).flat();
    const placed = Map.groupBy(
      items.filter((item) => item.kind === "order"),
      ({ orderId }) => orderId,
    );
    this.byRegion = toFigures([...placed.values()]);
    const newest = [...placed]
      .sort(([, [a]], [, [b]]) => b!.createdAt.localeCompare(a!.createdAt))
      .slice(0, shownOrders);
    const cancels = new Map(
      items.flatMap((item) => (item.kind === "cancel" ? [[item.orderId, item.requestedAt] as const] : [])),
    );
    const executions = await this.executions.of(newest.map(([orderId]) => orderId));
    const orders = newest.map(
      ([orderId, own]): OrderView => ({
        orderId,
        cancelRequestedAt: cancels.get(orderId),
        items: newestCopies(own),
        executions: executions.get(orderId) ?? [],
        records: this.recordsOf(orderId),
      }),
    );
    return { orders, total: placed.size };
  }

  private async readItems({ deployment, dynamo }: RegionClients): Promise<Item[]> {
    const items: Item[] = [];
    // The secondary's stack has no table of its own; it uses the primary's.
    const [tables = []] = [deployment, ...this.regions.map((region) => region.deployment)]
      .map(orderTables)
      .filter((names) => names.length > 0);
    for (const TableName of tables) {
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await dynamo.scan({ TableName, ExclusiveStartKey });
        items.push(...((page.Items ?? []) as Item[]));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined && items.length < maxItems);
    }
    return items;
  }
}

/** Counts each order in the Region that accepted it, and its age in the Region that works on it. */
export function toFigures(orders: readonly (readonly OrderItem[])[]): Map<string, OrderFigures> {
  const figures = new Map<string, OrderFigures>();
  const of = (region: string) => {
    const known = figures.get(region) ?? { acceptedAt: [] };
    figures.set(region, known);
    return known;
  };
  for (const items of orders) {
    const effective = effectiveItem(newestCopies(items)) ?? items[0];
    if (effective === undefined) continue;
    const accepted = effective.history?.[0];
    const createdAt = Date.parse(effective.createdAt);
    of(accepted?.region ?? effective.region).acceptedAt.push(createdAt);
    const working = of(effective.region);
    if (!isFinal(effective.status)) working.oldestOpenAt = Math.min(working.oldestOpenAt ?? createdAt, createdAt);
  }
  return figures;
}

/** Finds the tables of orders: keyed by order and Region, with the index of open orders. */
export function orderTables(deployment: Pick<Deployment, "resources">): string[] {
  return tablesByOrder(deployment, true);
}

/** Finds the table of cards: the same keys, without an index. */
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

/** Each replica has every Region's item; the newest copy of each counts. */
export function newestCopies(items: readonly OrderItem[]): OrderItem[] {
  const oldestFirst = items.toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt));
  const byRegion = new Map(oldestFirst.map((item) => [item.region, item]));
  return [...byRegion.values()].sort((a, b) => a.region.localeCompare(b.region));
}
