import type { Price } from "../../../domain/catalogue/product";
import { formatMoney } from "../../../domain/money";
import { Dialog } from "../parts/dialog";
import { Money } from "../parts/money";

interface PriceChangedProps {
  before: Price;
  now: Price;
  onAccept(): void;
  onDecline(): void;
}

/** Asks whether to order at the catalogue's new total. */
export function PriceChanged({ before, now, onAccept, onDecline }: PriceChangedProps) {
  return (
    <Dialog title="The total has changed" onClose={onDecline}>
      <p>
        The total was <Money price={before} /> and is now <Money price={now} />. Your order has not been placed yet.
      </p>
      <div className="actions">
        <button type="button" className="button-quiet" onClick={onDecline}>
          Not now
        </button>
        <button type="button" className="button-main" onClick={onAccept}>
          Place order for {formatMoney(now)}
        </button>
      </div>
    </Dialog>
  );
}
