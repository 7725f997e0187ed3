import { isCancelled, isFinal } from "../../../domain/order/status";
import { duration, empty, h, pill, time } from "./dom.mjs";

/** Name of each kind of entry, and of its colour in page.css. */
const KINDS = {
  status: "Status",
  state: "Workflow state",
  call: "Function",
  request: "Request",
  log: "Log line",
  provider: "Provider",
  replication: "Replication",
  message: "Message",
  incident: "Failure or repair of a Region",
};

/** Idle time beyond this is cut out of the time axis, in ms. */
const LONGEST_GAP_MS = 1_000;

/** One order: everything that happened to it in both Regions, on one time axis. */
export function order(_, page) {
  const { orderId, timeline, error, opened } = page.order;
  const head = h(
    "div.row",
    h("button", { onclick: () => page.openOrder(undefined) }, "‹ All orders"),
    h("h2.mono.cut.grow", { title: orderId }, orderId),
    h("button.small", { onclick: () => navigator.clipboard.writeText(orderId) }, "Copy id"),
    timeline && pill(statusLook(timeline.status), timeline.status),
  );
  if (error) return [head, empty(error)];
  if (!timeline) return [head, empty("Loading…")];
  const { entries, items, missing } = timeline;
  const axis = createAxis(entries.flatMap((entry) => [entry, ...(entry.parts ?? [])]));
  return [
    head,
    missing.map((sentence) => h("p.warning", { role: "status" }, sentence)),
    h(
      "article.card.timeline",
      h(
        "div.row",
        h("h2.grow", "Timeline"),
        Object.entries(KINDS)
          .filter(([kind]) => entries.some((entry) => entry.kind === kind))
          .map(([kind, name]) => h("span.key", h(`i.bar.${kind}`), name)),
      ),
      h(
        "p.soft",
        `From ${time(entries[0]?.at)}, ${duration(axis.busyMs)}, waits left out. Open a function's call for its requests and log lines.`,
      ),
      h(
        "ol",
        entries.map((entry, index) => row(entry, index, axis, opened, page)),
      ),
    ),
    h(
      "article.card",
      h("h2", items.length > 1 ? "Items, one a Region" : "Item"),
      items.map((item) =>
        h(
          "details",
          h("summary.mono", `${item.region} · ${item.status} · epoch ${item.epoch}`),
          h("pre", JSON.stringify(item, null, 2)),
        ),
      ),
    ),
  ];
}

const statusLook = (status) => (isCancelled(status) ? "bad" : isFinal(status) ? "good" : "accent");

function row(entry, index, axis, opened, page) {
  const { region, title, detail, at, endAt, hasFailed, isOpen, parts = [] } = entry;
  const isOpened = opened.has(index);
  const took = endAt ? duration(Date.parse(endAt) - Date.parse(at)) : isOpen ? "not ended" : "";
  const label = h("span.what", h("strong", title), detail && h("span.soft", ` ${detail}`));
  const line = [
    h("span.mono.soft", axis.offsetOf(at)),
    h("span.soft.where", region ?? "outside"),
    parts.length > 0
      ? h(
          "button.plain",
          { "aria-expanded": String(isOpened), onclick: () => page.toggleEntry(index) },
          isOpened ? "▾ " : "▸ ",
          label,
        )
      : label,
    h("span.lane", bar(entry, axis)),
    h("span.mono.soft.took", took),
  ];
  return [
    h("li", { class: hasFailed ? "failed" : undefined }, line),
    isOpened &&
      parts.map((part) =>
        h(
          "li",
          { class: part.hasFailed ? "part failed" : "part" },
          h("span.mono.soft", axis.offsetOf(part.at)),
          h("span"),
          h("span.what", part.title, part.detail && h("span.soft", ` ${part.detail}`)),
          h("span.lane", bar(part, axis)),
          h("span.mono.soft.took", part.endAt ? duration(Date.parse(part.endAt) - Date.parse(part.at)) : ""),
        ),
      ),
  ];
}

function bar({ kind, at, endAt, isOpen, hasFailed }, axis) {
  const from = axis.positionOf(at);
  const to = isOpen ? 100 : axis.positionOf(endAt ?? at);
  const classes = ["bar", kind, isOpen && "open", hasFailed && "failed"].filter(Boolean).join(" ");
  // An attribute `style` is against the page's content security policy; the object model is not.
  const element = h("i", { class: classes });
  element.style.marginInlineStart = `${from}%`;
  element.style.width = `max(4px, ${to - from}%)`;
  return element;
}

/** A time axis without the gaps in which only waiting states pass. */
function createAxis(entries) {
  const moments = [
    ...new Set(entries.filter(({ kind }) => kind !== "state").flatMap(({ at, endAt }) => [at, endAt ?? at])),
  ]
    .map((at) => Date.parse(at))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const positions = [];
  let position = 0;
  moments.forEach((moment, index) => {
    if (index > 0) position += Math.min(moment - moments[index - 1], LONGEST_GAP_MS);
    positions.push(position);
  });
  const start = moments[0] ?? 0;
  const busyMs = position || 1;
  return {
    busyMs,
    offsetOf: (at) => `+${((Date.parse(at) - start) / 1000).toFixed(2)} s`,
    /** Per cent of the width. */
    positionOf(at) {
      const moment = Date.parse(at);
      const next = moments.findIndex((one) => one >= moment);
      if (next === -1) return 100;
      if (next === 0) return 0;
      const [before, after] = [moments[next - 1], moments[next]];
      const share = (moment - before) / (after - before || 1);
      return (100 * (positions[next - 1] + share * (positions[next] - positions[next - 1]))) / busyMs;
    },
  };
}
