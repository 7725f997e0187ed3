/**
 * Characters, besides the C0 controls, that are refused in texts of every language:
 *
 * - DEL and the C1 controls; U+0085 is a line break.
 * - Bidi embeddings, overrides and isolates, which can make a line look like another one.
 * - Line and paragraph separators.
 * - Lone surrogates, which UTF-8 can't encode, and noncharacters.
 * - U+FFFD, which a decoder puts in place of invalid bytes: the text is damaged.
 *
 * Joiners (Persian, Indic scripts, emoji), the marks LRM, RLM and ALM, variation selectors and combining marks are allowed.
 */
const FORBIDDEN =
  "\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029\\uFFFD\\p{Surrogate}\\p{Noncharacter_Code_Point}";

/** Invisible characters: spaces, zero-width and other format characters, fillers, the empty Braille cell. */
const INVISIBLE = "\\s\\p{Cc}\\p{Cf}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800";

/** Pattern of one line with at least one visible character. All patterns of this file need the flag `u`, which AJV sets. */
export const LINE_PATTERN = `^(?=[${INVISIBLE}]*[^${INVISIBLE}])[^\\u0000-\\u001F${FORBIDDEN}]*$`;

/** Pattern of any number of lines; may be empty. */
const PARAGRAPHS_PATTERN = `^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F${FORBIDDEN}]*$`;

/** Content of a negated character class: characters that a URL can't have. */
export const URL_TEXT = `^\\s"'<>\\\\${FORBIDDEN}\\u0000-\\u001F`;

/** Creates the JSON schema of a name, an address line or another text of one line. */
export const line = (maxLength: number) => ({ type: "string", maxLength, pattern: LINE_PATTERN }) as const;

/** Creates the JSON schema of a longer text, with line breaks and tabs; may be empty. */
export const paragraphs = (maxLength: number) => ({ type: "string", maxLength, pattern: PARAGRAPHS_PATTERN }) as const;

let linePattern: RegExp | undefined;
/** The same for ASCII: Unicode's classes take a millisecond to compile. */
const IS_ASCII_LINE = /^ *[!-~][ -~]*$/;

/** Returns true if a text can be stored and shown as one line. */
export function isLine(text: string): boolean {
  if (IS_ASCII_LINE.test(text)) return true;
  linePattern ??= new RegExp(LINE_PATTERN, "u");
  return linePattern.test(text);
}

const NO_CONTROLS =
  "no control, text direction, line separator or replacement characters and no broken ones (lone surrogates, noncharacters)";

/** Explains a pattern of this file, in words that follow the name of a field; `undefined` for another pattern. */
export function explainPattern(pattern: unknown): string | undefined {
  if (pattern === LINE_PATTERN) return `must be one line with a visible character and ${NO_CONTROLS}`;
  if (pattern === PARAGRAPHS_PATTERN) return `must have ${NO_CONTROLS}`;
  return undefined;
}
