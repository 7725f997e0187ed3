/** Text of a query beyond these limits is ignored: each fuzzy word costs the cluster as much as a whole query. */
export const MAX_QUERY_LENGTH = 200;
export const MAX_QUERY_WORDS = 12;

/** Pictures, their colours and joiners: no product is named by them, and the engine takes them for words. */
const PICTURES = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3/gu;

/** Words that say nothing about a product. */
const STOP_WORDS = new Set(
  "a an and are as at be by for from i in into is it my of on or some something that the this to was with".split(" "),
);

/** Words that are looked for: at most twelve, without pictures, and without stop words unless there are no others. */
export function queryWords(q: string): string[] {
  const words = q
    .slice(0, MAX_QUERY_LENGTH)
    .replace(/\p{Cs}/gu, " ")
    .replace(PICTURES, " ")
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const telling = words.filter((word) => !STOP_WORDS.has(word.toLowerCase()));
  return (telling.length > 0 ? telling : words).slice(0, MAX_QUERY_WORDS);
}

/**
 * Words with what belongs together written as one: `usb-c` and `usb c` as `usbc`, `AC/DC` as `ACDC`. A single letter
 * belongs to the word before it, or at the beginning to the word behind it.
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

/** Words of a text that punctuation or a single letter holds together, written as one: `usbc` of `USB-C cable`. */
export function compoundsOf(text: string): string[] {
  const words = text.split(/[\s,;()[\]]+/).filter((word) => word !== "");
  const plain = new Set(words);
  return [...new Set(joinWords(words))].filter((word) => !plain.has(word) && /\p{L}.*[\p{L}\p{N}]/u.test(word));
}

/** A possessive stays as it is: the engine removes it. */
const joinParts = (word: string) => word.replace(/(?<=[\p{L}\p{N}])['’]s$/u, "").replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
const isLetter = (word: string) => /^\p{L}\p{M}*$/u.test(word);

/** Typos that are forgiven in a word: one from four letters on, two from eight on, none where digits matter. */
export function forgivenEdits(word: string): 0 | 1 | 2 {
  const { length } = [...word];
  return /\p{N}/u.test(word) || length < 4 ? 0 : length < 8 ? 1 : 2;
}

/**
 * Beginnings that were meant if the typed one has a letter too many, two swapped letters or a wrong last letter.
 * Only for beginnings of three letters or more.
 */
export function similarBeginnings(word: string): string[] {
  const letters = [...word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()];
  if (letters.length < 3 || letters.length > 15) return [];
  const similar = letters.flatMap((letter, at) => {
    const rest = letters.slice(at + 1);
    const without = [...letters.slice(0, at), ...rest];
    const swapped = [...letters.slice(0, at), ...rest.slice(0, 1), letter, ...rest.slice(1)];
    // Two letters begin too many words.
    return [without, swapped].filter((one) => one.length > 2 || letters.length === 3).map((one) => one.join(""));
  });
  return [...new Set(similar)].filter((one) => one.length > 2);
}
