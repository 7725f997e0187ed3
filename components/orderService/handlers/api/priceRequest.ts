import type { Price } from "../../../../domain/catalogue/product";
import {
  type Charged,
  type ChargeRules,
  chargeOrder,
  type Destination,
  type OrderLine,
  priceOrder,
  type RequestedLine,
} from "../../../../domain/order";
import type { Units } from "../../../../domain/stock";
import type { Catalogue } from "../catalogue";
import type { HttpResponse } from "./http";
import { refuseCharge, refuseLines } from "./refusals";

/** The part of a request that its total depends on. */
export interface ToPrice {
  lines: readonly RequestedLine[];
  address: Destination;
  /** Id of a shipping method. Default: the first that is offered. */
  shippingMethod?: string;
  /** Takes the first shipping method that is offered instead of one that is not. */
  isWish?: boolean;
}

export type PricedRequest =
  | (Extract<Charged, { ok: true }> & { lines: OrderLine[]; goods: Price; counted: Units[] })
  | { ok: false; response: HttpResponse };

/** Prices requests by one read of the catalogue: lines, shipping and tax. Quotes and orders use it, so that they agree. */
export function createPriceRequest(catalogue: Catalogue, rules: ChargeRules = {}) {
  return async ({ lines, address, shippingMethod, isWish }: ToPrice): Promise<PricedRequest> => {
    const products = await catalogue.products(lines.map(({ productId }) => productId));
    const priced = priceOrder(lines, products);
    if (!priced.ok) return { ok: false, response: refuseLines(priced.refusal) };
    const categories = new Map(
      products.flatMap(({ productId, category }) => (category ? [[productId, category]] : [])),
    );
    const goods = { lines: priced.lines, goods: priced.total, categories, address };
    const charged = chargeOrder({ ...goods, shippingMethod }, rules);
    if (charged.ok) return { ...priced, goods: priced.total, ...charged };
    if (!isWish || charged.refusal.reason !== "method") return { ok: false, response: refuseCharge(charged.refusal) };
    const second = chargeOrder(goods, rules);
    return second.ok
      ? { ...priced, goods: priced.total, ...second }
      : { ok: false, response: refuseCharge(second.refusal) };
  };
}
