import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Price } from "../../../domain/catalogue/product";
import type { QuoteRequest } from "../../../domain/order/api/openapi";
import type { Address, OrderLine, ShippingLine, TaxLine } from "../../../domain/order/items";
import type { OfferedMethod } from "../../../domain/order/prices/charges";
import { callSignedIn } from "../api";
import { atQuote, type BasketLine, basketTotal } from "../basket";
import { CUSTOMER_QUERIES } from "../customerData";
import { useDebounced } from "../parts/useDebounced";
import { readSettings } from "../settings";
import type { Typed } from "./delivery";

/** Answer of `POST /api/orders/quotes`. */
interface Quote {
  lines: OrderLine[];
  shippingMethods: OfferedMethod[];
  shippingMethod?: ShippingLine;
  taxes?: TaxLine[];
  total: Price;
}

export interface CheckoutTotal extends Partial<Omit<Quote, "lines" | "total">> {
  /** The basket's lines, at the prices of the total. */
  lines: readonly BasketLine[];
  /** Absent until the store has answered the first time. */
  total?: Price;
  /** The total belongs to what the page shows. */
  isCurrent: boolean;
  /** The store has refused, or does not answer. */
  error: Error | null;
  retry(): void;
}

/** Milliseconds after the last change of the address. */
const TYPING_PAUSE_MS = 400;

/**
 * Total of the basket for an address, with shipping methods and taxes. Stores without these need no answer: the total is the sum of the
 * lines.
 */
export function useCheckoutTotal(
  lines: readonly BasketLine[],
  { country, region, postalCode }: Typed<Address>,
  shippingMethod: string | undefined,
): CheckoutTotal {
  const settings = useQuery({ queryKey: ["settings"], queryFn: readSettings });
  const destination = useDebounced(JSON.stringify(toDestination(country, region, postalCode)), TYPING_PAUSE_MS);
  const request: QuoteRequest = {
    // With the prices that the page shows: other ones make another quote.
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
    destination: JSON.parse(destination),
    ...(shippingMethod !== undefined && { shippingMethod }),
  };
  const quote = useQuery({
    queryKey: [CUSTOMER_QUERIES, "quote", request, lines.map(({ price }) => price.amount)],
    queryFn: ({ signal }) =>
      callSignedIn<Quote>("/api/orders/quotes", { method: "POST", body: JSON.stringify(request), signal }),
    enabled: settings.data?.quotes === true && lines.length > 0,
    placeholderData: keepPreviousData,
  });
  const goods = basketTotal(lines);
  if (settings.isSuccess && !settings.data.quotes) {
    return { lines, total: goods, isCurrent: true, error: null, retry: () => undefined };
  }
  const isTyped = destination === JSON.stringify(toDestination(country, region, postalCode));
  const { lines: priced = [], ...rest } = quote.data ?? {};
  const quoted = new Map(priced.map((line) => [line.productId, line]));
  return {
    ...rest,
    lines: lines.map((line) => atQuote(line, quoted.get(line.productId))),
    isCurrent: quote.isSuccess && !quote.isPlaceholderData && isTyped,
    error: quote.data && !quote.isPlaceholderData ? null : (settings.error ?? quote.error),
    retry: () => void (settings.error ? settings.refetch() : quote.refetch()),
  };
}

function toDestination(country: string, region: string, postalCode: string): QuoteRequest["destination"] {
  return {
    country,
    ...(region.trim() && { region: region.trim() }),
    ...(postalCode.trim() && { postalCode: postalCode.trim() }),
  };
}
