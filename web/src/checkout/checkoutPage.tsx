import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Price } from "../../../domain/catalogue/product";
import { pointersToCardNumbers } from "../../../domain/order/cardNumber";
import { type BasketLine, basketLines, emptyBasket, totalOf, useBasket } from "../basket";
import { formatted, Money } from "../parts/money";
import { Notice } from "../parts/notice";
import { useTitle } from "../parts/title";
import { readSettings } from "../settings";
import type { Person } from "../signIn/session";
import { AddressFields, addressOf, ContactFields, contactOf, emptyAddress, phoneError } from "./addressFields";
import { type Attempt, type OpenAttempt, type Outcome, openAttempt, send } from "./attempt";
import { type Card, cardErrors, emptyCard, sealed } from "./card";
import { CardFields } from "./cardFields";
import { useCurrentProducts } from "./currentProducts";
import "./checkout.css";
import { PriceChanged } from "./priceChanged";
import { Unanswered } from "./unanswered";

export function CheckoutPage({ person }: { person: Person }) {
  useTitle("Checkout");
  const [, go] = useLocation();
  const lines = useBasket();
  const { gone } = useCurrentProducts(lines);
  const [unanswered, setUnanswered] = useState<Attempt | OpenAttempt | undefined>(() => openAttempt(person.customerId));
  const [address, setAddress] = useState(emptyAddress);
  const [contact, setContact] = useState({ email: person.email ?? "", phone: "" });
  const [card, setCard] = useState<Card>(emptyCard);
  const [showErrors, setShowErrors] = useState(false);
  const [sending, setSending] = useState(false);
  const [newTotal, setNewTotal] = useState<Price>();
  const [refusal, setRefusal] = useState<string>();

  const total = totalOf(lines);
  const mayOrder = gone.size === 0;

  const settle = (attempt: Attempt, outcome: Outcome) => {
    setUnanswered(outcome.kind === "unknown" ? attempt : undefined);
    setNewTotal(outcome.kind === "price-changed" ? outcome.total : undefined);
    if (outcome.kind === "refused") setRefusal(outcome.sentence);
    if (outcome.kind !== "placed") return;
    emptyBasket();
    go(`/orders/${outcome.orderId}?new`, { replace: true });
  };

  const run = async (make: () => Promise<Attempt> | Attempt) => {
    setSending(true);
    setRefusal(undefined);
    try {
      const attempt = await make();
      settle(attempt, await send(attempt));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : "The order could not be made.");
    } finally {
      setSending(false);
    }
  };

  const payWith = async (typed: Card, { key, customerId }: Pick<OpenAttempt, "key" | "customerId">) => {
    const settings = await readSettings();
    const order = { customerId, idempotencyKey: key };
    return { kind: "card" as const, card: await sealed(typed, order, settings.card) };
  };

  const newAttempt = async (expectedTotal: Price): Promise<Attempt> => {
    const { customerId } = person;
    if (!customerId) throw new Error("Your sign-in does not name a customer. Please sign in again.");
    const key = crypto.randomUUID();
    const order = {
      lines: basketLines().map(({ productId, quantity }) => ({ productId, quantity })),
      expectedTotal,
      shipping: addressOf(address),
      contact: contactOf(contact),
    };
    const payment = isFree(expectedTotal) ? NO_PAYMENT : await payWith(card, { key, customerId });
    return { key, customerId, order, payment };
  };

  const again = async (attempt: Attempt | OpenAttempt, typed: Card = emptyCard): Promise<Attempt> =>
    "payment" in attempt
      ? attempt
      : isFree(attempt.order.expectedTotal)
        ? { ...attempt, payment: NO_PAYMENT }
        : { ...attempt, payment: await payWith(typed, attempt) };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShowErrors(true);
    if (pointersToCardNumbers([address, contact]).length > 0) {
      return setRefusal(
        "One of the fields above has a card number in it. Remove it; your card goes into the card's fields.",
      );
    }
    if (!total || phoneError(contact.phone)) return;
    if (!isFree(total) && Object.keys(cardErrors(card)).length > 0) return;
    void run(() => newAttempt(total));
  };

  if (unanswered) {
    return (
      <Unanswered attempt={unanswered} sending={sending} onSend={(typed) => void run(() => again(unanswered, typed))} />
    );
  }
  if (!total) {
    return (
      <div className="empty">
        <h1>Your basket is empty</h1>
        <Link href="/">Find something nice</Link>
      </div>
    );
  }
  return (
    <div className="checkout">
      <h1>Checkout</h1>
      <form onSubmit={submit} aria-busy={sending}>
        <AddressFields typed={address} onChange={setAddress} />
        <ContactFields typed={contact} onChange={setContact} showErrors={showErrors} />
        {isFree(total) ? (
          <p>There is nothing to pay.</p>
        ) : (
          <CardFields card={card} onChange={setCard} showErrors={showErrors} />
        )}
        {refusal && <Notice kind="error">{refusal}</Notice>}
        {!mayOrder && (
          <Notice kind="error">
            Something in your basket can't be ordered any more. <Link href="/basket">Look at the basket</Link>
          </Notice>
        )}
        <button type="submit" className="button-main button-wide" disabled={sending || !mayOrder}>
          {sending ? "Sending your order…" : `Order for ${formatted(total)}`}
        </button>
      </form>
      <Summary lines={lines} total={total} />
      {newTotal && (
        <PriceChanged
          before={total}
          now={newTotal}
          onAccept={() => void run(() => newAttempt(newTotal))}
          onDecline={() => setNewTotal(undefined)}
        />
      )}
    </div>
  );
}

const NO_PAYMENT = { kind: "none" as const };

const isFree = ({ amount }: Price) => amount === 0;

function Summary({ lines, total }: { lines: readonly BasketLine[]; total: Price }) {
  return (
    <aside className="summary panel" aria-label="What you order">
      <h2>Your order</h2>
      <ul>
        {lines.map(({ productId, name, quantity, price }) => (
          <li key={productId}>
            <span>
              {quantity} × {name}
            </span>
            <Money price={{ ...price, amount: price.amount * quantity }} />
          </li>
        ))}
      </ul>
      <p className="total">
        Total <Money price={total} />
      </p>
      <Link href="/basket">Change the basket</Link>
    </aside>
  );
}
