import { claimShare } from "../../../../domain/stock";
import type { StockStore } from "./stockStore";

export interface StockClaim {
  /** Products whose units were claimed. */
  products: number;
  units: number;
  /** Products whose share changed in every attempt: run the claim again for these. */
  left: number;
}

const ATTEMPTS = 5;

/**
 * Claims the shares of a Region that an operator has declared lost, for the store's own Region. Idempotent: what is claimed is
 * not claimed again. If the lost Region returns, it gives the units up.
 *
 * Cost: one read of the whole table, and a read and a write for each product claimed.
 */
export async function claimStock(store: StockStore, lost: string): Promise<StockClaim> {
  const claimed: StockClaim = { products: 0, units: 0, left: 0 };
  for (const { productId } of await store.sharesOf(lost)) {
    const units = await claimProduct(store, lost, productId);
    if (units === undefined) claimed.left += 1;
    else if (units > 0) {
      claimed.products += 1;
      claimed.units += units;
    }
  }
  return claimed;
}

async function claimProduct(store: StockStore, lost: string, productId: string): Promise<number | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const shares = await store.shares(productId);
    const own = shares.find(({ region }) => region === store.region);
    const change = claimShare(own, shares.find(({ region }) => region === lost)!, store.region);
    if (!change) return 0;
    if (await store.change(productId, change)) return change.units;
  }
  return undefined;
}
