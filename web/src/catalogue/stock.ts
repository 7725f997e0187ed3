import type { ShownProduct } from "../../../domain/catalogue/search/searchResult";
import { text } from "../texts/texts";

export { isOffered } from "../../../domain/catalogue/variants";

type Offered = Pick<ShownProduct, "availability" | "stock">;

/** Words for a product's availability. */
export function toAvailabilityLabel({ availability, stock }: Offered): string {
  return availability === "in-stock" && stock?.soldOut
    ? text.product.soldOut
    : (text.product.availability[availability] ?? availability);
}

/** "Only 3 left", while the store shows the number. */
export function toFewLeft({ stock }: Pick<Offered, "stock">): string | undefined {
  return stock?.left === undefined ? undefined : text.product.onlyLeft(stock.left);
}
