import type { OrderView } from "../../../domain/order/api/view";
import { type CustomerStatus, isCancelled, isFinal, ORDER_PROGRESS } from "../../../domain/order/status";
import { text } from "../texts/texts";
import { formatTime } from "./ordersApi";

interface Step {
  status: CustomerStatus;
  at?: string;
  mark: "done" | "current" | "ahead" | "failed";
}

/** Statuses that the order has reached, and those still ahead. */
export function Timeline({ order }: { order: OrderView }) {
  return (
    <ol className="timeline" aria-label={text.order.progress}>
      {toSteps(order).map(({ status, at, mark }) => (
        <li key={status} className={`step step-${mark}`} aria-current={mark === "current" ? "step" : undefined}>
          <span className="step-title">{text.order.status[status].title}</span>
          <span className="quiet">{at && <time dateTime={at}>{formatTime(at)}</time>}</span>
        </li>
      ))}
    </ol>
  );
}

function toSteps({ status, history }: OrderView): Step[] {
  const at = new Map(history.map((entry) => [entry.status, entry.at]));
  if (isCancelled(status)) {
    const before = ORDER_PROGRESS.filter((step) => at.has(step));
    return [
      ...before.map((step) => ({ status: step, at: at.get(step), mark: "done" as const })),
      { status, at: at.get(status), mark: "failed" },
    ];
  }
  const reached = ORDER_PROGRESS.indexOf(status);
  return ORDER_PROGRESS.map((step, index) => ({
    status: step,
    at: at.get(step),
    mark: index > reached ? "ahead" : index < reached || isFinal(status) ? "done" : "current",
  }));
}
