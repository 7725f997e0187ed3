import type { Money as Amount } from "../../../domain/money";
import { money } from "../texts/texts";

export function Money({ price }: { price: Amount }) {
  return <span className="money">{money(price)}</span>;
}
