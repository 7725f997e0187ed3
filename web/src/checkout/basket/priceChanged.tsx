import type { Price } from "../../../../domain/catalogue/product";
import { Dialog } from "../../parts/dialog";
import { money, text } from "../../texts/texts";

interface PriceChangedProps {
  before: Price;
  now: Price;
  onAccept(): void;
  onDecline(): void;
}

/** Asks whether to order at the catalogue's new total. */
export function PriceChanged({ before, now, onAccept, onDecline }: PriceChangedProps) {
  return (
    <Dialog title={text.checkout.priceChanged} onClose={onDecline}>
      <p>{text.checkout.priceWas(money(before), money(now))}</p>
      <div className="actions">
        <button type="button" className="button-quiet" onClick={onDecline}>
          {text.checkout.notNow}
        </button>
        <button type="button" className="button-main" onClick={onAccept}>
          {text.checkout.placeOrder(money(now))}
        </button>
      </div>
    </Dialog>
  );
}
