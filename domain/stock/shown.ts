import type { Share } from "./share";
import { unitsLeft } from "./shortage";

/** Stock of a counted product as shoppers see it. */
export interface ShownStock {
  /** No Region has a unit to promise. */
  soldOut: boolean;
  /** Units left in all Regions. Absent while there are more than the threshold, and when sold out. */
  left?: number;
}

/** Default of the most units that are shown as a number. */
export const FEW_LEFT = 5;

/**
 * Returns what shoppers see of a product's stock: what this Region knows of all shares, as submit does.
 *
 * @param fewLeft most units that are shown as a number.
 */
export function toShownStock(
  productId: string,
  shares: readonly Share[],
  region: string,
  fewLeft = FEW_LEFT,
): ShownStock {
  const left = unitsLeft(productId, shares, region);
  if (left <= 0) return { soldOut: true };
  return left <= fewLeft ? { soldOut: false, left } : { soldOut: false };
}

export function isSameStock(one: ShownStock | undefined, other: ShownStock | undefined): boolean {
  return one?.soldOut === other?.soldOut && one?.left === other?.left;
}

/**
 * Returns true if a share's change may have changed what shoppers see. It has not if this share alone has more than the
 * threshold before and after, because no other share takes anything away.
 *
 * @param before the share before the change; absent if the change made it.
 * @param shares all shares of the product now.
 */
export function mayChangeShown(
  before: Pick<Share, "available"> | undefined,
  after: Pick<Share, "available">,
  shares: readonly Share[],
  fewLeft = FEW_LEFT,
): boolean {
  const isPlenty = before !== undefined && before.available > fewLeft && after.available > fewLeft;
  // A share below 0 owes units (`claimShare`), so that the sum may be low beside a large one.
  return !isPlenty || shares.some(({ available }) => available < 0);
}
