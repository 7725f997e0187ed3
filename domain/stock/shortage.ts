import { emptyShare, type Share, type Units } from "./share";
import { unitsUnderWay } from "./transfers";

/** A line that the own share cannot serve, and what is left of its product in all Regions. */
export interface ShortLine extends Units {
  left: number;
}

/** Answer to an order that the own shares cannot serve. */
export type Shortage =
  | { kind: "sold-out"; lines: ShortLine[] }
  /** Enough units are left, but not here: the Region wishes for them, and the order may be repeated in a moment. */
  | { kind: "elsewhere"; wishes: Units[] };

/**
 * Seconds for which a wish stands unless an order takes units before: each repetition of the order renews it. Meanwhile the
 * Region sends none of the product's units away.
 */
export const WISH_SECONDS = 30;

/** Seconds after which an order whose units are in the other Region may be repeated: replication there and back. */
export const RETRY_AFTER_SECONDS = 3;

/**
 * Decides the answer to an order that the own shares cannot serve.
 *
 * @param lines those that the own shares could not serve.
 * @param shares all shares of these products, as this Region knows them.
 */
export function decideShortage(lines: readonly Units[], shares: readonly Share[], region: string): Shortage {
  const short = lines.map((line) => ({ ...line, left: unitsLeft(line.productId, shares, region) }));
  const soldOut = short.filter(({ quantity, left }) => left < quantity);
  if (soldOut.length > 0) return { kind: "sold-out", lines: soldOut };
  return { kind: "elsewhere", wishes: short.map(({ productId, quantity }) => ({ productId, quantity })) };
}

/** Units of a product that some Region may promise now, those under way included. */
export function unitsLeft(productId: string, shares: readonly Share[], region: string): number {
  const known = shares.filter((share) => share.productId === productId);
  const own = known.find((share) => share.region === region) ?? emptyShare(productId, region);
  const peers = known.filter((share) => share.region !== region);
  return peers.reduce(
    (left, peer) => left + peer.available + unitsUnderWay(own, peer) + unitsUnderWay(peer, own),
    own.available,
  );
}
