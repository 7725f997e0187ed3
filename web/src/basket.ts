import { useSyncExternalStore } from "react";
import type { Price, Product } from "../../domain/catalogue/product";
import { MAX_LINES, MAX_QUANTITY } from "../../domain/order/limits";

/** A product in the basket, with what the page showed of it; prices are asked for again before an order. */
export interface BasketLine {
  productId: string;
  quantity: number;
  name: string;
  price: Price;
  image?: string;
  maxPerOrder?: number;
}

const KEY = "stayopen.basket";

let lines: readonly BasketLine[] = read();
const listeners = new Set<() => void>();

// Another tab has changed it.
addEventListener("storage", (event) => {
  if (event.key === KEY) {
    lines = read();
    tell();
  }
});

export function useBasket(): readonly BasketLine[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lines,
  );
}

export function basketLines(): readonly BasketLine[] {
  return lines;
}

/** Adds pieces, up to what one order may have. Answers how many are in the basket then; 0 when it is full. */
export function addToBasket(product: Product, quantity: number): number {
  const present = lines.find((line) => line.productId === product.productId);
  if (!present && lines.length >= MAX_LINES) return 0;
  const { productId, name, price, image, maxPerOrder } = product;
  const line = { productId, name, price, image, maxPerOrder };
  const wanted = Math.min((present?.quantity ?? 0) + quantity, most(line));
  write([...lines.filter((other) => other !== present), { ...line, quantity: wanted }]);
  return wanted;
}

export function setQuantity(productId: string, quantity: number): void {
  write(
    lines.flatMap((line) => {
      if (line.productId !== productId) return [line];
      return quantity < 1 ? [] : [{ ...line, quantity: Math.min(quantity, most(line)) }];
    }),
  );
}

/** Takes over what the catalogue says now. */
export function refreshBasket(products: readonly Product[]): void {
  const known = new Map(products.map((product) => [product.productId, product]));
  const refreshed = lines.map((line) => {
    const product = known.get(line.productId);
    if (!product) return line;
    const { name, price, image, maxPerOrder } = product;
    const now = { ...line, name, price, image, maxPerOrder };
    return { ...now, quantity: Math.min(line.quantity, most(now)) };
  });
  if (JSON.stringify(refreshed) !== JSON.stringify(lines)) write(refreshed);
}

export function emptyBasket(): void {
  write([]);
}

export function most({ maxPerOrder }: Pick<BasketLine, "maxPerOrder">): number {
  return Math.min(maxPerOrder ?? MAX_QUANTITY, MAX_QUANTITY);
}

export function pieces(of: readonly BasketLine[]): number {
  return of.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** What the customer sees as the sum; `undefined` for an empty basket. */
export function totalOf(of: readonly BasketLine[]): Price | undefined {
  const [first] = of;
  if (!first) return undefined;
  return {
    amount: of.reduce((sum, { quantity, price }) => sum + quantity * price.amount, 0),
    currency: first.price.currency,
  };
}

function write(changed: readonly BasketLine[]): void {
  lines = changed;
  try {
    localStorage.setItem(KEY, JSON.stringify(changed));
  } catch (error) {
    // Full or forbidden: the basket then lives as long as the page.
    console.warn("The basket can't be kept in this browser.", error);
  }
  tell();
}

function read(): BasketLine[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isLine) : [];
  } catch (error) {
    console.warn("The kept basket can't be read.", error);
    return [];
  }
}

/** An older page, or a curious person, may have written something else. */
function isLine(value: unknown): value is BasketLine {
  const line = Object(value) as Partial<BasketLine>;
  return (
    typeof line.productId === "string" &&
    typeof line.name === "string" &&
    Number.isInteger(line.quantity) &&
    Number.isInteger(line.price?.amount) &&
    typeof line.price?.currency === "string"
  );
}

function tell(): void {
  for (const listener of listeners) listener();
}
