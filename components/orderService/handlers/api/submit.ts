import { json, type problem, validator } from "../../../../domain/http";
import {
  type ChargeRules,
  type Deadlines,
  deriveOrderId,
  hashRequest,
  isCustomerStatus,
  type OrderItem,
  parseCard,
  placeCard,
  placeOrder,
  pointersToCardNumbers,
} from "../../../../domain/order";
import type { OrderRequest } from "../../../../domain/order/api/openapi";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { decideShortage, type Units, WISH_SECONDS } from "../../../../domain/stock";
import { DEFAULT_LANGUAGE } from "../../../../domain/text/language";
import { pickLanguage } from "../../../../domain/text/pickLanguage";
import type { Catalogue } from "../catalogue";
import type { OrderStore } from "../orderStore";
import type { StockStore } from "../stock/stockStore";
import { customerOf, type HttpRequest, type HttpResponse } from "./http";
import { createPriceRequest } from "./priceRequest";
import {
  cardNumberInKey,
  cardNumberWritten,
  paymentMismatch,
  refuseChangedTotal,
  refuseForeignCard,
  refuseRepeatedLines,
  refuseShortage,
  refuseTooManyOrders,
  refuseUnknownCardKey,
  refuseUsedKey,
} from "./refusals";

export interface SubmitDeps {
  store: OrderStore;
  stock: StockStore;
  catalogue: Catalogue;
  /** Shipping methods and taxes. Default: none. */
  charges?: ChargeRules;
  /** Ids of the keys whose cards are accepted, the same in both Regions: several during a rotation. */
  cardKeyIds: readonly string[];
  deadlines?: Deadlines;
  /** Orders that a customer may place in this Region on one UTC day. A refused or repeated request counts nothing. */
  ordersPerCustomerDay: number;
}

interface OrderHeaders {
  "Idempotency-Key": string;
  "Accept-Language"?: string;
}

/**
 * `POST /api/orders` (rule 2): one read of the catalogue, one transaction, and the order is accepted with the units of its
 * counted lines and counted for its customer's day. Payment and shipping follow from the write.
 */
export function createSubmitOrder({
  store,
  stock,
  catalogue,
  charges,
  cardKeyIds,
  deadlines,
  ordersPerCustomerDay,
}: SubmitDeps) {
  const check = validator<OrderRequest, OrderHeaders>(operations.placeOrder);
  const price = createPriceRequest(catalogue, charges);

  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const order = valid.body;
    const key = valid.parameters["Idempotency-Key"];
    const customerId = customerOf(request);
    const refused =
      cardNumberWritten([...pointersToCardNumbers(textsOf(order)), ...cardNumberInKey(key)]) ??
      refusedCard(order, { idempotencyKey: key, customerId }, cardKeyIds) ??
      paymentMismatch(order) ??
      refuseRepeatedLines(order.lines);
    if (refused) return refused;

    const orderId = deriveOrderId(customerId, key);
    const requestHash = hashRequest({ ...order, payment: comparable(order.payment) });

    const priced = await price({ ...order, address: order.shipping });
    const problem = priced.ok ? refuseChangedTotal(order.expectedTotal, priced) : priced.response;
    if (!priced.ok || problem) return repeated(await store.item(orderId)) ?? problem!;

    const at = new Date().toISOString();
    const { lines, total, shippingMethod, taxes, counted } = priced;
    const { shipping, contact, payment } = order;
    const kept = payment.kind === "card" ? { kind: payment.kind } : payment;
    const language = pickLanguage(valid.parameters["Accept-Language"]);
    const item = {
      orderId,
      region: store.region,
      customerId,
      lines,
      total,
      ...(shippingMethod && { shippingMethod }),
      ...(taxes && { taxes }),
      shipping,
      contact: { ...contact, ...(isOwnPhone(request, contact.phone) ? { phoneVerified: true } : {}) },
      ...(language !== DEFAULT_LANGUAGE && { language }),
      payment: kept,
      requestHash,
      counted,
    };
    const card = payment.kind === "card" ? placeCard(orderId, store.region, payment.card, at) : undefined;
    const result = await store.place(placeOrder(item, at, deadlines), card, { limit: ordersPerCustomerDay, at });
    // The order that takes the last count may be this one, by a request that is being stored in this moment.
    if (result.kind === "limited")
      return repeated(await store.item(orderId)) ?? refuseTooManyOrders(ordersPerCustomerDay, at);
    if (result.kind === "short") return await answerShort(result.lines);
    return repeated(result.kind === "existing" ? result.item : undefined) ?? placed({ orderId, total });

    /**
     * The units may be sold to this very order: the peer Region has accepted it, and its customer has seen no answer. Else the
     * order is sold out, or the units are in the peer's share, and a wish makes the peer send them.
     */
    async function answerShort(short: readonly Units[]): Promise<HttpResponse> {
      const { orders } = await store.partition(orderId);
      const known = orders.find((earlier) => isCustomerStatus(earlier.status));
      if (known) return repeated(known)!;
      const shares = await Promise.all(short.map(({ productId }) => stock.shares(productId)));
      const shortage = decideShortage(short, shares.flat(), store.region);
      if (shortage.kind === "elsewhere") {
        const until = new Date(Date.now() + WISH_SECONDS * 1_000).toISOString();
        await Promise.all(shortage.wishes.map((wish) => stock.wish(wish, until)));
      }
      return refuseShortage(shortage);
    }

    /** Answers a retry like the first request, even if the catalogue has changed since. */
    function repeated(earlier: OrderItem | undefined): HttpResponse | undefined {
      return earlier && (earlier.requestHash === requestHash ? placed(earlier) : refuseUsedKey());
    }
  };
}

/** The texts of an order that are stored as the customer typed them. */
function textsOf({ shipping, contact, payment }: OrderRequest) {
  return { shipping, contact, payment: payment.kind === "token" ? { token: payment.token } : {} };
}

/** The number is the one that the customer's token vouches for. */
function isOwnPhone(request: HttpRequest, phone: string | undefined): boolean {
  return phone !== undefined && phone === request.requestContext.authorizer.lambda.verifiedPhone;
}

function placed({ orderId, total }: Pick<OrderItem, "orderId" | "total">): HttpResponse {
  return json(201, { orderId, total }, { location: `/api/orders/${orderId}` });
}

/** Refuses a card that no step could ever use for this order, before anything is stored. */
function refusedCard(
  { payment }: OrderRequest,
  caller: { idempotencyKey: string; customerId: string },
  cardKeyIds: readonly string[],
): ReturnType<typeof problem> | undefined {
  if (payment.kind !== "card") return undefined;
  const header = parseCard(payment.card)?.header;
  if (header?.idempotencyKey !== caller.idempotencyKey || header.customerId !== caller.customerId) {
    return refuseForeignCard();
  }
  return cardKeyIds.includes(header.kid) ? undefined : refuseUnknownCardKey();
}

/** Omits card and token: a customer who repeats an unanswered order enters the card again, so both differ in the same order. */
function comparable({ kind }: OrderRequest["payment"]) {
  return { kind };
}
