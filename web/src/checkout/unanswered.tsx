import type { FormEvent } from "react";
import { Link } from "wouter";
import { formatMoney } from "../../../domain/money";
import { Notice } from "../parts/notice";
import type { Attempt, OpenAttempt } from "./attempt";
import { usePayment } from "./payment";

interface UnansweredProps {
  /** Without payment after a reload: the page keeps no card. */
  attempt: Attempt | OpenAttempt;
  isSending: boolean;
  error: string | undefined;
  /** @param pay completes the attempt with what the customer typed. */
  onSend(pay: () => Promise<Attempt>): void;
}

/** Order without an answer, to be sent again under the same key. */
export function Unanswered({ attempt, isSending, error, onSend }: UnansweredProps) {
  const needsPayment = !("payment" in attempt);
  const payment = usePayment(needsPayment ? attempt.order.expectedTotal : undefined);
  const needsCard = needsPayment && attempt.order.expectedTotal.amount > 0;
  return (
    <div className="narrow">
      <h1>Your order is not confirmed yet</h1>
      <Notice kind="error">
        The store did not answer, so your order for {formatMoney(attempt.order.expectedTotal)} may or may not have
        arrived.
      </Notice>
      <p>Send it again. You are charged only once, even if it has arrived before.</p>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          onSend(async () => (needsPayment ? { ...attempt, payment: await payment.complete(attempt) } : attempt));
        }}
        aria-busy={isSending}
      >
        {needsCard && <p>Please enter your card again. For your safety, it was not kept.</p>}
        {payment.fields}
        {error && <Notice kind="error">{error}</Notice>}
        <div className="actions">
          <Link href="/orders" className="button-quiet">
            See my orders
          </Link>
          <button type="submit" className="button-main" disabled={isSending}>
            {isSending ? "Sending…" : "Send order again"}
          </button>
        </div>
      </form>
    </div>
  );
}
