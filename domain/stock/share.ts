/** The release that a share's attributes follow; see `ORDER_SCHEMA`. */
export const STOCK_SCHEMA = 1;

/** Units of a product, as an order takes them. */
export interface Units {
  productId: string;
  quantity: number;
}

/**
 * Names of a share's counters about one peer Region. Each counts units since the beginning and only grows, so a late or
 * repeated record of a share changes nothing, and a message between Regions needs no id of its own.
 *
 * - `sentTo`: moved out of this share for the peer.
 * - `receivedFrom`: the part of the peer's `sentTo` that this share has added.
 * - `claimedFrom`: taken from the share of a peer that an operator has declared lost.
 * - `cededTo`: the part of the peer's `claimedFrom` that this share has given up since its Region returned.
 */
export type PeerCounter = "sentTo" | "receivedFrom" | "claimedFrom" | "cededTo";

/** A counter's attribute: `sentTo_us-west-2`. */
export type CounterName = `${PeerCounter}_${string}`;

/** One Region's share of a product: the units that this Region alone may promise. Only that Region writes it. */
export interface Share {
  productId: string;
  region: string;
  /** Units that the Region may promise now. Below 0 after a claim of units that were promised already. */
  available: number;
  /** Units promised to orders and not given back. */
  sold: number;
  /** Units that merchandisers have added, less those that they have taken away. */
  delivered: number;
  /** Units that an order in this Region needed while only the peer's share had them. The next order that takes units ends the wish. */
  wanted?: number;
  /** ISO 8601 UTC: the wish ends then, because its customer has given up. */
  wantedUntil?: string;
  [counter: CounterName]: number | undefined;
}

/** A share as stored. */
export interface ShareItem extends Share {
  kind: "share";
  schema: number;
  entry: string;
}

/** One change of a share by a merchandiser, stored under its id so that a repeated one changes nothing. */
export interface DeliveryItem {
  kind: "delivery";
  schema: number;
  productId: string;
  /** `delivery#ID#REGION`. */
  entry: string;
  region: string;
  /** Units added; below 0 for units that were lost, broken or miscounted. */
  units: number;
  /** ISO 8601 UTC. */
  at: string;
  /** The Region that counts the same id: this one has given the units up (`findRepeatedDelivery`). */
  withdrawnFor?: string;
}

/** Kinds of items, by which event sources filter records. */
export const SHARE_KIND: ShareItem["kind"] = "share";
export const DELIVERY_KIND: DeliveryItem["kind"] = "delivery";

const SHARE_PREFIX = "share#";

/** Beginning of the range keys of a product's shares. */
export const SHARES = SHARE_PREFIX;

export const shareKey = (productId: string, region: string) => ({ productId, entry: `${SHARE_PREFIX}${region}` });

/** Beginning of the range keys of one delivery in all Regions. */
export const deliveriesPrefix = (id: string) => `delivery#${id}#`;

export const deliveryKey = (productId: string, region: string, id: string) => ({
  productId,
  entry: `${deliveriesPrefix(id)}${region}`,
});

/** The id of a delivery's item. */
export const deliveryIdOf = ({ entry }: Pick<DeliveryItem, "entry">) => entry.split("#")[1] ?? "";

export const counterName = (counter: PeerCounter, peer: string): CounterName => `${counter}_${peer}`;

/** Reads a counter; one that is not there yet counts 0. */
export function count(share: Share | undefined, counter: PeerCounter, peer: string): number {
  return share?.[counterName(counter, peer)] ?? 0;
}

/** The share of a Region that has none yet. */
export function emptyShare(productId: string, region: string): Share {
  return { productId, region, available: 0, sold: 0, delivered: 0 };
}

/** True while a customer waits for the units that the share wants. */
export function isWanting({ wanted, wantedUntil }: Share, at: string): boolean {
  return wanted !== undefined && wantedUntil !== undefined && wantedUntil > at;
}

/**
 * Units that the counters say must be available. Equal to `available` at every moment, because each write changes both.
 *
 * @param peers every Region that the share may have a counter about.
 */
export function balanceOf(share: Share, peers: readonly string[]): number {
  const moved = peers.map(
    (peer) =>
      count(share, "receivedFrom", peer) +
      count(share, "claimedFrom", peer) -
      count(share, "sentTo", peer) -
      count(share, "cededTo", peer),
  );
  return share.delivered - share.sold + moved.reduce((sum, units) => sum + units, 0);
}
