// All elements are created here. Text becomes text nodes, so that nothing a customer wrote is read as HTML.

/**
 * Creates an element.
 *
 * @param {string} tag name and classes: `div.card.good`
 * @param {...unknown} parts attributes, if the first part is a plain object; then nodes, texts and lists of them.
 * Attributes `on…` are listeners, `true` is an empty attribute. Null, undefined and false are left out.
 */
export function h(tag, ...parts) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(" ");
  const hasAttributes = Object.getPrototypeOf(parts[0] ?? []) === Object.prototype;
  for (const [key, value] of Object.entries(hasAttributes ? parts[0] : {})) {
    if (value === undefined || value === false || value === null) continue;
    if (key.startsWith("on") && typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, hasAttributes ? parts.slice(1) : parts);
  return element;
}

function append(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces the content of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/** Coloured label; `look` is a class of page.css, or nothing. */
export const pill = (look, text, attributes = {}) => h(look ? `span.pill.${look}` : "span.pill", attributes, text);

export const empty = (...lines) =>
  h(
    "div.card.empty",
    lines.map((line) => h("p", line)),
  );

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export function time(iso) {
  const date = new Date(iso ?? "");
  return Number.isNaN(date.getTime()) ? "" : clock.format(date);
}

export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`);
