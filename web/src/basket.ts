import type { Price, Product } from "../../domain/catalogue/product";
import type { OrderLine } from "../../domain/order/items";
import { MAX_LINES, MAX_QUANTITY } from "../../domain/order/limits";
import { priceLine } from "../../domain/order/prices/pricing";
import { createStore } from "./parts/store";

/** Product in the basket as the page last showed it. Prices are read again before an order. */
export interface BasketLine {
  productId: string;
  quantity: number;
  name: string;
  price: Price;
  image?: string;
  maxPerOrder?: number;
}

const KEY = "stayopen.basket";

const basket = createStore<readonly BasketLine[]>(readKept());

// Changes made in another tab.
addEventListener("storage", (event) => {
  if (event.key === KEY) basket.set(readKept());
});

export const useBasket = basket.use;
export const basketLines = basket.get;

/** Adds up to the limit of one order. Returns the quantity in the basket; 0 if the basket is full. */
export function addToBasket(product: Product, quantity: number): number {
  const lines = basket.get();
  const present = lines.find((line) => line.productId === product.productId);
  if (!present && lines.length >= MAX_LINES) return 0;
  const line = { ...toLine(product), quantity: 0 };
  line.quantity = Math.min((present?.quantity ?? 0) + quantity, maxQuantity(line));
  write([...lines.filter((other) => other !== present), line]);
  return line.quantity;
}

/** Puts the lines of an order back, as far as they are missing. Repeating the call changes nothing. */
export function restoreBasket(ordered: readonly BasketLine[]): void {
  const lines = basket.get();
  const missing = ordered.filter(({ productId }) => !lines.some((line) => line.productId === productId));
  write([...lines, ...missing].slice(0, MAX_LINES));
}

export function setQuantity(productId: string, quantity: number): void {
  write(
    basket.get().flatMap((line) => {
      if (line.productId !== productId) return [line];
      return quantity < 1 ? [] : [{ ...line, quantity: Math.min(quantity, maxQuantity(line)) }];
    }),
  );
}

/** Updates names, prices, pictures and limits from the catalogue. */
export function refreshBasket(products: readonly Product[]): void {
  const lines = basket.get();
  const known = new Map(products.map((product) => [product.productId, product]));
  const refreshed = lines.map((line) => {
    const product = known.get(line.productId);
    if (!product) return line;
    const current = { ...line, ...toLine(product) };
    return { ...current, quantity: Math.min(line.quantity, maxQuantity(current)) };
  });
  if (JSON.stringify(refreshed) !== JSON.stringify(lines)) write(refreshed);
}

export function emptyBasket(): void {
  write([]);
}

export function maxQuantity({ maxPerOrder }: Pick<BasketLine, "maxPerOrder">): number {
  return Math.min(maxPerOrder ?? MAX_QUANTITY, MAX_QUANTITY);
}

export function countPieces(of: readonly BasketLine[]): number {
  return of.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Price of all pieces of a line. */
export const linePrice = ({ quantity, price }: Pick<BasketLine, "quantity" | "price">): Price =>
  priceLine({ quantity, unitPrice: price });

/** The line at the price that a quote has for it. */
export const atQuote = (line: BasketLine, quoted: Pick<OrderLine, "unitPrice"> | undefined): BasketLine =>
  quoted ? { ...line, price: quoted.unitPrice } : line;

/** `undefined` for an empty basket. */
export function basketTotal(of: readonly BasketLine[]): Price | undefined {
  const [first] = of;
  if (!first) return undefined;
  return {
    amount: of.reduce((sum, line) => sum + linePrice(line).amount, 0),
    currency: first.price.currency,
  };
}

function toLine({ productId, name, price, image, maxPerOrder }: Product): Omit<BasketLine, "quantity"> {
  return { productId, name, price, image, maxPerOrder };
}

function write(changed: readonly BasketLine[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(changed));
  } catch (error) {
    // The storage is full or forbidden: the basket ends with the page.
    console.warn("The basket can't be stored in this browser.", error);
  }
  basket.set(changed);
}

function readKept(): BasketLine[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isBasketLine) : [];
  } catch (error) {
    console.warn("The stored basket can't be read.", error);
    return [];
  }
}

/** Storage may hold lines of another release, or edited ones. */
function isBasketLine(value: unknown): value is BasketLine {
  const line = Object(value) as Partial<BasketLine>;
  return (
    typeof line.productId === "string" &&
    typeof line.name === "string" &&
    Number.isInteger(line.quantity) &&
    Number.isInteger(line.price?.amount) &&
    typeof line.price?.currency === "string"
  );
}
