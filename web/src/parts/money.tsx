import { type Money as Amount, formatMoney } from "../../../domain/money";

export function Money({ price }: { price: Amount }) {
  return <span className="money">{formatMoney(price)}</span>;
}
