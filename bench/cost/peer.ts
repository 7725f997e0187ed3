import { setTimeout as sleep } from "node:timers/promises";
import type { OrderItem } from "../../domain/order";
import type { OrderStand } from "../../tests/integration/orders/orderStand";
import { type Metered, type MeterFiles, metered, placeIn } from "./meter";

/** The peer Region, whose writes arrive here through replication. */
const OTHER_REGION = "us-west-2";
/** Pause between two changes of an order, so that each is in its own batch, as in production. */
const CHANGE_EVERY_MS = 400;

/**
 * Measures the work that finished orders of the peer Region cause in this Region: their changes are written again, as replication does, and
 * the dispatcher reads each.
 */
export async function peersPart(
  stand: OrderStand,
  files: MeterFiles,
  items: readonly OrderItem[],
): Promise<Metered & { orders: number }> {
  const from = placeIn(files);
  for (let begin = 0; begin < items.length; begin += SIDE_BY_SIDE) {
    await Promise.all(items.slice(begin, begin + SIDE_BY_SIDE).map((item) => replicateLife(stand, item)));
  }
  await sleep(3_000);
  return { ...(await metered(files, from)), orders: items.length };
}

const SIDE_BY_SIDE = 10;

async function replicateLife(stand: OrderStand, item: OrderItem): Promise<void> {
  // With new order ids, because nearly every order belongs to one Region only.
  const orderId = `${item.orderId.slice(0, -2)}zz`;
  for (const [index, { status }] of item.history.entries()) {
    await sleep(CHANGE_EVERY_MS * (0.5 + Math.random()));
    const history = item.history.slice(0, index + 1);
    await stand.putOrder({ ...item, orderId, region: OTHER_REGION, status, history, version: index + 1 });
  }
}
