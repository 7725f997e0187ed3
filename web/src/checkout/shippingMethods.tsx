import type { OfferedMethod } from "../../../domain/order/prices/charges";
import { Money } from "../parts/money";
import { text } from "../texts/texts";

interface ShippingMethodsProps {
  methods: readonly OfferedMethod[];
  chosen: string | undefined;
  onChoose(id: string): void;
}

/** Choice of a shipping method. */
export function ShippingMethods({ methods, chosen, onChoose }: ShippingMethodsProps) {
  return (
    <fieldset className="panel shipping-methods">
      <legend>{text.checkout.shipping}</legend>
      {methods.map(({ id, name, price, deliveryDays }) => (
        <label key={id} className="shipping-method">
          <input type="radio" name="shippingMethod" value={id} checked={id === chosen} onChange={() => onChoose(id)} />
          <span>
            {name}
            {deliveryDays && <span className="quiet"> {text.checkout.deliveryDays(deliveryDays)}</span>}
          </span>
          {price.amount === 0 ? <span className="money">{text.checkout.free}</span> : <Money price={price} />}
        </label>
      ))}
    </fieldset>
  );
}
