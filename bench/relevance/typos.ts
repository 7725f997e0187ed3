/** Kinds of single typos; the first letter is a kind of its own, because prefixes make it the hardest to forgive. */
export const TYPO_KINDS = ["wrong", "swapped", "missing", "doubled"] as const;
export type TypoKind = (typeof TYPO_KINDS)[number];

/** Shorter words are too ambiguous with a typo to be judged by the same grades. */
const SHORTEST_WORD = 5;

/** Puts a typo into the longest word of a query; `undefined` when no word is long enough or nothing would change. */
export function withTypo(query: string, kind: TypoKind, where: "first" | "middle"): string | undefined {
  const words = query.match(/\p{L}+/gu) ?? [];
  const word = words.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  if (word.length < SHORTEST_WORD) return undefined;
  const at = where === "first" ? 0 : Math.floor(word.length / 2);
  const changed = word.slice(0, at) + typo(word.slice(at, at + 2), kind) + word.slice(at + 2);
  return changed === word ? undefined : query.replace(word, changed);
}

/** @param pair two letters, of which the first is mistyped. */
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
