import { empty, h, pill, time } from "./dom.mjs";
import { orders } from "./ordersView.mjs";
import { regions } from "./regionsView.mjs";

/** View of each tab. Each receives the state and the actions of the page. */
export const views = { orders, regions, messages, queues, logs, notEmulated };

function messages({ messages: list }) {
  if (!list) return empty("Loading…");
  return [
    h("p.soft", "The emulator sends no mail when someone signs up. Every confirmation code is 123456."),
    list.length === 0 && empty("No messages yet.", "Every change of an order's status sends an email."),
    list.map(({ kind, subject, to, from, at, text }) =>
      h(
        "article.card",
        h(
          "div.row",
          kind === "mail" ? pill("accent", "Email") : pill("busy", "SMS"),
          h("h2.grow.cut", subject ?? to),
          h("span.soft.mono", time(at)),
        ),
        h("p.soft", `to ${to}${from ? ` from ${from}` : ""}`),
        h("pre", text),
      ),
    ),
  ];
}

function queues({ queues: list }) {
  if (!list) return empty("Loading…");
  if (list.length === 0) return empty("The program has no queues.");
  return list.map(({ name, region, deadLetters, count, messages: newest }) =>
    h(
      "article.card",
      h(
        "div.row",
        h("h2.grow.cut.mono", name),
        h("span.soft", region),
        deadLetters && pill("", "dead-letter queue"),
        pill(deadLetters && (count > 0 ? "bad" : "good"), count === 0 ? "empty" : `${count} waiting`),
      ),
      newest.map(({ at, body }) => h("pre", `${time(at)}  ${indent(body)}`)),
    ),
  );
}

function logs({ logs: list }, page) {
  if (!list) return empty("Loading…");
  const { errorsOnly } = page.choices;
  const shown = errorsOnly ? list.filter(({ level }) => level === "error" || level === "warn") : list;
  return h(
    "div.card",
    h(
      "div.row",
      h("h2.grow", "Function logs"),
      h(
        "button",
        { "aria-pressed": String(errorsOnly), onclick: () => page.choose({ errorsOnly: !errorsOnly }) },
        "Warnings and errors only",
      ),
    ),
    shown.length === 0 && empty(errorsOnly ? "No warnings or errors." : "No log lines yet."),
    h(
      "div",
      shown
        .slice(0, 200)
        .map(({ at, level, functionName, text }) =>
          h(
            `div.line.${level}`,
            h("span.mono.soft", time(at)),
            h("span.mono.cut", { title: functionName }, functionName),
            h("pre", text),
          ),
        ),
    ),
  );
}

function notEmulated({ notEmulated: list }) {
  if (!list) return empty("Loading…");
  if (list.length === 0) return empty("The local run emulates everything in the program.");
  return h(
    "div.card",
    h("h2", "Limitations of the local run"),
    list.map(({ type, name, why }) =>
      h("div", name && h("strong", name), type && h("span.soft.mono", ` ${type}`), h("p", why)),
    ),
  );
}

function indent(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
