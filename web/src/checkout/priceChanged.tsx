import type { Price } from "../../../domain/catalogue/product";
import { Dialog } from "../parts/dialog";
import { formatted, Money } from "../parts/money";

interface PriceChangedProps {
  before: Price;
  now: Price;
  onAccept(): void;
  onDecline(): void;
}

/** The catalogue has changed since the page showed the total: the customer decides again. */
export function PriceChanged({ before, now, onAccept, onDecline }: PriceChangedProps) {
  return (
    <Dialog title="The total has changed" onClose={onDecline}>
      <p>
        It was <Money price={before} />, and is <Money price={now} /> now. Nothing was ordered yet.
      </p>
      <div className="actions">
        <button type="button" className="button-quiet" onClick={onDecline}>
          Not now
        </button>
        <button type="button" className="button-main" onClick={onAccept}>
          Order for {formatted(now)}
        </button>
      </div>
    </Dialog>
  );
}
