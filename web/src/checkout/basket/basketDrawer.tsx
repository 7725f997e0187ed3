import { Link } from "wouter";
import { basketTotal, useBasket } from "../../basket";
import { Dialog } from "../../parts/dialog";
import { Money } from "../../parts/money";
import { Notice } from "../../parts/notice";
import { text } from "../../texts/texts";
import "./basket.css";
import { Line } from "./basketPage";
import { useCurrentProducts } from "./currentProducts";

/** Basket beside the page. Links in it leave it. */
export function BasketDrawer({ onClose }: { onClose(): void }) {
  const lines = useBasket();
  const { gone } = useCurrentProducts(lines);
  const total = basketTotal(lines);
  const isBlocked = lines.some(({ productId }) => gone.has(productId));
  return (
    <Dialog className="drawer" title={text.basket.title} onClose={onClose} isDismissedOutside>
      {total ? (
        <>
          <ul className="lines">
            {lines.map((line) => (
              <li key={line.productId}>
                <Line line={line} trouble={gone.get(line.productId)} onLeave={onClose} />
              </li>
            ))}
          </ul>
          <p className="total">
            {text.basket.total} <Money price={total} />
          </p>
          {isBlocked && <Notice kind="error">{text.basket.blocked}</Notice>}
        </>
      ) : (
        <p>{text.basket.empty}</p>
      )}
      <div className="actions">
        <button type="button" className="button-quiet" onClick={onClose}>
          {text.basket.continue}
        </button>
        {total && (
          <Link href={isBlocked ? "/basket" : "/checkout"} className="button-main" onClick={onClose}>
            {isBlocked ? text.basket.edit : text.basket.checkOut}
          </Link>
        )}
      </div>
    </Dialog>
  );
}
