import { json, problem, validator } from "../../../../domain/http";
import { effectiveItem, isOpen, type OrderItem, openKeys, type PricedProduct } from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { decideShortage, RETRY_AFTER_SECONDS, toStockView, WISH_SECONDS } from "../../../../domain/stock";
import { refuseUnlessMerchandiser } from "../../../runtime/refuseUnlessMerchandiser";
import type { Catalogue } from "../catalogue";
import type { OrderStore } from "../orderStore";
import type { StockStore } from "../stock/stockStore";
import type { HttpRequest, HttpResponse } from "./http";

export interface StockApiDeps {
  stock: StockStore;
  orders: Pick<OrderStore, "open" | "items">;
  catalogue: Pick<Catalogue, "products">;
}

interface DeliveryParameters {
  productId: string;
  deliveryId: string;
}

/** `GET /api/orders/stock/{productId}/shares`: a product's units by Region, for merchandisers. */
export function getShares({ stock, orders, catalogue }: StockApiDeps) {
  const check = validator<undefined, { productId: string }>(operations.getShares);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const refused = refuseUnlessMerchandiser(request, "see and change stock");
    if (refused) return refused;
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { productId } = valid.parameters;
    const [product] = await catalogue.products([productId]);
    const shares = await stock.shares(productId);
    // The shares of a deleted product stay: units that orders return.
    if (!isSold(product) && shares.length === 0) return unknownProduct(productId, stock.region);
    const view = toStockView(productId, shares, stock.region, isSold(product) && product.counted === true);
    const regions = [...new Set([stock.region, ...shares.map(({ region }) => region)])];
    return json(200, { ...view, held: await countHeld(orders, productId, regions) });
  };
}

/** Most open orders whose items are read for one answer: 1,000 items and Region, about a read unit each. */
const MOST_OPEN_ORDERS = 1_000;

/** Units of a product that open orders hold, as this Region knows them. `undefined` with more than `MOST_OPEN_ORDERS` open orders. */
async function countHeld(
  orders: StockApiDeps["orders"],
  productId: string,
  regions: readonly string[],
): Promise<number | undefined> {
  const ids = new Set<string>();
  await Promise.all(
    regions.flatMap(openKeys).map(async (key) => {
      let after: Record<string, unknown> | undefined;
      do {
        const page = await orders.open(key, { after, limit: MOST_OPEN_ORDERS });
        for (const { orderId } of page.orders) ids.add(orderId);
        after = page.next;
      } while (after !== undefined && ids.size <= MOST_OPEN_ORDERS);
    }),
  );
  if (ids.size > MOST_OPEN_ORDERS) return undefined;
  const keys = [...ids].flatMap((orderId) => regions.map((region) => ({ orderId, region })));
  const items: OrderItem[] = [];
  // One at a time: a merchandiser's question may not take the customers' capacity.
  for (let from = 0; from < keys.length; from += 100) items.push(...(await orders.items(keys.slice(from, from + 100))));
  const byOrder = Map.groupBy(items, ({ orderId }) => orderId);
  return [...byOrder.values()]
    .filter((all) => isOpen(effectiveItem(all)!.status))
    .flatMap((all) => all.flatMap(({ hold }) => (hold && !hold.returned ? hold.units : [])))
    .filter((units) => units.productId === productId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

/**
 * `PUT /api/orders/stock/{productId}/deliveries/{deliveryId}`: adds units to this Region's share, or takes them away. The id
 * makes it happen once, so the request may be repeated in any Region.
 */
export function putDelivery({ stock, catalogue }: StockApiDeps) {
  const check = validator<{ units: number }, DeliveryParameters>(operations.putDelivery);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const refused = refuseUnlessMerchandiser(request, "see and change stock");
    if (refused) return refused;
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { productId, deliveryId } = valid.parameters;
    const { units } = valid.body;
    const [product] = await catalogue.products([productId]);
    if (!isSold(product)) return unknownProduct(productId, stock.region);
    const outcome = await stock.deliver(productId, units, deliveryId, new Date().toISOString());
    if (outcome === "different") return usedDelivery(productId, deliveryId);
    if (outcome === "short") return await answerShort(productId, -units);
    const shares = await stock.shares(productId);
    return json(
      outcome === "delivered" ? 201 : 200,
      toStockView(productId, shares, stock.region, product.counted === true),
    );
  };

  /** The own share has too few units to take away. If the peer's share has them, a wish makes it send them. */
  async function answerShort(productId: string, quantity: number): Promise<HttpResponse> {
    const shortage = decideShortage([{ productId, quantity }], await stock.shares(productId), stock.region);
    if (shortage.kind === "elsewhere") {
      const until = new Date(Date.now() + WISH_SECONDS * 1_000).toISOString();
      await Promise.all(shortage.wishes.map((wish) => stock.wish(wish, until)));
      const detail = `Units of ${productId} are in another Region and on their way. Repeat the request after Retry-After seconds.`;
      const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
      return problem(503, { type: "stock-moving", title: "Stock on its way", detail }, headers);
    }
    const left = Math.max(shortage.lines[0]!.left, 0);
    const detail = `${quantity} units of ${productId} are to be taken away, but ${left} are left that no order holds. Take away fewer.`;
    return problem(409, { type: "too-few-units", title: "Too few units", detail, left });
  }
}

const isSold = (product: PricedProduct | undefined): product is PricedProduct =>
  product !== undefined && product.deletedAt === undefined;

function unknownProduct(productId: string, region: string): HttpResponse {
  const detail = `${region} knows no product ${productId}. Create it first; one created in another Region arrives in seconds.`;
  return problem(404, { title: "Product not found", detail });
}

function usedDelivery(productId: string, deliveryId: string): HttpResponse {
  const detail =
    `Delivery ${deliveryId} of ${productId} was written with another number of units. ` +
    "Use a new id for another delivery or a correction.";
  return problem(409, { type: "delivery-used", title: "Delivery id used", detail });
}
