import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useLayoutEffect, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import type { OrderView } from "../../../domain/order/api/view";
import { describeDecline, toSentence } from "../../../domain/order/providers/declines";
import { isCancelled, isDecided, isFinal, isFulfilled } from "../../../domain/order/status";
import { ApiError } from "../api";
import { formatAddress } from "../checkout/address/addressFormat";
import { prepareSameOrder } from "../checkout/delivery";
import { CUSTOMER_QUERIES } from "../customerData";
import { Dialog } from "../parts/dialog";
import { EmptyPage, ErrorNotice, Loading, Notice } from "../parts/notice";
import { OrderLines } from "../parts/orderLines";
import { useTitle } from "../parts/page";
import type { Customer } from "../signIn/session";
import { Challenge, useCleanAddress } from "./challenge";
import { cancelOrder, fetchCreditNote, fetchInvoice, fetchOrder, formatTime } from "./ordersApi";
import "./orders.css";
import { locale, money, text } from "../texts/texts";
import { Timeline } from "./timeline";

/** Short while the status changes often, long while a parcel travels. */
function pollIntervalMs(order: OrderView | undefined): number | false {
  if (!order) return 2_000;
  if (isFinal(order.status)) return false;
  const unchangedMs = Date.now() - Date.parse(order.updatedAt);
  return unchangedMs < 60_000 ? 1_500 : unchangedMs < 600_000 ? 5_000 : 30_000;
}

export function OrderPage({ orderId, customer }: { orderId: string; customer: Customer }) {
  useTitle(text.order.title);
  useCleanAddress();
  const isNew = new URLSearchParams(useSearch()).has("new");
  const found = useQuery({
    queryKey: orderKey(orderId),
    queryFn: ({ signal }) => fetchOrder(orderId, signal),
    refetchInterval: ({ state }) => pollIntervalMs(state.data),
    refetchOnMount: "always",
  });
  if (found.isPending) return <Loading what={text.order.loading} />;
  // 422: no order can have this number.
  if (found.error instanceof ApiError && [404, 422].includes(found.error.status)) {
    return (
      <EmptyPage title={text.order.notFound}>
        <p className="quiet">{text.order.noSuchNumber}</p>
        <Link href="/orders">{text.checkout.seeOrders}</Link>
      </EmptyPage>
    );
  }
  if (!found.data) return <ErrorNotice error={found.error} retry={() => found.refetch()} />;
  const order = found.data;
  const isEnded = isCancelled(order.status);
  return (
    <div className="narrow">
      <p>
        <Link href="/orders">← {text.orders.title}</Link>
      </p>
      {isNew && !isEnded && <Notice kind="success">{text.order.thanks}</Notice>}
      <div className="order-head">
        <h1>{text.order.status[order.status].title}</h1>
        <p className="quiet">
          {text.order.title} <code>{order.orderId}</code>, {text.order.placed(formatTime(order.createdAt))}
        </p>
      </div>
      {order.payment.declined !== undefined && isEnded ? (
        <Declined order={order} reason={order.payment.declined} isNew={isNew} customer={customer} />
      ) : (
        <p role="status">
          {text.order.status[order.status].text}{" "}
          {isEnded && order.shipment.impossible && text.order.undeliverable(toSentence(order.shipment.impossible))}
        </p>
      )}
      {order.payment.challengeUrl && (
        <Challenge
          key={order.payment.challengeUrl}
          orderId={orderId}
          customerId={customer.customerId}
          url={order.payment.challengeUrl}
          isNew={isNew}
        />
      )}
      {found.error && <Notice>{text.order.latestKnown}</Notice>}
      <Timeline order={order} />
      <Cancel order={order} />
      {isFulfilled(order.status) && (
        <ShowDocument label={text.order.invoice} fetchLink={() => fetchInvoice(order.orderId)} />
      )}
      <Refunds order={order} />
      <Details order={order} />
    </div>
  );
}

const orderKey = (orderId: string) => [CUSTOMER_QUERIES, "order", orderId];

interface DeclinedProps {
  order: OrderView;
  reason: string;
  isNew: boolean;
  customer: Customer;
}

/** Offers the same order with another card. Of a new order, basket and address are back at once. */
function Declined({ order, reason, isNew, customer: { customerId } }: DeclinedProps) {
  const [path, go] = useLocation();
  // Before the paint: a page that says so must not show an empty basket.
  useLayoutEffect(() => {
    if (!isNew) return;
    prepareSameOrder(customerId, order);
    // Once only: a reload must not fill the basket again.
    go(path, { replace: true });
  }, [isNew, customerId, order, go, path]);
  return (
    <Notice kind="error">
      <p>
        {text.order.declined} {describeDecline(reason, text.declines)} {text.order.notCharged}
      </p>
      <button
        type="button"
        className="button-main"
        onClick={() => {
          prepareSameOrder(customerId, order);
          go("/checkout");
        }}
      >
        {text.order.anotherCard}
      </button>
    </Notice>
  );
}

