import { fill, h } from "./dom.mjs";
import { callList, faultForm, outsideView, testCards } from "./outsideView.mjs";
import { regionLook, regionWord } from "./regionsView.mjs";
import { views } from "./views.mjs";

const tabs = [
  ["orders", "Orders"],
  ["regions", "Regions"],
  ["messages", "Messages"],
  ["queues", "Queues"],
  ["logs", "Logs"],
  ["notEmulated", "Not emulated"],
];
const find = (id) => document.getElementById(id);

/** State and actions that the views receive. */
const page = {
  state: {},
  settings: await (await fetch("/settings")).json(),
  choices: { errorsOnly: false },
  tab: location.hash.slice(1) in views ? location.hash.slice(1) : "orders",
  choose(change) {
    Object.assign(page.choices, change);
    draw(page.tab);
  },
  async act(action) {
    const response = await fetch("/actions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    });
    if (!response.ok) say((await response.json()).detail ?? "The action failed.");
  },
};

function draw(part) {
  if (part === "regions" && page.state.regions) drawRegions();
  drawTabs();
  if (part === "outside" && page.state.outside) {
    redraw(find("switches"), outsideView(page.state.outside, page));
    fill(find("calls"), callList(page.state.outside));
  }
  const shows = part === page.tab || (page.tab === "orders" && part === "outside");
  // Do not redraw text while the user selects it.
  if (shows && document.getSelection()?.isCollapsed !== false) redraw(find("view"), views[page.tab](page.state, page));
}

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
    page.state.regions.regions.map((one) =>
      h(
        `span.pill.${regionLook(one)}`,
        { title: one.endpoint },
        h("span.dot"),
        `${one.region} · ${one.stack}${regionWord(one) === "up" ? "" : ` · ${regionWord(one)}`}`,
      ),
    ),
  );
}

function drawTabs() {
  const { state } = page;
  const dead = (state.queues ?? []).filter((queue) => queue.deadLetters).reduce((sum, queue) => sum + queue.count, 0);
  const counts = {
    orders: state.orders?.total,
    messages: state.messages?.length,
    queues: dead,
    logs: (state.logs ?? []).filter((line) => line.level === "error").length,
    notEmulated: state.notEmulated?.length,
  };
  const bad = { queues: true, logs: true };
  fill(
    find("tabs"),
    tabs.map(([name, label]) => {
      const choose = () => {
        page.tab = name;
        history.replaceState(null, "", `#${name}`);
        draw(name);
      };
      const count = counts[name];
      return h(
        "button",
        { "aria-pressed": String(page.tab === name), onclick: choose },
        label,
        count > 0 && h(`span.count${bad[name] ? ".bad" : ""}`, {}, count),
      );
    }),
  );
}

let hiding;
function say(text) {
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
fill(find("outside"), h("div.group", { id: "switches" }), faultForm(page), h("div", { id: "calls" }), testCards(page));
drawTabs();
draw(page.tab);

const events = new EventSource("/events");
events.onopen = () => {
  find("link").textContent = "live";
};
events.onerror = () => {
  find("link").textContent = "the local run has stopped";
};
for (const part of ["regions", "orders", "messages", "queues", "logs", "outside", "notEmulated"]) {
  events.addEventListener(part, (event) => {
    page.state[part] = JSON.parse(event.data);
    draw(part);
  });
}
