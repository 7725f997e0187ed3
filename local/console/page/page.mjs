import { fill, h, pill } from "./dom.mjs";
import { order } from "./orderView.mjs";
import { faultForm, providerSwitches, recentCalls, testCards } from "./providersView.mjs";
import { regionLook, regionWord } from "./regionsView.mjs";
import { views } from "./views.mjs";

const TABS = {
  orders: "Orders",
  regions: "Regions",
  messages: "Messages",
  queues: "Queues",
  logs: "Logs",
  notEmulated: "Limitations",
};
const find = (id) => document.getElementById(id);

/** State and actions that the views receive. */
const page = {
  state: {},
  settings: await (await fetch("/settings")).json(),
  choices: { errorsOnly: false },
  /** Actions that have not finished, by Region. */
  running: {},
  tab: location.hash.slice(1) in views ? location.hash.slice(1) : "orders",
  /** The order whose page is open. */
  order: undefined,
  /** Opens the page of an order, or the list. */
  openOrder(orderId, { isNew = true } = {}) {
    page.tab = "orders";
    page.order = orderId && { orderId, opened: new Set() };
    if (isNew) history.pushState(null, "", orderId ? `#order/${orderId}` : "#orders");
    draw("orders");
    void readOrder();
  },
  toggleEntry(index) {
    const { opened } = page.order;
    if (!opened.delete(index)) opened.add(index);
    draw("orders");
  },
  choose(change) {
    Object.assign(page.choices, change);
    draw(page.tab);
  },
  async act(action, region) {
    if (region) page.running[region] = action.action;
    draw(page.tab);
    const response = await fetch("/actions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    });
    delete page.running[region];
    draw(page.tab);
    if (!response.ok) showError((await response.json()).detail);
  },
};

function draw(part) {
  if (part === "regions" && page.state.regions) drawRegions();
  drawTabs();
  if (part === "providers" && page.state.providers) {
    redraw(find("switches"), providerSwitches(page.state.providers, page));
    fill(find("calls"), recentCalls(page.state.providers));
  }
  const isShown = part === page.tab || (page.tab === "orders" && part === "providers");
  // Do not redraw text while the user selects it.
  if (isShown && document.getSelection()?.isCollapsed !== false)
    redraw(find("view"), (page.order ? order : views[page.tab])(page.state, page));
}

/** Reads the open order's timeline again. */
async function readOrder() {
  const { order: open } = page;
  if (!open) return;
  const response = await fetch(`/orders/${encodeURIComponent(open.orderId)}`).catch(() => undefined);
  const answer = await response?.json();
  if (page.order !== open) return;
  if (response?.ok) open.timeline = answer;
  else open.error ??= open.timeline ? undefined : (answer?.detail ?? "The local run does not answer.");
  draw("orders");
}

/** Opens the order that the address names. */
function openAddress() {
  const [, orderId] = /^#order\/([\w-]+)$/.exec(location.hash) ?? [];
  if (orderId) page.openOrder(orderId, { isNew: false });
  else if (page.order) page.openOrder(undefined, { isNew: false });
}
window.addEventListener("popstate", openAddress);

/** Redraws an element and keeps the focus on its button. */
function redraw(element, ...children) {
  const controls = () => [...element.querySelectorAll("button, select")];
  const focused = controls().indexOf(document.activeElement);
  fill(element, ...children);
  if (focused >= 0) controls()[focused]?.focus();
}

function drawRegions() {
  fill(
    find("regions"),
    page.state.regions.regions.map((one) => {
      const word = regionWord(one) === "up" ? "" : ` · ${regionWord(one)}`;
      return pill(regionLook(one), [h("span.dot"), `${one.region} · ${one.stack}${word}`], { title: one.endpoint });
    }),
  );
}

function drawTabs() {
  const { orders, messages, queues = [], logs = [], notEmulated } = page.state;
  const counts = {
    orders: orders?.total,
    messages: messages?.length,
    queues: queues.filter(({ deadLetters }) => deadLetters).reduce((sum, { count }) => sum + count, 0),
    logs: logs.filter(({ level }) => level === "error").length,
    notEmulated: notEmulated?.length,
  };
  fill(
    find("tabs"),
    Object.entries(TABS).map(([name, label]) => {
      const open = () => {
        page.tab = name;
        page.order = undefined;
        history.replaceState(null, "", `#${name}`);
        draw(name);
      };
      const isBad = name === "queues" || name === "logs";
      return h(
        "button",
        { "aria-pressed": String(page.tab === name), onclick: open },
        label,
        counts[name] > 0 && h(isBad ? "span.count.bad" : "span.count", counts[name]),
      );
    }),
  );
}

let hiding;
function showError(text) {
  const toast = find("toast");
  toast.textContent = text;
  toast.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("shown"), 4000);
}

if (page.settings.storeUrl) {
  find("store").hidden = false;
  find("store").href = page.settings.storeUrl;
}
fill(
  find("providers"),
  h("div.group", { id: "switches" }),
  faultForm(page),
  h("div", { id: "calls" }),
  testCards(page),
);
drawTabs();
draw(page.tab);

openAddress();

const events = new EventSource("/events");
events.onopen = () => {
  find("link").textContent = "live";
};
events.onerror = () => {
  find("link").textContent = "The local run has stopped.";
};
for (const part of [...Object.keys(TABS), "providers"]) {
  events.addEventListener(part, (event) => {
    page.state[part] = JSON.parse(event.data);
    if (part === "orders" && page.order) void readOrder();
    else draw(part);
  });
}
