import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import {
  DELIVERY_KIND,
  type DeliveryItem,
  deliveryIdOf,
  SHARE_KIND,
  type ShareChange,
  type ShareItem,
  settleShare,
} from "../../../../domain/stock";
import { TransientError } from "../../../runtime/transientError";
import type { StockStore } from "./stockStore";

export interface MoveStockDeps {
  store: StockStore;
  /** Called with each change that was written. */
  onMoved(productId: string, change: ShareChange): void;
}

/** Rounds of one record: one each to receive, cede and send, and more because orders may change the share in between. */
const MOST_ROUNDS = 8;

/**
 * Handles one record of the stock table's stream: a change of the peer's share. Adds what the peer has sent, gives up what it
 * has claimed, and sends what it lacks. Every change rests on a counter, so that a repeated or late record changes nothing.
 *
 * Also handles a delivery that the peer has written: if this Region has written the same id, one of them withdraws it.
 */
export async function moveStock(record: DynamoDBRecord, { store, onMoved }: MoveStockDeps): Promise<void> {
  const item = imageOf(record.dynamodb?.NewImage);
  if (!item || item.region === store.region) return;
  if (item.kind === "delivery") {
    await store.withdrawRepeated(await store.deliveries(item.productId, deliveryIdOf(item)));
    return;
  }
  await moveUnits(item, { store, onMoved });
}

async function moveUnits(share: ShareItem, { store, onMoved }: MoveStockDeps): Promise<void> {
  const { productId, region: peer } = share;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const shares = await store.shares(productId);
    const known = shares.find(({ region }) => region === peer);
    const own = shares.find(({ region }) => region === store.region);
    const change = known && settleShare(own, known, store.region, new Date().toISOString());
    if (!change) return;
    if (await store.change(productId, change)) onMoved(productId, change);
  }
  throw new TransientError(`The share of ${productId} was changed concurrently; gave up after ${MOST_ROUNDS} rounds.`);
}

function imageOf(image: unknown): ShareItem | DeliveryItem | undefined {
  if (!image) return undefined;
  // The event's types and the SDK's describe the same JSON.
  const item = unmarshall(image as Record<string, AttributeValue>);
  const isKnown = item["kind"] === SHARE_KIND || item["kind"] === DELIVERY_KIND;
  return isKnown ? (item as ShareItem | DeliveryItem) : undefined;
}
