import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearch } from "wouter";
import { isCancelled, isDecided, isFinal, isFulfilled, STATUS_TEXTS } from "../../../domain/order/status";
import type { OrderView } from "../../../domain/order/view";
import { countryName } from "../checkout/countries";
import { Dialog } from "../parts/dialog";
import { Money } from "../parts/money";
import { ErrorNotice, Notice, Waiting } from "../parts/notice";
import { useTitle } from "../parts/title";
import { atTime, cancelOrder, readInvoice, readOrder } from "./orders";
import "./orders.css";
import { Timeline } from "./timeline";

/** Often while much happens, rarely while a parcel travels. */
function pollEvery(order: OrderView | undefined): number | false {
  if (!order) return 2_000;
  if (isFinal(order.status)) return false;
  const quietFor = Date.now() - Date.parse(order.updatedAt);
  return quietFor < 60_000 ? 1_500 : quietFor < 600_000 ? 5_000 : 30_000;
}

export function OrderPage({ orderId }: { orderId: string }) {
  useTitle("Order");
  const isNew = new URLSearchParams(useSearch()).has("new");
  const found = useQuery({
    queryKey: ["order", orderId],
    queryFn: ({ signal }) => readOrder(orderId, signal),
    refetchInterval: ({ state }) => pollEvery(state.data),
    refetchOnMount: "always",
  });
  if (found.isPending) return <Waiting what="Loading your order…" />;
  if (!found.data) return <ErrorNotice error={found.error} retry={() => found.refetch()} />;
  const order = found.data;
  return (
    <div className="narrow">
      <p>
        <Link href="/orders">← My orders</Link>
      </p>
      {isNew && <Notice kind="success">Thank you! We have your order, and will tell you how it goes by mail.</Notice>}
      <div className="order-head">
        <h1>{STATUS_TEXTS[order.status].title}</h1>
        <p className="quiet">
          Order <code>{order.orderId}</code>, placed {atTime(order.createdAt)}
        </p>
      </div>
      <p role="status">
        {STATUS_TEXTS[order.status].text} {whyCancelled(order)}
      </p>
      {found.error && <Notice>We can't reach the store just now. This is what we knew last.</Notice>}
      <Timeline order={order} />
      <Cancel order={order} />
      {isFulfilled(order.status) && <Invoice orderId={order.orderId} />}
      <Details order={order} />
    </div>
  );
}

function whyCancelled({ status, payment, shipment }: OrderView): string {
  if (!isCancelled(status)) return "";
  if (payment.declined) return `The payment was declined: ${payment.declined}.`;
  if (shipment.impossible) return `It can't be delivered: ${shipment.impossible}.`;
  return "";
}

function Cancel({ order }: { order: OrderView }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelOrder(order.orderId),
    onSettled: () => client.invalidateQueries({ queryKey: ["order", order.orderId] }),
  });
  if (isFinal(order.status)) return null;
  if (order.cancelRequested || (cancel.isSuccess && !isDecided(order.status))) {
    return <Notice>You asked to cancel. We are telling the payment system; this page will show its answer.</Notice>;
  }
  if (isDecided(order.status)) {
    return cancel.isError ? <Notice>It was too late to cancel: your order is on its way.</Notice> : null;
  }
  return (
    <>
      <ErrorNotice error={cancel.error} />
      <button type="button" className="button-danger" disabled={cancel.isPending} onClick={() => setAsking(true)}>
        {cancel.isPending ? "ForwardDeps…" : "Cancel this order"}
      </button>
      {asking && (
        <Dialog title="Cancel this order?" onClose={() => setAsking(false)}>
          <p>Your card is not charged if we are in time.</p>
          <div className="actions">
            <button type="button" className="button-quiet" onClick={() => setAsking(false)}>
              Keep it
            </button>
            <button
              type="button"
              className="button-danger"
              onClick={() => {
                setAsking(false);
                cancel.mutate();
              }}
            >
              Cancel the order
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Its address works for minutes only, so it is asked for when it is wanted. */
function Invoice({ orderId }: { orderId: string }) {
  const open = useMutation({
    mutationFn: () => readInvoice(orderId),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  return (
    <>
      <ErrorNotice error={open.error} />
      <button type="button" className="button-quiet" disabled={open.isPending} onClick={() => open.mutate()}>
        {open.isPending ? "Opening…" : "Show the invoice"}
      </button>
    </>
  );
}

function Details({ order }: { order: OrderView }) {
  const { shipping, shipment, payment } = order;
  return (
    <div className="order-details">
      <section className="panel" aria-label="What you ordered">
        <h2>What you ordered</h2>
        <ul className="summary-lines">
          {order.lines.map(({ productId, name, quantity, unitPrice }) => (
            <li key={productId}>
              <span>
                {quantity} × <Link href={`/products/${encodeURIComponent(productId)}`}>{name}</Link>
              </span>
              <Money price={{ ...unitPrice, amount: unitPrice.amount * quantity }} />
            </li>
          ))}
        </ul>
        <p className="total">
          Total <Money price={order.total} />
        </p>
        {payment.card && (
          <p className="quiet">
            <span className="card-brand">{payment.card.brand}</span> card ending in {payment.card.last4}
          </p>
        )}
      </section>
      <section className="panel" aria-label="Delivery">
        <h2>Delivery</h2>
        <address>
          {shipping.name}
          <br />
          {shipping.street}
          <br />
          {shipping.postalCode} {shipping.city}
          <br />
          {[shipping.region, countryName(shipping.country)].filter(Boolean).join(", ")}
        </address>
        {shipment.trackingNumber && (
          <p>
            {shipment.carrier} <code>{shipment.trackingNumber}</code>
          </p>
        )}
      </section>
    </div>
  );
}
