import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useRef, useState } from "react";
import type { Price } from "../../../../domain/catalogue/product";
import type { OrderRequest } from "../../../../domain/order/api/openapi";
import { ErrorNotice, Loading } from "../../parts/notice";
import { readSettings } from "../../settings";
import { text } from "../../texts/texts";
import type { OpenAttempt } from "../attempt";
import { type Card, emptyCard, encryptCard } from "./card";
import { CardFields } from "./cardFields";
import type { StripeForm } from "./stripe";
import { StripeFields } from "./stripeFields";

export interface PaymentForm {
  fields: ReactNode;
  /** Makes the payment of this order from what the customer typed. Rejects with a sentence for the customer. */
  complete(attempt: OpenAttempt): Promise<OrderRequest["payment"]>;
}

/** Payment fields for a total: the provider's own where the store has them, the page's otherwise, and none if nothing is to be paid. */
export function usePayment(total: Price | undefined): PaymentForm {
  const [card, setCard] = useState<Card>(emptyCard);
  const stripe = useRef<StripeForm>(undefined);
  const keepForm = useCallback((form: StripeForm | undefined) => {
    stripe.current = form;
  }, []);
  const isFree = total === undefined || total.amount === 0;
  const settings = useQuery({ queryKey: ["settings"], queryFn: readSettings, enabled: !isFree });
  const element = settings.data?.paymentElement;

  const complete: PaymentForm["complete"] = async ({ key, customerId, order: { expectedTotal } }) => {
    // The total that the customer has accepted may be another one than the page's.
    if (expectedTotal.amount === 0) return { kind: "none" };
    if (!settings.data) throw new Error(text.payment.notLoaded);
    if (!element) {
      // Read again, because the key may have been rotated since.
      const { card: cardKey } = await readSettings();
      return { kind: "card", card: await encryptCard(card, { customerId, idempotencyKey: key }, cardKey) };
    }
    if (!stripe.current) throw new Error(text.payment.notLoaded);
    return { kind: "token", token: await stripe.current.createToken(expectedTotal) };
  };

  const fields = (): ReactNode => {
    if (isFree) return total && <p>{text.payment.nothingToPay}</p>;
    if (element) return <StripeFields publishableKey={element.publishableKey} total={total} onForm={keepForm} />;
    if (settings.data) return <CardFields card={card} onChange={setCard} />;
    if (settings.error) return <ErrorNotice error={settings.error} retry={() => void settings.refetch()} />;
    return <Loading what={text.payment.loading} />;
  };
  return { fields: fields(), complete };
}
