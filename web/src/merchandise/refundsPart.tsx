import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toMinorUnits } from "../../../domain/money";
import { ORDER_STATUS_RULES } from "../../../domain/order/status";
import { CUSTOMER_QUERIES } from "../customerData";
import { formatTime } from "../orders/ordersApi";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { Money } from "../parts/money";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { Select } from "../parts/select";
import { useAction } from "../parts/useAction";
import { useDebounced } from "../parts/useDebounced";
import { text as storeText } from "../texts/texts";
import { describeRefusal } from "./describeRefusal";
import {
  fetchOrders,
  fetchRefunds,
  ORDER_STATES,
  type OrderConditions,
  type OrderState,
  type Refunds,
  requestRefund,
} from "./merchandiseApi";
import { texts } from "./texts";

/** Orders in every state, any order by its number, and a form that refunds a part of it. */
export function RefundsPart() {
  const text = texts();
  const [typed, setTyped] = useState("");
  const [orderId, setOrderId] = useState("");
  const found = useQuery({
    queryKey: [CUSTOMER_QUERIES, "refunds", orderId],
    queryFn: () => fetchRefunds(orderId),
    enabled: orderId !== "",
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.refunds.some(({ status }) => status === "REQUESTED") ? 2_000 : false),
  });
  return (
    <>
      <Form
        className="merchandise-find"
        onSubmit={() => {
          setOrderId(typed.trim());
          if (typed.trim() === orderId) void found.refetch();
        }}
      >
        <Field label={text.orderId} name="orderId" required value={typed} onChange={setTyped} />
        <button type="submit">{text.showOrder}</button>
      </Form>
      {orderId !== "" && found.isPending && <Loading what={text.loading} />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data && (
        <RefundPanel key={orderId} orderId={orderId} {...found.data} onRefunded={() => void found.refetch()} />
      )}
      <Orders
        onChoose={(chosen) => {
          setTyped(chosen);
          setOrderId(chosen);
        }}
      />
    </>
  );
}

