import { json, validator } from "../../../../domain/http";
import type { ChargeRules } from "../../../../domain/order";
import type { QuoteRequest } from "../../../../domain/order/api/openapi";
import * as operations from "../../../../domain/order/api/operations.compiled";
import type { Catalogue } from "../catalogue";
import type { HttpRequest, HttpResponse } from "./http";
import { createPriceRequest } from "./priceRequest";
import { refuseRepeatedLines } from "./refusals";

/**
 * `POST /api/orders/quotes`: shipping methods, taxes and total as an order would have them now. Stores nothing. A shipping method that is not
 * offered for the address is replaced by the first one that is.
 */
export function createQuote({ catalogue, charges }: { catalogue: Catalogue; charges?: ChargeRules }) {
  const check = validator<QuoteRequest>(operations.quoteOrder);
  const price = createPriceRequest(catalogue, charges);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { lines, destination, shippingMethod } = valid.body;
    const repeated = refuseRepeatedLines(lines);
    if (repeated) return repeated;
    const priced = await price({ lines, address: destination, shippingMethod, isWish: true });
    if (!priced.ok) return priced.response;
    const { lines: pricedLines, goods, methods: shippingMethods, shippingMethod: chosen, taxes, total } = priced;
    return json(200, {
      lines: pricedLines,
      goods,
      shippingMethods,
      ...(chosen && { shippingMethod: chosen }),
      ...(taxes && { taxes }),
      total,
    });
  };
}
