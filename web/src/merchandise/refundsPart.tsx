import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toMinorUnits } from "../../../domain/money";
import { CUSTOMER_QUERIES } from "../customerData";
import { Field } from "../parts/field";
import { Money } from "../parts/money";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useAction } from "../parts/useAction";
import { describeRefusal } from "./describeRefusal";
import { fetchRefunds, type Refunds, requestRefund } from "./merchandiseApi";
import { texts } from "./texts";

/** An order's total and refunds, and a form that refunds a part of it. */
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
  });
  return (
    <>
      <form
        className="merchandise-find"
        onSubmit={(event) => {
          event.preventDefault();
          setOrderId(typed.trim());
          if (typed.trim() === orderId) void found.refetch();
        }}
      >
        <Field label={text.orderId} name="orderId" required value={typed} onChange={setTyped} />
        <button type="submit">{text.showOrder}</button>
      </form>
      {orderId !== "" && found.isPending && <Loading what={text.loading} />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data && (
        <RefundPanel key={orderId} orderId={orderId} {...found.data} onRefunded={() => void found.refetch()} />
      )}
    </>
  );
}

interface RefundPanelProps extends Refunds {
  orderId: string;
  onRefunded(): void;
}

function RefundPanel({ orderId, total, refunded, refunds, onRefunded }: RefundPanelProps) {
  const text = texts();
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [isRequested, setIsRequested] = useState(false);
  // Kept until the answer: a repeated request is the same refund.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const { isBusy, error, run } = useAction(describeRefusal);
  const minor = toMinorUnits(amount, total.currency);
  const send = async () => {
    setIsRequested(false);
    await requestRefund(orderId, key, { amount: minor!, reason: reason.trim() });
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
        {text.total}: <Money price={total} /> · {text.refunded}: <Money price={refunded} />
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
      <form
        aria-busy={isBusy}
        onSubmit={(event) => {
          event.preventDefault();
          run(send);
        }}
      >
        <div className="field-row">
          <Field
            label={text.amount(total.currency)}
            name="amount"
            required
            inputMode="decimal"
            error={amount && !minor ? text.priceRule : ""}
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
      </form>
    </section>
  );
}
