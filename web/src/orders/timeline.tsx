import { type CustomerStatus, isCancelled, isFinal, ORDER_PROGRESS, STATUS_TEXTS } from "../../../domain/order/status";
import type { OrderView } from "../../../domain/order/view";
import { atTime } from "./orders";

type Mark = "done" | "current" | "ahead" | "failed";

/** The order's way so far, and what is still ahead of it. */
export function Timeline({ order }: { order: OrderView }) {
  return (
    <ol className="timeline" aria-label="The order's way">
      {stepsOf(order).map(({ status, at, mark }) => (
        <li key={status} className={`step step-${mark}`} aria-current={mark === "current" ? "step" : undefined}>
          <span className="step-title">{STATUS_TEXTS[status].title}</span>
          <span className="quiet">{at && <time dateTime={at}>{atTime(at)}</time>}</span>
        </li>
      ))}
    </ol>
  );
}

export function stepsOf({ status, history }: OrderView): { status: CustomerStatus; at?: string; mark: Mark }[] {
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
