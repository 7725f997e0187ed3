import { h, time } from "./dom.mjs";
import { effectiveItem } from "./effective.mjs";
import { formatMoney } from "./money.mjs";
import { isCancelled, isFinal, ORDER_PROGRESS } from "./orderStatus.mjs";
import { regions } from "./regionsView.mjs";

/** The view of each tab. Each receives the state and the actions of the page. */
export const views = { orders, regions, messages, queues, logs, notEmulated };

function orders({ orders: state }, page) {
  if (!state) return waiting();
  if (state.orders.length === 0) {
    return empty(
      "No orders yet.",
      page.settings.storeUrl ? "Open the store, sign up and place an order." : "Place an order.",
    );
  }
  const hidden = state.total - state.orders.length;
  return [
    state.orders.map((order) => orderCard(order, page)),
    hidden > 0 && h("p.soft", {}, `${hidden} older orders are not shown.`),
  ];
}

function orderCard(order, page) {
  const effective = effectiveItem(order.items);
  const held = page.state.outside?.holds.orderIds.includes(order.orderId);
  return h(
    "article.card",
    {},
    h(
      "div.row",
      {},
      h("h2.mono.cut.grow", { title: order.orderId }, order.orderId),
      order.cancelRequestedAt && h("span.pill.busy", {}, `cancellation requested at ${time(order.cancelRequestedAt)}`),
      h("span.soft", {}, order.email),
      h("strong", {}, order.total && formatMoney(order.total)),
    ),
    track(effective),
    h(
      "div.facts",
      {},
      h("h3", {}, "Lines"),
      h("span", {}, order.lines.map((line) => `${line.quantity} × ${line.name}`).join(", ")),
      order.executions.map((run) => [
        h("h3", {}, page.state.regions?.regions.length > 1 ? `Workflow in ${run.region}` : "Workflow"),
        path(run),
      ]),
      h("h3", {}, "Provider records"),
      h(
        "div.row",
        {},
        books(order.books),
        order.books.shipment &&
          !["delivered", "impossible"].includes(order.books.shipment.status) &&
          h(
            "button.small",
            {
              class: held ? "small on" : "small",
              onclick: () => page.act({ action: held ? "release" : "hold", orderId: order.orderId }),
            },
            held ? "Release the parcel" : "Hold the parcel",
          ),
      ),
      order.items.length > 1 && [
        h("h3", {}, "Regions"),
        h(
          "div.row",
          {},
          order.items.map((item) =>
            h(
              `span.pill${item === effective ? ".accent" : ""}`,
              {},
              `${item.region} · ${item.status} · epoch ${item.epoch}`,
            ),
          ),
        ),
      ],
    ),
  );
}

/** Status of an order as a timeline. */
function track(item) {
  const at = new Map((item?.history ?? []).map((entry) => [entry.status, entry.at]));
  const current = item?.status ?? ORDER_PROGRESS[0];
  const stations = isCancelled(current) ? [...ORDER_PROGRESS.filter((one) => at.has(one)), current] : ORDER_PROGRESS;
  const reached = stations.indexOf(current);
  return h(
    "ol.track",
    {},
    stations.map((status, index) => {
      const classes = [
        ...(index <= reached ? ["done"] : []),
        ...(isCancelled(status) ? ["cancelled"] : []),
        ...(index === reached && !isFinal(current) ? ["now"] : []),
      ];
      return h("li", { class: classes.join(" ") }, status, h("time", {}, time(at.get(status))));
    }),
  );
}

/** States that a workflow passed through. Consecutive repeats are counted. */
function path(run) {
  const steps = [];
  for (const name of run.path) {
    if (steps.at(-1)?.name === name) steps.at(-1).times += 1;
    else steps.push({ name, times: 1 });
  }
  const failed = !["RUNNING", "SUCCEEDED"].includes(run.status);
  return h(
    "div.path",
    { title: `${run.name} in ${run.region}: ${run.status}${run.error ? `, ${run.error}` : ""}` },
    steps.map(({ name, times }, index) => {
      const last = index === steps.length - 1;
      const look = last && failed ? ".failed" : last && run.status === "RUNNING" ? ".now" : "";
      return [index > 0 && h("span.arrow", {}, "›"), h(`span.step${look}`, {}, times > 1 ? `${name} ×${times}` : name)];
    }),
    steps.length === 0 && h("span.soft", {}, run.status.toLowerCase()),
    failed && h("span.pill.bad", {}, run.status.toLowerCase()),
  );
}

