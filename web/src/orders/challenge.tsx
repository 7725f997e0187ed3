import { useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { keepForCustomer, readForCustomer } from "../customerData";
import { Notice } from "../parts/notice";
import { text } from "../texts/texts";

/** Order whose challenge this tab has opened. */
interface OpenedChallenge {
  orderId: string;
}

const KEPT = "challenge";

interface ChallengeProps {
  orderId: string;
  customerId: string | undefined;
  /** The bank's page; it leads back to the order's page. */
  url: string;
  /** The customer has just ordered. */
  isNew: boolean;
}

/**
 * Leads the customer of a new order to their bank's page, once: a customer who comes back without an answer can read the order, and
 * opens that page themselves.
 */
export function Challenge({ orderId, customerId, url, isNew }: ChallengeProps) {
  const [wasOpened] = useState(() => readForCustomer<OpenedChallenge>(customerId, KEPT)?.orderId === orderId);
  useEffect(() => {
    if (!isNew || !customerId || wasOpened) return;
    keepForCustomer(customerId, KEPT, { orderId } satisfies OpenedChallenge);
    location.assign(url);
  }, [isNew, customerId, wasOpened, orderId, url]);
  return (
    <Notice>
      <p>
        {wasOpened ? text.order.challengeAnswered : text.order.challengeOpen} {text.order.challengeUnanswered}
      </p>
      <a
        className="button-main"
        href={url}
        rel="noreferrer"
        onClick={() => customerId && keepForCustomer(customerId, KEPT, { orderId } satisfies OpenedChallenge)}
      >
        {text.order.confirmWithBank}
      </a>
    </Notice>
  );
}

/** Removes what a bank's page adds to the address, such as Stripe's client secret, from the address bar and the history. */
export function useCleanAddress(): void {
  const [path, go] = useLocation();
  const search = useSearch();
  useEffect(() => {
    const parameters = new URLSearchParams(search);
    if ([...parameters.keys()].every((name) => name === "new")) return;
    go(parameters.has("new") ? `${path}?new` : path, { replace: true });
  }, [path, search, go]);
}
