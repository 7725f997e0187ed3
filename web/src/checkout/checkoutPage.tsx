import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { Price } from "../../../domain/catalogue/product";
import { pointersToCardNumbers } from "../../../domain/order/providers/cardNumber";
import { type BasketLine, basketLines, emptyBasket, useBasket } from "../basket";
import { Form } from "../parts/form";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { OrderLines } from "../parts/orderLines";
import { useTitle } from "../parts/page";
import { useAction } from "../parts/useAction";
import { describeError } from "../publicApi";
import type { Customer } from "../signIn/session";
import { AddressFields, ContactFields } from "./address/addressFields";
import { type Attempt, type OpenAttempt, readOpenAttempt, sendOrder } from "./attempt";
import { EmptyBasket } from "./basket/basketPage";
import "./checkout.css";
import { money, text } from "../texts/texts";
import { ADDRESSES_KEY, SavedAddresses, saveAddress, useSavedAddresses } from "./address/savedAddresses";
import { useCurrentProducts } from "./basket/currentProducts";
import { PriceChanged } from "./basket/priceChanged";
import { keepDelivery, startDelivery, toAddress, toContact } from "./delivery";
import { usePayment } from "./payment/payment";
import { useCheckoutTotal } from "./quote";
import { ShippingMethods } from "./shippingMethods";
import { Unanswered } from "./unanswered";

export function CheckoutPage({ customer }: { customer: Customer }) {
  useTitle(text.checkout.title);
  const [, go] = useLocation();
  const lines = useBasket();
  const { gone } = useCurrentProducts(lines);
  const [unanswered, setUnanswered] = useState<Attempt | OpenAttempt | undefined>(() =>
    readOpenAttempt(customer.customerId),
  );
  const [{ address, contact }, setDelivery] = useState(() => startDelivery(customer.customerId, customer.email));
  const client = useQueryClient();
  const saved = useSavedAddresses();
  const [keepsAddress, setKeepsAddress] = useState(false);
  const [newTotal, setNewTotal] = useState<Price>();
  const { isBusy, error, run } = useAction(describeError);

  const [wished, setWished] = useState<string>();
  const quote = useCheckoutTotal(lines, address, wished);
  const { total, shippingMethod, shippingMethods = [], taxes } = quote;
  // An unanswered order is sent from a page of its own, with its own fields.
  const payment = usePayment(unanswered ? undefined : total);
  const mayOrder = gone.size === 0 && quote.isCurrent;

  const send = async (attempt: Attempt) => {
    const outcome = await sendOrder(attempt);
    setUnanswered(outcome.kind === "unknown" ? attempt : undefined);
    setNewTotal(outcome.kind === "price-changed" ? outcome.total : undefined);
    if (outcome.kind === "refused") throw new Error(outcome.sentence);
    if (outcome.kind !== "placed") return;
    // If the payment is declined, the order's page puts the lines back.
    emptyBasket();
    go(`/orders/${outcome.orderId}?new`, { replace: true });
  };

  const place = async (expectedTotal: Price) => {
    const { customerId } = customer;
    if (!customerId) throw new Error(text.checkout.noCustomer);
    keepDelivery(customerId, { address, contact });
    const order = {
      lines: basketLines().map(({ productId, quantity }) => ({ productId, quantity })),
      expectedTotal,
      ...(shippingMethod && { shippingMethod: shippingMethod.id }),
      shipping: toAddress(address),
      contact: toContact(contact),
    };
    // An order does not wait for it, and a failure only means typing the address again.
    if (keepsAddress) {
      saveAddress(order.shipping)
        .then(() => client.invalidateQueries({ queryKey: ADDRESSES_KEY }))
        .catch((reason: unknown) => console.info("The address was not saved.", reason));
    }
    const open: OpenAttempt = { key: crypto.randomUUID(), customerId, order };
    await send({ ...open, payment: await payment.complete(open) });
  };

  const submit = () =>
    run(async () => {
      if (pointersToCardNumbers([address, contact]).length > 0) throw new Error(text.checkout.cardInText);
      if (total) await place(total);
    });

  if (unanswered) {
    return (
      <Unanswered
        attempt={unanswered}
        isSending={isBusy}
        error={error}
        onSend={(pay) => run(async () => send(await pay()))}
      />
    );
  }
  if (lines.length === 0) return <EmptyBasket />;
  return (
    <div className="checkout">
      <h1>{text.checkout.title}</h1>
      <Form onSubmit={submit} isBusy={isBusy}>
        <AddressFields typed={address} onChange={(changed) => setDelivery({ address: changed, contact })}>
          <SavedAddresses
            saved={saved}
            onChoose={(chosen) => setDelivery({ address: { ...chosen, region: chosen.region ?? "" }, contact })}
          />
        </AddressFields>
        <label className="save-address">
          <input
            type="checkbox"
            name="saveAddress"
            checked={keepsAddress}
            onChange={({ target }) => setKeepsAddress(target.checked)}
          />
          {text.checkout.saveAddress}
        </label>
        <ContactFields typed={contact} onChange={(changed) => setDelivery({ address, contact: changed })} />
        {shippingMethods.length > 0 && (
          <ShippingMethods methods={shippingMethods} chosen={wished ?? shippingMethod?.id} onChoose={setWished} />
        )}
        {payment.fields}
        {error && <Notice kind="error">{error}</Notice>}
        <ErrorNotice error={quote.error} retry={quote.retry} />
        {gone.size > 0 && (
          <Notice kind="error">
            {describeGone(lines, gone)} <Link href="/basket">{text.basket.edit}</Link>
          </Notice>
        )}
        <button type="submit" className="button-main button-wide" disabled={isBusy || !mayOrder}>
          {isBusy ? text.checkout.placing : total ? text.checkout.placeOrder(money(total)) : text.checkout.order}
        </button>
      </Form>
      <aside className="summary panel" aria-label={text.checkout.summary}>
        <h2>{text.checkout.summary}</h2>
        <OrderLines lines={quote.lines} total={total} shippingMethod={shippingMethod} taxes={taxes} />
        {!total && !quote.error && <Loading what={text.states.loading} />}
        <Link href="/basket">{text.basket.edit}</Link>
      </aside>
      {newTotal && total && (
        <PriceChanged
          before={total}
          now={newTotal}
          onAccept={() => {
            setNewTotal(undefined);
            quote.retry();
            run(() => place(newTotal));
          }}
          onDecline={() => {
            setNewTotal(undefined);
            quote.retry();
          }}
        />
      )}
    </div>
  );
}

/** Names the lines that can't be ordered: `Sold out: Steel kettle.` */
function describeGone(lines: readonly BasketLine[], gone: ReadonlyMap<string, string>): string {
  return lines
    .filter(({ productId }) => gone.has(productId))
    .map(({ productId, name }) => `${gone.get(productId)}: ${name}.`)
    .join(" ");
}
