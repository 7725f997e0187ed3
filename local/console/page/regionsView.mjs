import { h } from "./dom.mjs";

const looks = { up: "good", dead: "bad", frozen: "busy", lost: "bad" };
const switches = {
  up: [
    ["freeze", "Freeze"],
    ["kill", "Kill"],
    ["lose", "Lose"],
  ],
  frozen: [
    ["thaw", "Thaw"],
    ["kill", "Kill"],
    ["lose", "Lose"],
  ],
  dead: [
    ["return", "Bring back"],
    ["lose", "Lose"],
  ],
  lost: [],
};
const abouts = {
  up: "Emulator, functions, search engine and event sources are running.",
  frozen: "All processes are suspended. Thawing resumes them where they stopped.",
  dead: "All processes were killed. Acknowledged writes are kept.",
  lost: "Processes and data are gone. The next start of the store creates the Region again.",
};

/** State label of a Region. */
export const regionWord = ({ state, up }) => (state === "up" && !up ? "no answer" : state);
export const regionLook = ({ state, up }) => (state === "up" && !up ? "bad" : looks[state]);

/** The Regions side by side, the link between them, and what DNS answers. */
export function regions({ regions: state }, page) {
  if (!state) return h("div.card.empty", {}, "Reading …");
  return [
    h(
      "div.beside",
      {},
      state.regions.map((region) => regionCard(region, state, page)),
    ),
    state.link && linkCard(state.link, page),
    (state.names?.length > 0 || state.checks?.length > 0) && outsideCard(state),
  ];
}

function regionCard(region, state, page) {
  // A Region's own names always lead to it.
  const answers = (state.names ?? []).filter(
    ({ name, answeredBy }) => answeredBy.includes(region.region) && !name.startsWith(`${region.region}.`),
  );
  const behind = (state.link?.directions ?? []).find(({ from }) => from === region.region);
  return h(
    "article.card",
    { "data-region": region.region },
    h(
      "div.row",
      {},
      h("h2.grow", {}, region.region),
      h("span.soft", {}, region.stack),
      h(`span.pill.${regionLook(region)}`, {}, h("span.dot"), regionWord(region)),
    ),
    h("p.soft", {}, abouts[region.state]),
    h(
      "div.facts",
      {},
      state.names && [
        h("h3", {}, "Answers for"),
        h("div", {}, answers.length === 0 ? "nothing" : answers.map(({ name }) => h("div", {}, name))),
      ],
      behind && [h("h3", {}, "Waiting for replication"), h("span", {}, waitingText(behind))],
      h("h3", {}, "Emulator"),
      h("span.mono", {}, region.endpoint),
    ),
    page.settings.chaos &&
      h(
        "div.row",
        {},
        switches[region.state].map(([action, label]) =>
          h("button", { onclick: () => page.act({ action, region: region.region }) }, label),
        ),
      ),
  );
}

function linkCard(link, page) {
  const lag = typeof link.lagMs === "number" ? { min: link.lagMs, max: link.lagMs } : link.lagMs;
  const chosen = `${lag.min}..${lag.max}`;
  const lags = [...new Set(["0..0", "200..900", "2000..5000", "30000..30000", chosen])];
  return h(
    "article.card",
    { "data-link": "" },
    h(
      "div.row",
      {},
      h("h2.grow", {}, "Between the Regions"),
      h(`span.pill.${link.isCut ? "bad" : "good"}`, {}, h("span.dot"), link.isCut ? "cut" : "connected"),
    ),
    h(
      "div.facts",
      {},
      link.directions.map(({ from, to, state, waiting, behindMs }) => [
        h("h3", {}, `${from} → ${to}`),
        h("span", {}, `${state}; waiting: ${waitingText({ waiting, behindMs })}`),
      ]),
    ),
    page.settings.chaos &&
      h(
        "div.row",
        {},
        h(
          "button",
          { class: link.isCut ? "on" : "", onclick: () => page.act({ action: link.isCut ? "heal" : "cut" }) },
          link.isCut ? "Restore the link" : "Cut the link",
        ),
        h("label", { for: "lag" }, "Replication lag"),
        h(
          "select",
          {
            id: "lag",
            onchange: (event) => {
              const [min, max] = event.target.value.split("..").map(Number);
              page.act({ action: "lag", lag: { min, max } });
            },
          },
          lags.map((one) => h("option", { value: one, selected: one === chosen }, lagText(one))),
        ),
      ),
  );
}

function outsideCard({ names = [], checks = [] }) {
  return h(
    "article.card",
    { "data-dns": "" },
    h("h2", {}, "DNS and health checks"),
    h(
      "div.facts",
      {},
      names.map(({ name, answeredBy }) => [
        h("h3.mono", {}, name),
        answeredBy.length === 0
          ? h("span.pill.bad", {}, "no Region")
          : h(
              "div.row",
              {},
              answeredBy.map((region) => h("span.pill.accent", {}, region)),
            ),
      ]),
      checks.map(({ name, healthy, about }) => [
        h("h3", {}, name),
        h(
          "div.row",
          {},
          h(`span.pill.${healthy ? "good" : "bad"}`, {}, healthy ? "healthy" : "unhealthy"),
          h("span.soft", {}, about),
        ),
      ]),
    ),
  );
}

function waitingText({ waiting, behindMs }) {
  if (waiting === 0) return "nothing";
  return `${waiting} ${waiting === 1 ? "change" : "changes"}, oldest ${seconds(behindMs)}`;
}

function lagText(range) {
  const [min, max] = range.split("..").map(Number);
  if (max === 0) return "none";
  return min === max ? seconds(min) : `${seconds(min)} to ${seconds(max)}`;
}

const seconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`);
