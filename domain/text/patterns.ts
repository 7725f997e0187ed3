/**
 * Characters besides the C0 controls that no stored text has, whatever its language:
 *
 * - DEL and the C1 controls; U+0085 is a line break.
 * - Bidi embeddings, overrides and isolates: they make a line read as another one.
 * - Line and paragraph separators.
 * - Lone surrogates, which UTF-8 can't hold, and noncharacters.
 * - U+FFFD, which a decoder puts in place of bytes that it can't read: the text is damaged already.
 *
 * Joiners (Persian, Indic scripts, emoji), the marks LRM, RLM and ALM, variation selectors and combining marks are text.
 */
const FORBIDDEN =
  "\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029\\uFFFD\\p{Surrogate}\\p{Noncharacter_Code_Point}";

/** Characters that show nothing: spaces, zero-width and other format characters, fillers, the empty Braille cell. */
const INVISIBLE = "\\s\\p{Cc}\\p{Cf}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800";

/** One line with at least one visible character. All patterns here are for the flag `u`, which AJV sets. */
export const LINE_PATTERN = `^(?=[${INVISIBLE}]*[^${INVISIBLE}])[^\\u0000-\\u001F${FORBIDDEN}]*$`;

/** Any number of lines, none included. */
const PARAGRAPHS_PATTERN = `^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F${FORBIDDEN}]*$`;

/** Content of a character class: what a URL's text has no place for, besides the characters above. */
export const URL_TEXT = `^\\s"'<>\\\\${FORBIDDEN}\\u0000-\\u001F`;

/** JSON schema of a name, an address line or another text that is printed, mailed and shown as one line. */
export const line = (maxLength: number) => ({ type: "string", maxLength, pattern: LINE_PATTERN }) as const;

/** JSON schema of a longer text, with line breaks and tabs; may be empty. */
export const paragraphs = (maxLength: number) => ({ type: "string", maxLength, pattern: PARAGRAPHS_PATTERN }) as const;

const isLinePattern = new RegExp(LINE_PATTERN, "u");

/** Tells whether a text can be stored and shown as one line. */
export function isLine(text: string): boolean {
  return isLinePattern.test(text);
}

const NO_CONTROLS =
  "no control, text direction, line separator or replacement characters and no broken ones (lone surrogates, noncharacters)";

/** A pattern of this file in words, to follow the name of a field; `undefined` for another one. */
export function explainPattern(pattern: unknown): string | undefined {
  if (pattern === LINE_PATTERN) return `must be one line with a visible character and ${NO_CONTROLS}`;
  if (pattern === PARAGRAPHS_PATTERN) return `must have ${NO_CONTROLS}`;
  return undefined;
}
