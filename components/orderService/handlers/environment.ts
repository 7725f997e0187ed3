import type { Deadlines } from "../../../domain/order";
import { documentClient, setting } from "./clients";
import { OrderReader, type OrderTables } from "./orderReader";
import { OrderStore } from "./orderStore";
import { StockStore } from "./stock/stockStore";

/** Objects that functions create from the component's environment variables, once per cold start. */

export function readOrderTables(): OrderTables {
  return { orders: setting("ORDERS_TABLE"), cards: setting("CARDS_TABLE"), stock: setting("STOCK_TABLE") };
}

export function readOwnRegion(): string {
  return setting("AWS_REGION");
}

export function createOrderReader(): OrderReader {
  return new OrderReader(documentClient(), readOrderTables(), readOwnRegion());
}

export function createOrderStore(): OrderStore {
  return new OrderStore(documentClient(), readOrderTables(), readOwnRegion());
}

export function createStockStore(): StockStore {
  return new StockStore(documentClient(), setting("STOCK_TABLE"), readOwnRegion());
}

export function readDeadlines(): Deadlines {
  return JSON.parse(setting("DEADLINES"));
}
