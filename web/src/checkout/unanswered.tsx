import { Link } from "wouter";
import { Form } from "../parts/form";
import { Notice } from "../parts/notice";
import { money, text } from "../texts/texts";
import type { Attempt, OpenAttempt } from "./attempt";
import { usePayment } from "./payment/payment";

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
      <h1>{text.checkout.notConfirmed}</h1>
      <Notice kind="error">{text.checkout.noAnswer(money(attempt.order.expectedTotal))}</Notice>
      <p>{text.checkout.sendAgain}</p>
      <Form
        onSubmit={() =>
          onSend(async () => (needsPayment ? { ...attempt, payment: await payment.complete(attempt) } : attempt))
        }
        isBusy={isSending}
      >
        {needsCard && <p>{text.checkout.cardAgain}</p>}
        {payment.fields}
        {error && <Notice kind="error">{error}</Notice>}
        <div className="actions">
          <Link href="/orders" className="button-quiet">
            {text.checkout.seeOrders}
          </Link>
          <button type="submit" className="button-main" disabled={isSending}>
            {isSending ? text.checkout.sending : text.checkout.sendOrderAgain}
          </button>
        </div>
      </Form>
    </div>
  );
}
