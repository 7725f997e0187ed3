import { formatMoney } from "../../../domain/money";
import { describeDecline } from "../../../domain/order/declines";
import { effectiveItem } from "../../../domain/order/effective";
import { isCancelled, isFinal, ORDER_PROGRESS } from "../../../domain/order/status";
import { empty, h, pill, time } from "./dom.mjs";

const PAYMENT_LOOKS = { captured: "good", authorized: "accent", pending: "busy", declined: "bad", refunded: "busy" };
const SHIPMENT_LOOKS = { delivered: "good", impossible: "bad", accepted: "accent", "in-transit": "accent" };

export function orders({ orders: state }, page) {
  if (!state) return empty("Loading…");
  if (state.orders.length === 0) return empty("No orders yet.", "Open the store, sign up and place an order.");
  const hidden = state.total - state.orders.length;
  return [
    state.orders.map((order) => orderCard(order, page)),
    hidden > 0 && h("p.soft", `${hidden} older orders are not shown.`),
  ];
}

function orderCard({ orderId, cancelRequestedAt, items, executions, records }, page) {
  // The store's own rule; an item that replication has not completed yet may be the only one.
  const item = effectiveItem(items) ?? items[0];
  const shipment = records.shipment?.status;
  const isHeld = page.state.providers?.holds.orderIds.includes(orderId);
  return h(
    "article.card",
    h(
      "div.row",
      h(
        "h2.mono.cut.grow",
        h("a", { href: `#order/${orderId}`, title: `Everything that happened to order ${orderId}` }, orderId),
      ),
      cancelRequestedAt && pill("busy", `cancellation requested at ${time(cancelRequestedAt)}`),
      h("span.soft", item.contact?.email),
      h("strong", item.total && formatMoney(item.total)),
    ),
    progress(item),
    h(
      "div.facts",
      h("h3", "Items"),
      h("span", (item.lines ?? []).map(({ quantity, name }) => `${quantity} × ${name}`).join(", ")),
      executions.map((run) => [
        h("h3", page.state.regions?.regions.length > 1 ? `Workflow in ${run.region}` : "Workflow"),
        workflowPath(run),
      ]),
      h("h3", "Provider records"),
      h(
        "div.row",
        providerRecords(records, item),
        shipment &&
          !["delivered", "impossible"].includes(shipment) &&
          h(
            "button.small",
            {
              class: isHeld ? "small on" : "small",
              onclick: () => page.act({ action: isHeld ? "release" : "hold", orderId }),
            },
            isHeld ? "Release the parcel" : "Hold the parcel",
          ),
      ),
      items.length > 1 && [
        h("h3", "Regions"),
        h(
          "div.row",
          items.map((one) => pill(one === item && "accent", `${one.region} · ${one.status} · epoch ${one.epoch}`)),
        ),
      ],
    ),
  );
}

/** Statuses that the order has reached, and those still ahead. */
function progress({ status: current, history = [] }) {
  const at = new Map(history.map((entry) => [entry.status, entry.at]));
  const statuses = isCancelled(current) ? [...ORDER_PROGRESS.filter((one) => at.has(one)), current] : ORDER_PROGRESS;
  const reached = statuses.indexOf(current);
  return h(
    "ol.track",
    statuses.map((status, index) => {
      const classes = [
        index <= reached && "done",
        isCancelled(status) && "cancelled",
        index === reached && !isFinal(current) && "now",
      ];
      return h("li", { class: classes.filter(Boolean).join(" ") }, status, h("time", time(at.get(status))));
    }),
  );
}

/** States that a workflow passed through. Consecutive repeats are counted. */
function workflowPath({ name, region, status, path, error }) {
  const steps = [];
  for (const state of path) {
    if (steps.at(-1)?.state === state) steps.at(-1).times += 1;
    else steps.push({ state, times: 1 });
  }
  const hasFailed = !["RUNNING", "SUCCEEDED"].includes(status);
  return h(
    "div.path",
    { title: `${name} in ${region}: ${status}${error ? `, ${error}` : ""}` },
    steps.map(({ state, times }, index) => {
      const isLast = index === steps.length - 1;
      const look = isLast && hasFailed ? ".failed" : isLast && status === "RUNNING" ? ".now" : "";
      return [index > 0 && h("span.arrow", "›"), h(`span.step${look}`, times > 1 ? `${state} ×${times}` : state)];
    }),
    steps.length === 0 && h("span.soft", status.toLowerCase()),
    hasFailed && pill("bad", status.toLowerCase()),
  );
}

function providerRecords({ payment, shipment, captures, refunds, shipments }, item) {
  // The provider's record of a voided payment no longer has the reason; the order has.
  const declined = payment?.reason ?? item.payment?.declined;
  const isInconsistent = captures.length > 1 || shipments.length > 1 || (refunds.length > 0 && shipments.length > 0);
  return [
    payment
      ? record(PAYMENT_LOOKS[payment.status], payment, [
          `payment ${payment.status}`,
          payment.card && `${payment.card.brand} …${payment.card.last4}`,
          declined && `declined: ${describeDecline(declined)}`,
        ])
      : pill("", "no payment"),
    shipment
      ? record(SHIPMENT_LOOKS[shipment.status], shipment, [
          `shipment ${shipment.status}`,
          shipment.trackingNumber,
          shipment.reason,
        ])
      : pill("", "no shipment"),
    isInconsistent && pill("bad", "duplicate or inconsistent charge or shipment"),
  ];
}

function record(look, { entries }, parts) {
  const line = ({ at, what, ...entry }) =>
    `${time(at)} ${what}${entry.amount === undefined ? "" : ` ${formatMoney(entry)}`}`;
  return pill(look, parts.filter(Boolean).join(" · "), { title: entries.map(line).join("\n") });
}
