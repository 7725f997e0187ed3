import { duration, empty, h, pill } from "./dom.mjs";

/** States of a Region with the actions that each allows. */
const STATES = {
  up: {
    look: "good",
    about: "Emulator, functions, search engine and event sources are running.",
    actions: ["freeze", "kill", "lose"],
  },
  frozen: {
    look: "busy",
    about: "All processes are suspended. Thawing resumes them where they stopped.",
    actions: ["thaw", "kill", "lose"],
  },
  dead: {
    look: "bad",
    about: "All processes were killed. Acknowledged writes are kept.",
    actions: ["return", "lose"],
  },
  lost: {
    look: "bad",
    about: "Processes and data are gone. The next start of the store creates the Region again.",
    actions: [],
  },
};
/** Label of each action, and its label while it runs. */
const ACTIONS = {
  freeze: ["Freeze", "Freezing…"],
  thaw: ["Thaw", "Thawing…"],
  kill: ["Kill", "Killing…"],
  lose: ["Lose", "Deleting…"],
  return: ["Bring back", "Starting…"],
};
const LAGS = ["0..0", "200..900", "2000..5000", "30000..30000"];

const hasNoAnswer = ({ state, up }) => state === "up" && !up;
/** State label of a Region. */
export const regionWord = (region) => (hasNoAnswer(region) ? "no answer" : region.state);
export const regionLook = (region) => (hasNoAnswer(region) ? "bad" : STATES[region.state].look);

/** Regions side by side, the link between them, and DNS. */
export function regions({ regions: state }, page) {
  if (!state) return empty("Loading…");
  return [
    h(
      "div.beside",
      state.regions.map((region) => regionCard(region, state, page)),
    ),
    state.link && linkCard(state, page),
    (state.names?.length > 0 || state.checks?.length > 0) && dnsCard(state),
  ];
}

function regionCard({ region, stack, endpoint, ...status }, { regions: all, names, link }, page) {
  // A Region's own names always lead to it.
  const answers = (names ?? []).filter(
    ({ name, answeredBy }) => answeredBy.includes(region) && !name.startsWith(`${region}.`),
  );
  const replication = link?.directions.find(({ from }) => from === region);
  const isLast = status.state === "up" && all.every((other) => other.region === region || other.state !== "up");
  const run = async (action) => {
    const stops = action !== "return" && action !== "thaw";
    if (stops && isLast && !confirm(`${region} is the only Region that is up. The store will be down. Continue?`))
      return;
    await page.act({ action, region }, region);
  };
  const running = page.running[region];
  return h(
    "article.card",
    { "data-region": region },
    h(
      "div.row",
      h("h2.grow", region),
      h("span.soft", stack),
      pill(regionLook(status), [h("span.dot"), regionWord(status)]),
    ),
    h("p.soft", STATES[status.state].about),
    h(
      "div.facts",
      names && [
        h("h3", "Serves"),
        h("div", answers.length === 0 ? "no name" : answers.map(({ name }) => h("div", name))),
      ],
      replication && [h("h3", "Waiting for replication"), h("span", waitingText(replication))],
      h("h3", "Emulator"),
      h("span.mono", endpoint),
    ),
    page.settings.chaos &&
      h(
        "div.row",
        running
          ? h("span.soft", { role: "status" }, ACTIONS[running][1])
          : STATES[status.state].actions.map((action) =>
              h("button", { onclick: () => run(action) }, ACTIONS[action][0]),
            ),
      ),
  );
}

function linkCard({ link, regions: all }, page) {
  const lag = typeof link.lagMs === "number" ? { min: link.lagMs, max: link.lagMs } : link.lagMs;
  const chosen = `${lag.min}..${lag.max}`;
  const isDown = all.some(({ state }) => state !== "up");
  const [look, word] = link.isCut ? ["bad", "cut"] : isDown ? ["busy", "a Region is down"] : ["good", "connected"];
  return h(
    "article.card",
    { "data-link": "" },
    h("div.row", h("h2.grow", "Between the Regions"), pill(look, [h("span.dot"), word])),
    h(
      "div.facts",
      link.directions.map((direction) => [
        h("h3", `${direction.from} → ${direction.to}`),
        h("span", `${direction.state}; waiting: ${waitingText(direction)}`),
      ]),
    ),
    page.settings.chaos &&
      h(
        "div.row",
        h(
          "button",
          { class: link.isCut && "on", onclick: () => page.act({ action: link.isCut ? "heal" : "cut" }) },
          link.isCut ? "Restore the link" : "Cut the link",
        ),
        h("label", { for: "lag" }, "Replication lag"),
        h(
          "select",
          {
            id: "lag",
            onchange: (event) => {
              const [min, max] = event.target.value.split("..").map(Number);
              void page.act({ action: "lag", lag: { min, max } });
            },
          },
          [...new Set([...LAGS, chosen])].map((value) =>
            h("option", { value, selected: value === chosen }, lagText(value)),
          ),
        ),
      ),
  );
}

function dnsCard({ names = [], checks = [] }) {
  return h(
    "article.card",
    { "data-dns": "" },
    h("h2", "DNS and health checks"),
    h(
      "div.facts",
      names.map(({ name, answeredBy }) => [
        h("h3.mono", name),
        answeredBy.length === 0
          ? pill("bad", "no Region")
          : h(
              "div.row",
              answeredBy.map((region) => pill("accent", region)),
            ),
      ]),
      checks.map(({ name, healthy, about }) => [
        h("h3", name),
        h("div.row", pill(healthy ? "good" : "bad", healthy ? "healthy" : "unhealthy"), h("span.soft", about)),
      ]),
    ),
  );
}

function waitingText({ waiting, behindMs }) {
  if (waiting === 0) return "nothing";
  return `${waiting} ${waiting === 1 ? "change" : "changes"}, oldest ${duration(behindMs)}`;
}

function lagText(range) {
  const [min, max] = range.split("..").map(Number);
  if (max === 0) return "none";
  return min === max ? duration(min) : `${duration(min)} to ${duration(max)}`;
}
