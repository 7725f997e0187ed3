import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { formatted } from "../parts/money";
import { Notice } from "../parts/notice";
import type { Attempt, OpenAttempt } from "./attempt";
import { type Card, cardErrors, emptyCard } from "./card";
import { CardFields } from "./cardFields";

interface UnansweredProps {
  /** Without a payment after a reload: the page keeps no card. */
  attempt: Attempt | OpenAttempt;
  sending: boolean;
  /** Called with the card where the attempt has none. */
  onSend(card?: Card): void;
}

/** An order whose answer never came. Sending it again is safe: it is the same order. */
export function Unanswered({ attempt, sending, onSend }: UnansweredProps) {
  const [card, setCard] = useState<Card>(emptyCard);
  const [showErrors, setShowErrors] = useState(false);
  const needsCard = !("payment" in attempt) && attempt.order.expectedTotal.amount > 0;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShowErrors(true);
    if (!needsCard) onSend();
    else if (Object.keys(cardErrors(card)).length === 0) onSend(card);
  };

  return (
    <div className="narrow">
      <h1>One order is still open</h1>
      <Notice kind="error">
        We got no answer to your order for {formatted(attempt.order.expectedTotal)}, so we don't know whether it
        arrived.
      </Notice>
      <p>Send it again: if it did arrive, it stays one order and is paid once.</p>
      <form onSubmit={submit} aria-busy={sending}>
        {needsCard && (
          <>
            <p>Type your card again: this page does not keep it.</p>
            <CardFields card={card} onChange={setCard} showErrors={showErrors} />
          </>
        )}
        <div className="actions">
          <Link href="/orders" className="button-quiet">
            Look at my orders
          </Link>
          <button type="submit" className="button-main" disabled={sending}>
            {sending ? "Sending…" : "Send it again"}
          </button>
        </div>
      </form>
    </div>
  );
}