function books({ payment, shipment, captures, refunds, shipments }) {
  const price = (entry) => (entry.amount === undefined ? "" : formatMoney(entry));
  const paymentLook = {
    captured: ".good",
    authorized: ".accent",
    pending: ".busy",
    declined: ".bad",
    refunded: ".busy",
  };
  const shipmentLook = { delivered: ".good", impossible: ".bad", accepted: ".accent", "in-transit": ".accent" };
  return [
    payment
      ? h(
          `span.pill${paymentLook[payment.status] ?? ""}`,
          { title: payment.entries.map((entry) => `${time(entry.at)} ${entry.what} ${price(entry)}`).join("\n") },
          `payment ${payment.status}${payment.card ? ` · ${payment.card.brand} …${payment.card.last4}` : ""}${payment.reason ? ` · ${payment.reason}` : ""}`,
        )
      : h("span.pill", {}, "no payment"),
    shipment
      ? h(
          `span.pill${shipmentLook[shipment.status] ?? ""}`,
          { title: shipment.entries.map((entry) => `${time(entry.at)} ${entry.what}`).join("\n") },
          `shipment ${shipment.status}${shipment.trackingNumber ? ` · ${shipment.trackingNumber}` : ""}${shipment.reason ? ` · ${shipment.reason}` : ""}`,
        )
      : h("span.pill", {}, "no shipment"),
    (captures.length > 1 || shipments.length > 1 || (refunds.length > 0 && shipments.length > 0)) &&
      h("span.pill.bad", {}, "duplicate or inconsistent charge or shipment"),
  ];
}

function messages({ messages: list }) {
  if (!list) return waiting();
  const note = h(
    "p.soft",
    {},
    "The emulator's Cognito sends no mail. The confirmation code of every sign-up is 123456.",
  );
  if (list.length === 0) return [note, empty("No messages yet.", "Every change of an order's status sends an email.")];
  return [
    note,
    list.map((one) =>
      h(
        "article.card",
        {},
        h(
          "div.row",
          {},
          h(`span.pill${one.kind === "mail" ? ".accent" : ".busy"}`, {}, one.kind === "mail" ? "Email" : "SMS"),
          h("h2.grow.cut", {}, one.subject ?? one.to),
          h("span.soft.mono", {}, time(one.at)),
        ),
        h("p.soft", {}, `to ${one.to}${one.from ? ` from ${one.from}` : ""}`),
        h("pre", {}, one.text),
      ),
    ),
  ];
}

function queues({ queues: list }) {
  if (!list) return waiting();
  if (list.length === 0) return empty("The program has no queues.");
  return list.map((queue) =>
    h(
      "article.card",
      {},
      h(
        "div.row",
        {},
        h("h2.grow.cut.mono", {}, queue.name),
        h("span.soft", {}, queue.region),
        queue.deadLetters && h("span.pill", {}, "dead-letter queue"),
        h(
          `span.pill${queue.deadLetters ? (queue.count > 0 ? ".bad" : ".good") : ""}`,
          {},
          queue.count === 0 ? "empty" : `${queue.count} waiting`,
        ),
      ),
      queue.messages.map((message) => h("pre", {}, `${time(message.at)}  ${pretty(message.body)}`)),
    ),
  );
}

function logs({ logs: list }, page) {
  if (!list) return waiting();
  const { errorsOnly } = page.choices;
  const shown = errorsOnly ? list.filter((line) => line.level === "error" || line.level === "warn") : list;
  return h(
    "div.card",
    {},
    h(
      "div.row",
      {},
      h("h2.grow", {}, "Function logs"),
      h(
        "button",
        { "aria-pressed": String(errorsOnly), onclick: () => page.choose({ errorsOnly: !errorsOnly }) },
        errorsOnly ? "Show all" : "Warnings and errors only",
      ),
    ),
    shown.length === 0 && empty(errorsOnly ? "No warnings or errors." : "Nothing logged yet."),
    h(
      "div.table",
      {},
      shown
        .slice(0, 200)
        .map((line) =>
          h(
            "div.line",
            { class: `line ${line.level}` },
            h("span.mono.soft", {}, time(line.at)),
            h("span.mono.cut", { title: line.functionName }, line.functionName),
            h("pre", {}, line.text),
          ),
        ),
    ),
  );
}

function notEmulated({ notEmulated: list }) {
  if (!list) return waiting();
  if (list.length === 0) return empty("Everything in the program is emulated.");
  return h(
    "div.card",
    {},
    h("h2", {}, "Limitations of the local run"),
    list.map(({ type, name, why }) =>
      h("div", {}, name && h("strong", {}, name), type && h("span.soft.mono", {}, ` ${type}`), h("p", {}, why)),
    ),
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function empty(...lines) {
  return h(
    "div.card.empty",
    {},
    lines.map((line) => h("p", {}, line)),
  );
}

function waiting() {
  return h("div.card.empty", {}, "Loading …");
}
