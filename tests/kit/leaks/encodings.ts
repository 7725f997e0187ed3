/** Encodings in which a text can be stored or sent, each as the text that is left of a value. */
export const ENCODINGS: Readonly<Record<string, (value: string) => string[]>> = {
  plain: (value) => [value, value.toLowerCase()],
  spaced: (value) => separated(value, [" ", "\u00a0", "\u2009", "%20", "+", "&nbsp;", "\\u00a0"]),
  dashed: (value) => separated(value, ["-", ".", "_"]),
  base64: (value) => alignments(value).flatMap((text) => [text, text.replaceAll("+", "-").replaceAll("/", "_")]),
  hex: (value) => [hexOf(value), hexOf(value).toUpperCase()],
  url: (value) => [encodeURIComponent(value), everyCharacter(value, (hex) => `%${hex.slice(2)}`)],
  // JSON in JSON doubles the backslashes.
  json: (value) => [1, 2, 4, 8].map((count) => everyCharacter(value, (hex) => `${"\\".repeat(count)}u${hex}`)),
  html: (value) => [everyCharacter(value, (hex) => `&#x${hex.replace(/^0+/, "")};`), decimalReferences(value)],
  utf16: (value) => [[...value].join("\0")],
};

export type Encoding = string;

/** Groups of four, as cards are written. Other texts have no such form. */
const separated = (value: string, separators: string[]): string[] =>
  /^\d{13,19}$/.test(value)
    ? separators.map((separator) => value.replace(/\d{4}(?=\d)/g, (group) => `${group}${separator}`))
    : [];

/**
 * The characters of a base64 text that depend on the value alone, for each position that the value can have in a group of three
 * bytes. Those at the ends also depend on its neighbours.
 */
function alignments(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from("\0".repeat(before) + value);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    return bytes.toString("base64").slice(first, last);
  });
}

const hexOf = (value: string): string => Buffer.from(value).toString("hex");

const everyCharacter = (value: string, format: (hex: string) => string): string =>
  [...value].map((character) => format(character.codePointAt(0)!.toString(16).padStart(4, "0"))).join("");

const decimalReferences = (value: string): string => [...value].map((one) => `&#${one.codePointAt(0)};`).join("");
