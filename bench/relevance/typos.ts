/** Kinds of single typos. A wrong first letter is its own kind, because prefix matching makes it the hardest to correct. */
export const TYPO_KINDS = ["wrong", "swapped", "missing", "doubled"] as const;
export type TypoKind = (typeof TYPO_KINDS)[number];

/** Shorter words with a typo are too ambiguous for the same grades. */
const SHORTEST_WORD = 5;

/** Adds a typo to the longest word of a query; `undefined` if no word is long enough or nothing would change. */
export function withTypo(query: string, kind: TypoKind, where: "first" | "middle"): string | undefined {
  const words = query.match(/\p{L}+/gu) ?? [];
  const word = words.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  if (word.length < SHORTEST_WORD) return undefined;
  const at = where === "first" ? 0 : Math.floor(word.length / 2);
  const changed = word.slice(0, at) + typo(word.slice(at, at + 2), kind) + word.slice(at + 2);
  return changed === word ? undefined : query.replace(word, changed);
}

/** @param pair two letters; the first is mistyped. */
function typo([letter = "", next = ""]: string, kind: TypoKind): string {
  switch (kind) {
    case "wrong":
      return (letter === "o" ? "i" : "o") + next;
    case "swapped":
      return next + letter;
    case "missing":
      return next;
    case "doubled":
      return letter + letter + next;
  }
}