function Cancel({ order }: { order: OrderView }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelOrder(order.orderId),
    onSettled: () => client.invalidateQueries({ queryKey: orderKey(order.orderId) }),
  });
  const isTooLate = isDecided(order.status) && !isCancelled(order.status);
  // After the delivery the answer is of no more use.
  const isTold = order.cancelTooLate && !isFinal(order.status);
  if (isTooLate && (isTold || isAsking || !cancel.isIdle)) {
    return <Notice kind="error">{text.order.tooLate}</Notice>;
  }
  if (isDecided(order.status)) return null;
  if (order.cancelRequested || cancel.isSuccess) {
    return <Notice>{text.order.cancelling}</Notice>;
  }
  return (
    <>
      <ErrorNotice error={cancel.error} />
      <button
        type="button"
        className="button-danger"
        aria-disabled={cancel.isPending}
        onClick={() => !cancel.isPending && setIsAsking(true)}
      >
        {cancel.isPending ? text.order.cancelBusy : text.order.cancel}
      </button>
      {isAsking && (
        <Dialog title={text.order.askCancel} onClose={() => setIsAsking(false)}>
          <p>{text.order.ifPossible}</p>
          <div className="actions">
            <button type="button" className="button-quiet" onClick={() => setIsAsking(false)}>
              {text.order.keep}
            </button>
            <button
              type="button"
              className="button-danger"
              onClick={() => {
                setIsAsking(false);
                cancel.mutate();
              }}
            >
              {text.order.cancel}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function ShowDocument({ label, fetchLink }: { label: string; fetchLink: () => Promise<{ url: string }> }) {
  // The link is requested when needed: it is valid for minutes only.
  const open = useMutation({
    mutationFn: fetchLink,
    onSuccess: ({ url }) => window.location.assign(url),
  });
  return (
    <>
      <ErrorNotice error={open.error} />
      <button type="button" className="button-quiet" disabled={open.isPending} onClick={() => open.mutate()}>
        {open.isPending ? text.order.opening : label}
      </button>
    </>
  );
}

/** Parts of the payment that a merchandiser has given back, or is about to. */
function Refunds({ order: { orderId, refunds = [], lines } }: { order: OrderView }) {
  if (refunds.length === 0) return null;
  const nameOf = (id: string) => lines.find(({ productId }) => productId === id)?.name ?? id;
  return (
    <section className="panel order-refunds" aria-label={text.order.refunds}>
      <h2>{text.order.refunds}</h2>
      <ul>
        {refunds.map(({ refundId, status, amount, reason, lines: parts = [], shipping, requestedAt }) => (
          <li key={refundId}>
            <p>{status === "REFUNDED" ? text.order.refunded(money(amount)) : text.order.refundComing(money(amount))}</p>
            <p className="quiet">
              {formatTime(requestedAt)}. {reason}
            </p>
            {(parts.length > 0 || shipping) && (
              <p className="quiet">
                {[
                  ...parts.map(({ productId, quantity }) => `${quantity} × ${nameOf(productId)}`),
                  ...(shipping ? [text.checkout.shipping] : []),
                ].join(", ")}
              </p>
            )}
            {status === "REFUNDED" && (
              <ShowDocument label={text.order.creditNote} fetchLink={() => fetchCreditNote(orderId, refundId)} />
            )}
          </li>
        ))}
      </ul>
      <p className="quiet">{text.order.statement}</p>
    </section>
  );
}

function Details({ order }: { order: OrderView }) {
  const { lines, total, shippingMethod, taxes, shipping, shipment, payment } = order;
  return (
    <div className="order-details">
      <section className="panel" aria-label={text.order.items}>
        <h2>{text.order.items}</h2>
        <OrderLines
          lines={lines.map(({ unitPrice, ...line }) => ({ ...line, price: unitPrice }))}
          total={total}
          shippingMethod={shippingMethod}
          taxes={taxes}
        />
        {payment.card && (
          <p className="quiet">{text.order.cardEnding(capitalize(payment.card.brand), payment.card.last4)}</p>
        )}
      </section>
      <section className="panel" aria-label={text.order.delivery}>
        <h2>{text.order.delivery}</h2>
        <address>
          {formatAddress(shipping, locale()).map((line) => (
            <Fragment key={line}>
              {line}
              <br />
            </Fragment>
          ))}
        </address>
        {shippingMethod && (
          <p className="quiet">
            {shippingMethod.name}
            {shippingMethod.deliveryDays && `, ${text.checkout.deliveryDays(shippingMethod.deliveryDays)}`}
          </p>
        )}
        {shipment.trackingNumber && (
          <p>
            {shipment.carrier} <code>{shipment.trackingNumber}</code>
            {shipment.trackingUrl && (
              <>
                <br />
                <a href={shipment.trackingUrl} rel="noreferrer">
                  {text.order.track}
                </a>
              </>
            )}
          </p>
        )}
      </section>
    </div>
  );
}

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
