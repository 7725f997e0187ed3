import { setTimeout as sleep } from "node:timers/promises";
import type { OrderItem } from "../../domain/order";
import type { OrderStand } from "../../tests/integration/orders/orderStand";
import { type Metered, type MeterFiles, metered, placeIn } from "./meter";

/** The Region that the other one's part is measured for: what it writes arrives here as replication does. */
const OTHER_REGION = "us-west-2";
/** Between two changes of an order, so that each is a record of its own batch, as in life. */
const CHANGE_EVERY_MS = 400;

/**
 * What another Region's finished orders make this Region do: their changes are written here once more, as replication
 * writes them, and its dispatcher looks at each.
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
  // Not the same orders: theirs are nobody else's, as nearly every order is.
  const orderId = `${item.orderId.slice(0, -2)}zz`;
  for (const [index, { status }] of item.history.entries()) {
    await sleep(CHANGE_EVERY_MS * (0.5 + Math.random()));
    const history = item.history.slice(0, index + 1);
    await stand.putOrder({ ...item, orderId, region: OTHER_REGION, status, history, version: index + 1 });
  }
}
