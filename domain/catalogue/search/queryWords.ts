import { DEFAULT_LANGUAGE, type SearchLanguage, stopWordsOf } from "./searchText";

/** Limits beyond which a query's text is ignored: each fuzzy word costs the engine as much as a whole query. */
export const MAX_QUERY_LENGTH = 200;
const MAX_QUERY_WORDS = 12;

/**
 * True of texts for which plain patterns do. Each pattern with Unicode's classes takes up to a millisecond where it is first evaluated, 4 of a
 * function's first search: it stands where only another text needs it.
 */
const isAscii = (text: string): boolean => /^[ -~]*$/.test(text);

/** Returns the words to search for: at most twelve, without emoji, and without stop words unless there are no others. */
export function queryWords(q: string, language: SearchLanguage = DEFAULT_LANGUAGE): string[] {
  const stopWords = stopWordsOf(language);
  const words = withoutPictures(q.slice(0, MAX_QUERY_LENGTH)).split(/\s+/).filter(hasLetterOrDigit);
  const telling = words.filter((word) => !stopWords.has(word.toLowerCase()));
  return (telling.length > 0 ? telling : words).slice(0, MAX_QUERY_WORDS);
}

/** Replaces emoji with their modifiers and joiners. No product is named by them, but the engine treats them as words. */
function withoutPictures(text: string): string {
  if (isAscii(text)) return text;
  const pictures = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3/gu;
  return text.replace(/\p{Cs}/gu, " ").replace(pictures, " ");
}

const hasLetterOrDigit = (word: string): boolean =>
  /[A-Za-z0-9]/.test(word) || (!isAscii(word) && /[\p{L}\p{N}]/u.test(word));

/** Returns the words without case, accents and punctuation at their ends, to compare queries: `Café-Table!` is `cafe-table`. */
export function foldWords(words: readonly string[], language: SearchLanguage = DEFAULT_LANGUAGE): string {
  const stopWords = stopWordsOf(language);
  return words
    .map(withoutEnds)
    .filter((word) => word !== "" && !stopWords.has(word.normalize("NFC").toLowerCase()))
    .map(foldText)
    .join(" ");
}

const withoutEnds = (word: string): string =>
  isAscii(word)
    ? word.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
    : word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, "");

/**
 * Joins the parts of compounds: `usb-c` and `usb c` become `usbc`, `AC/DC` becomes `ACDC`. A single letter belongs to the
 * word before it, or at the beginning to the word after it.
 */
export function joinWords(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words.map(joinParts)) {
    const before = joined.at(-1);
    const belongs = before !== undefined && (isLetter(word) || (joined.length === 1 && isLetter(before)));
    if (belongs) joined[joined.length - 1] = before + word;
    else joined.push(word);
  }
  return joined;
}

/** Returns the compounds of a text, held together by punctuation or a single letter, as one word: `usbc` of `USB-C cable`. */
export function compoundsOf(text: string): string[] {
  const words = text.split(/[\s,;()[\]]+/).filter((word) => word !== "");
  const plain = new Set(words);
  return [...new Set(joinWords(words))].filter((word) => !plain.has(word) && /\p{L}.*[\p{L}\p{N}]/u.test(word));
}

/** Pairs of a query that are joined: each is one more spelling for the engine to look up. */
const MAX_PAIRS = 4;

/**
 * Returns spellings of a query in which two neighbours are one word: `desk lamp` may be sold as `desklamp`, and `ear buds` are
 * `earbuds`. At most four; single letters are `joinWords`' matter.
 */
export function joinPairs(words: readonly string[]): string[] {
  const pairs = words.slice(1, MAX_PAIRS + 1).flatMap((word, at) => {
    const before = words[at]!;
    if (!isPlainWord(before) || !isPlainWord(word)) return [];
    return [[...words.slice(0, at), before + word, ...words.slice(at + 2)].join(" ")];
  });
  return pairs;
}

/** Longest name whose pairs are indexed, in words. */
const MAX_NAME_WORDS = 20;

/** Returns each two neighbours of a name as one word, so that `desklamp` and `24kg` find `Desk Lamp` and `24 kg`. */
export function pairsOf(name: string): string[] {
  const pairs = name.split(/[,;()[\]]+/).flatMap((part) => {
    const words = part
      .split(/\s+/)
      .filter((word) => word !== "")
      .slice(0, MAX_NAME_WORDS);
    return words.slice(1).flatMap((word, at) => {
      const before = words[at]!;
      return /^[\p{L}\p{M}\p{N}]+$/u.test(before + word) && /\p{L}/u.test(word) ? [before + word] : [];
    });
  });
  return [...new Set(pairs)];
}

const isPlainWord = (word: string): boolean =>
  isAscii(word) ? /^[A-Za-z0-9]{2,}$/.test(word) : /^[\p{L}\p{M}\p{N}]{2,}$/u.test(word);

/** Removes punctuation. The engine removes possessives itself, so they lose their `'s` here too. */
const joinParts = (word: string): string =>
  isAscii(word)
    ? word.replace(/(?<=[A-Za-z0-9])'s$/, "").replace(/[^A-Za-z0-9]+/g, "")
    : word.replace(/(?<=[\p{L}\p{N}])['\u2019]s$/u, "").replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
const isLetter = (word: string): boolean => (isAscii(word) ? /^[A-Za-z]$/.test(word) : /^\p{L}\p{M}*$/u.test(word));

/** Returns the number of typos to tolerate in a word: 1 from four letters on, 2 from eight on, 0 in a word with digits. */
export function forgivenEdits(word: string): 0 | 1 | 2 {
  const { length } = [...word];
  const hasDigit = isAscii(word) ? /[0-9]/.test(word) : /\p{N}/u.test(word);
  return hasDigit || length < 4 ? 0 : length < 8 ? 1 : 2;
}

/** Returns the number of typos in a word that a question to the customer may assume: 2 from five letters on. */
export function supposedEdits(word: string): 0 | 1 | 2 {
  const forgiven = forgivenEdits(word);
  return forgiven === 1 && [...word].length > 4 ? 2 : forgiven;
}

/**
 * Returns the beginnings that the customer may have meant: the typed one has an extra letter, two swapped letters or a wrong
 * last letter. Only for beginnings of three letters or more.
 */
export function similarBeginnings(word: string): string[] {
  const letters = [...foldText(word)];
  if (letters.length < 3 || letters.length > 15) return [];
  const similar = letters.flatMap((letter, at) => {
    const rest = letters.slice(at + 1);
    const without = [...letters.slice(0, at), ...rest];
    const swapped = [...letters.slice(0, at), ...rest.slice(0, 1), letter, ...rest.slice(1)];
    // Too many words begin with the same two letters.
    return [without, swapped].filter((one) => one.length > 2 || letters.length === 3).map((one) => one.join(""));
  });
  return [...new Set(similar)].filter((one) => one.length > 2);
}

/** Returns a text in lower case without accents. */
export const foldText = (text: string): string =>
  (isAscii(text) ? text : text.normalize("NFD").replace(/\p{M}/gu, "")).toLowerCase();
