import { useState } from "react";
import { browserStorage, readKept } from "../parts/browserStorage";
import { type CardProduct, isSameProduct } from "./productCard";

const KEPT = "stayopen.viewed";
const MOST = 7;

/** Keeps a product among those that this browser has shown last. */
export function rememberViewed({
  productId,
  group,
  name,
  brand,
  category,
  image,
  price,
  availability,
}: CardProduct): void {
  const viewed: CardProduct = { productId, group, name, brand, category, image, price, availability };
  const others = read().filter((other) => !isSameProduct(other, viewed));
  browserStorage.setItem(KEPT, JSON.stringify([viewed, ...others].slice(0, MOST)));
}

export function forgetViewed(): void {
  browserStorage.removeItem(KEPT);
}

/** Products that this browser has shown last, with what was known then. */
export function useRecentlyViewed(without?: CardProduct): CardProduct[] {
  const [viewed] = useState(read);
  return viewed.filter((one) => !without || !isSameProduct(one, without)).slice(0, MOST - 1);
}

/** Storage may hold entries of another release, or edited ones. */
function read(): CardProduct[] {
  const kept = readKept<unknown>(browserStorage, KEPT);
  return Array.isArray(kept) ? kept.filter(isCardProduct) : [];
}

function isCardProduct(value: unknown): value is CardProduct {
  const { productId, name, brand, price, availability } = Object(value) as Partial<CardProduct>;
  return (
    [productId, name, brand, availability, price?.currency].every((text) => typeof text === "string") &&
    Number.isInteger(price?.amount)
  );
}
