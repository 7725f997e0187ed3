import { useEffect, useRef, useState } from "react";
import type { Price } from "../../../../domain/catalogue/product";
import { toStripeAmount } from "../../../../domain/money";
import { Loading, Notice } from "../../parts/notice";
import { text } from "../../texts/texts";
import { mountCardFields, type StripeForm } from "./stripe";

interface StripeFieldsProps {
  publishableKey: string;
  total: Price;
  /** Receives the form while it can be sent. */
  onForm(form: StripeForm | undefined): void;
}

/** Stripe's own card fields (Payment Element), in a frame of Stripe's: the page never sees the card. */
export function StripeFields({ publishableKey, total, onForm }: StripeFieldsProps) {
  const [attempt, setAttempt] = useState(1);
  const amount = toStripeAmount(total);
  return (
    <fieldset className="panel">
      <legend>{text.payment.card}</legend>
      {typeof amount === "string" ? (
        <Notice kind="error">{text.payment.notByCard}</Notice>
      ) : (
        <MountedFields
          key={attempt}
          publishableKey={publishableKey}
          amount={amount}
          currency={total.currency}
          onForm={onForm}
          onRetry={() => setAttempt(attempt + 1)}
        />
      )}
    </fieldset>
  );
}

interface MountedFieldsProps extends Pick<StripeFieldsProps, "publishableKey" | "onForm"> {
  amount: number;
  currency: string;
  onRetry(): void;
}

function MountedFields({ publishableKey, amount, currency, onForm, onRetry }: MountedFieldsProps) {
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  // A token is made for the total of its order. Another total alone must not mount the fields again, which would empty them.
  const [amountAtFirst] = useState(amount);

  useEffect(() => {
    const leaving = new AbortController();
    mountCardFields(place.current!, { publishableKey, amount: amountAtFirst, currency }, leaving.signal).then(
      (form) => {
        if (leaving.signal.aborted) return;
        setState("ready");
        onForm(form);
      },
      () => !leaving.signal.aborted && setState("failed"),
    );
    return () => {
      leaving.abort();
      onForm(undefined);
    };
  }, [publishableKey, amountAtFirst, currency, onForm]);

  if (state === "failed") {
    return (
      <Notice kind="error">
        <p>{text.payment.stripeNotLoaded}</p>
        <button type="button" className="button-quiet" onClick={onRetry}>
          {text.states.tryAgain}
        </button>
      </Notice>
    );
  }
  return (
    <>
      {state === "loading" && <Loading what={text.payment.loadingFields} />}
      <div ref={place} />
      <p className="hint">{text.payment.stripeReceives}</p>
    </>
  );
}