function Orders({ onChoose }: { onChoose(orderId: string): void }) {
  const text = texts();
  const [typed, setTyped] = useState<OrderConditions>({ state: "all", email: "", day: "" });
  // An address is searched once it is typed.
  const conditions = { ...typed, email: useDebounced(typed.email, 500) };
  const found = useInfiniteQuery({
    queryKey: [CUSTOMER_QUERIES, "all-orders", conditions],
    queryFn: ({ pageParam, signal }) => fetchOrders(conditions, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
  const orders = found.data?.pages.flatMap((page) => page.orders) ?? [];
  return (
    <section>
      <h2>{text.orders}</h2>
      <div className="merchandise-find">
        <Select
          label={text.orderState}
          name="state"
          value={typed.state}
          options={ORDER_STATES.map((each) => [each, text.orderStates[each]])}
          onChange={(state) => setTyped({ ...typed, state: state as OrderState })}
        />
        <Field
          label={text.orderDay}
          name="day"
          type="date"
          value={typed.day}
          onChange={(day) => setTyped({ ...typed, day })}
        />
        <Field
          label={text.orderEmail}
          name="order-email"
          type="email"
          autoComplete="off"
          maxLength={254}
          value={typed.email}
          onChange={(email) => setTyped({ ...typed, email })}
        />
      </div>
      {found.isPending && <Loading what={text.loading} />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data && orders.length === 0 && (
        <p className="quiet">{found.hasNextPage ? text.noNewerOrders : text.noOrders}</p>
      )}
      <ul className="merchandise-list">
        {orders.map(({ orderId, status, total, pieces, createdAt, hasRefunds }) => (
          <li key={orderId}>
            <span className="merchandise-name">
              <button type="button" className="button-link" onClick={() => onChoose(orderId)}>
                {orderId}
              </button>
            </span>
            <span className="quiet">
              {formatTime(createdAt)} · {pieces} {storeText.frame.items(pieces)}
              {hasRefunds && ` · ${text.hasRefunds}`}
            </span>
            <span className={`badge badge-${ORDER_STATUS_RULES[status].look}`}>
              {storeText.order.status[status].title}
            </span>
            <Money price={total} />
          </li>
        ))}
      </ul>
      <div className="actions">
        {found.hasNextPage && (
          <button type="button" disabled={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
            {found.isFetchingNextPage ? text.loading : text.olderOrders}
          </button>
        )}
        <button type="button" onClick={() => found.refetch()}>
          {text.reloadOrders}
        </button>
      </div>
    </section>
  );
}

interface RefundPanelProps extends Refunds {
  orderId: string;
  onRefunded(): void;
}

function RefundPanel({ orderId, onRefunded, ...order }: RefundPanelProps) {
  const { status, createdAt, lines, shippingMethod, total, refunded, refunds } = order;
  const text = texts();
  const [pieces, setPieces] = useState<Record<string, number>>({});
  const [withShipping, setWithShipping] = useState(false);
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [isRequested, setIsRequested] = useState(false);
  // Kept until the answer: a repeated request is the same refund.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const { isBusy, error, run } = useAction(describeRefusal);
  const minor = toMinorUnits(amount, total.currency);
  const chosen = lines
    .map(({ productId }) => ({ productId, quantity: pieces[productId] ?? 0 }))
    .filter(({ quantity }) => quantity > 0);
  const isByLines = chosen.length > 0 || withShipping;
  const part = isByLines
    ? { ...(chosen.length > 0 && { lines: chosen }), ...(withShipping && { shipping: true as const }) }
    : { amount: minor! };
  const send = async () => {
    setIsRequested(false);
    await requestRefund(orderId, key, { ...part, reason: reason.trim() });
    setPieces({});
    setWithShipping(false);
    setKey(crypto.randomUUID());
    setIsRequested(true);
    setAmount("");
    setReason("");
    onRefunded();
  };
  return (
    <section className="panel">
      <h2>{orderId}</h2>
      <p>
        <span className={`badge badge-${ORDER_STATUS_RULES[status].look}`}>{storeText.order.status[status].title}</span>{" "}
        {formatTime(createdAt)} · {text.total}: <Money price={total} /> · {text.refunded}: <Money price={refunded} />
      </p>
      {refunds.length === 0 && <p className="quiet">{text.noRefunds}</p>}
      <ul className="merchandise-list">
        {refunds.map((refund) => (
          <li key={refund.refundId}>
            <span className="merchandise-name">{refund.reason}</span>
            <Money price={refund.amount} />
            <span className="quiet">{text.refundStatus[refund.status] ?? refund.status}</span>
          </li>
        ))}
      </ul>
      <Form isBusy={isBusy} onSubmit={() => run(send)}>
        <fieldset className="merchandise-lines">
          <legend>{text.refundLines}</legend>
          {lines.map(({ productId, name, quantity, unitPrice }) => {
            const left = quantity - piecesOf(refunds, productId);
            return (
              <div key={productId}>
                <span className="merchandise-name">
                  {name} <span className="quiet">{text.leftOf(left, quantity)}</span>
                </span>
                <Money price={unitPrice} />
                <input
                  type="number"
                  name={`pieces-${productId}`}
                  aria-label={text.piecesOf(name)}
                  min={0}
                  max={left}
                  disabled={left === 0}
                  value={pieces[productId] ?? 0}
                  onChange={({ target }) => setPieces({ ...pieces, [productId]: target.valueAsNumber || 0 })}
                />
              </div>
            );
          })}
          {shippingMethod && (
            <label className="merchandise-check">
              <input
                type="checkbox"
                name="shipping"
                disabled={refunds.some(({ status, shipping }) => shipping && status !== "REFUSED")}
                checked={withShipping}
                onChange={({ target }) => setWithShipping(target.checked)}
              />
              {shippingMethod.name} <Money price={shippingMethod.price} />
            </label>
          )}
        </fieldset>
        <div className="field-row">
          <Field
            label={text.amount(total.currency)}
            name="amount"
            hint={text.amountHint}
            required={!isByLines}
            disabled={isByLines}
            inputMode="decimal"
            error={!isByLines && amount && !minor ? text.priceRule : ""}
            value={amount}
            onChange={setAmount}
          />
          <Field label={text.reason} name="reason" required maxLength={200} value={reason} onChange={setReason} />
        </div>
        {error && <Notice kind="error">{error}</Notice>}
        {isRequested && <Notice kind="success">{text.refundRequested}</Notice>}
        <div className="actions">
          <button type="submit" className="button-danger" disabled={isBusy}>
            {text.refund}
          </button>
        </div>
      </Form>
    </section>
  );
}

/** Pieces of a product that refunds give back already, or are about to. */
function piecesOf(refunds: Refunds["refunds"], productId: string): number {
  return refunds
    .filter(({ status }) => status !== "REFUSED")
    .flatMap(({ lines = [] }) => lines)
    .reduce((sum, line) => (line.productId === productId ? sum + line.quantity : sum), 0);
}
