import { formatMoney } from "../../../domain/money";
import { effectiveItem } from "../../../domain/order/effective";
import type { OrderItem } from "../../../domain/order/items";
import { describeDecline } from "../../../domain/order/providers/declines";
import { isCancelled, isFinal, ORDER_PROGRESS, type OrderStatus } from "../../../domain/order/status";
import type { OrderRecords, PaymentRecord, ShipmentRecord } from "../../providers/contract";
import type { ExecutionView, OrderView } from "../state";
import { count, type Look, time } from "./format";
import type { PageModel } from "./model";
import { Empty, Pill } from "./parts";

const PAYMENT_LOOKS: Record<string, Look> = {
  captured: "good",
  authorized: "accent",
  pending: "busy",
  declined: "bad",
  refunded: "busy",
};
const SHIPMENT_LOOKS: Record<string, Look> = {
  delivered: "good",
  impossible: "bad",
  accepted: "accent",
  "in-transit": "accent",
};

/** All orders, newest first. */
export function OrdersView({ page }: { page: PageModel }) {
  const { orders: state } = page.state;
  if (!state) return <Empty>Loading…</Empty>;
  if (state.orders.length === 0)
    return (
      <Empty>
        <p>No orders yet.</p>
        <p>Open the store, sign up and place an order, or let the Store page generate some.</p>
      </Empty>
    );
  const hidden = state.total - state.orders.length;
  return (
    <>
      {state.orders.map((order) => (
        <OrderCard key={order.orderId} order={order} page={page} />
      ))}
      {hidden > 0 && <p class="soft">{count(hidden, "older order")} not shown.</p>}
    </>
  );
}

function OrderCard({ order, page }: { order: OrderView; page: PageModel }) {
  const { orderId, cancelRequestedAt, items, executions, records } = order;
  // The store's own rule; an item that replication has not completed yet may be the only one.
  const item = effectiveItem(items) ?? items[0];
  if (item === undefined) return null;
  const isOfTwo = (page.state.regions?.regions.length ?? 1) > 1;
  return (
    <article class="card">
      <div class="row">
        <h2 class="mono cut grow">
          <a href={`#order/${orderId}`} title={`Everything that happened to order ${orderId}`}>
            {orderId}
          </a>
        </h2>
        {cancelRequestedAt && <Pill look="busy">cancellation requested at {time(cancelRequestedAt)}</Pill>}
        <span class="soft address">{item.contact?.email}</span>
        <strong>{item.total && formatMoney(item.total)}</strong>
      </div>
      <Progress item={item} />
      <dl class="facts">
        <dt>Items</dt>
        <dd>{(item.lines ?? []).map(({ quantity, name }) => `${quantity} × ${name}`).join(", ")}</dd>
        {executions.map((run) => (
          <ExecutionFacts
            key={`${run.region} ${run.name}`}
            run={run}
            title={isOfTwo ? `Workflow in ${run.region}` : "Workflow"}
          />
        ))}
        <dt>Provider records</dt>
        <dd class="row">
          <ProviderRecords records={records} item={item} />
        </dd>
        {items.length > 1 && (
          <>
            <dt>Regions</dt>
            <dd class="row">
              {items.map((one) => (
                <Pill key={one.region} look={one === item ? "accent" : ""}>
                  {one.region} · {one.status} · epoch {one.epoch}
                </Pill>
              ))}
            </dd>
          </>
        )}
      </dl>
    </article>
  );
}

const ExecutionFacts = ({ run, title }: { run: ExecutionView; title: string }) => (
  <>
    <dt>{title}</dt>
    <dd>
      <WorkflowPath run={run} />
    </dd>
  </>
);

/** Statuses that the order has reached, and those still ahead. */
export function Progress({ item: { status: current, history = [] } }: { item: Pick<OrderItem, "status" | "history"> }) {
  const at = new Map(history.map((entry) => [entry.status, entry.at]));
  const statuses: readonly OrderStatus[] = isCancelled(current)
    ? [...ORDER_PROGRESS.filter((one) => at.has(one)), current]
    : ORDER_PROGRESS;
  const reached = statuses.indexOf(current);
  return (
    <ol class="track">
      {statuses.map((status, index) => {
        const classes = [
          index <= reached && "done",
          isCancelled(status) && "cancelled",
          index === reached && !isFinal(current) && "now",
        ];
        return (
          <li key={status} class={classes.filter(Boolean).join(" ")}>
            {status}
            <time>{time(at.get(status))}</time>
          </li>
        );
      })}
    </ol>
  );
}

/** States that a workflow passed through. Consecutive repeats are counted. */
function WorkflowPath({ run: { name, region, status, path, error } }: { run: ExecutionView }) {
  const steps: { state: string; times: number }[] = [];
  for (const state of path) {
    const last = steps.at(-1);
    if (last?.state === state) last.times += 1;
    else steps.push({ state, times: 1 });
  }
  const hasFailed = !["RUNNING", "SUCCEEDED"].includes(status);
  return (
    <div class="path" title={`${name} in ${region}: ${status}${error ? `, ${error}` : ""}`}>
      {steps.map(({ state, times }, index) => {
        const isLast = index === steps.length - 1;
        const look = isLast && hasFailed ? " failed" : isLast && status === "RUNNING" ? " now" : "";
        return (
          <>
            {index > 0 && <span class="arrow">›</span>}
            <span class={`step${look}`}>{times > 1 ? `${state} ×${times}` : state}</span>
          </>
        );
      })}
      {steps.length === 0 && <span class="soft">{status.toLowerCase()}</span>}
      {hasFailed && <Pill look="bad">{status.toLowerCase()}</Pill>}
    </div>
  );
}

function ProviderRecords({ records, item }: { records: OrderRecords; item: OrderItem }) {
  const { payment, shipment, captures, refunds, shipments } = records;
  // The provider's record of a voided payment no longer has the reason; the order has.
  const declined = payment?.reason ?? item.payment?.declined;
  const isInconsistent = captures.length > 1 || shipments.length > 1 || (refunds.length > 0 && shipments.length > 0);
  return (
    <>
      {payment ? (
        <Record
          look={PAYMENT_LOOKS[payment.status]}
          record={payment}
          parts={[
            `payment ${payment.status}`,
            payment.card && `${payment.card.brand} …${payment.card.last4}`,
            declined && `declined: ${describeDecline(declined)}`,
          ]}
        />
      ) : (
        <Pill>no payment</Pill>
      )}
      {shipment ? (
        <Record
          look={SHIPMENT_LOOKS[shipment.status]}
          record={shipment}
          parts={[`shipment ${shipment.status}`, shipment.trackingNumber, shipment.reason]}
        />
      ) : (
        <Pill>no shipment</Pill>
      )}
      {isInconsistent && <Pill look="bad">duplicate or inconsistent charge or shipment</Pill>}
    </>
  );
}

function Record({
  look,
  record,
  parts,
}: {
  look?: Look;
  record: PaymentRecord | ShipmentRecord;
  parts: (string | undefined | false)[];
}) {
  const entries: readonly { at: string; what: string; amount?: number; currency?: string }[] = record.entries;
  const lines = entries.map(({ at, what, amount, currency }) => {
    const sum = amount === undefined || currency === undefined ? "" : ` ${formatMoney({ amount, currency })}`;
    return `${time(at)} ${what}${sum}`;
  });
  return (
    <Pill look={look} title={lines.join("\n")}>
      {parts.filter(Boolean).join(" · ")}
    </Pill>
  );
}
