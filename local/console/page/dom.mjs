// Elements are made here and nowhere else, and text becomes text nodes: nothing that the store or a customer wrote is ever
// read as HTML.

/**
 * @param {string} tag name and classes: `div.card.good`
 * @param {Record<string, unknown>} [attributes] `on…` are listeners, `true` is an empty attribute, `undefined` and `false` none
 * @param {...unknown} children nodes, texts, lists of them; nothing for null, undefined and false
 */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (key.startsWith("on") && typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Puts nodes in place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

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
