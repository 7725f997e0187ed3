import type { ProductContent } from "../product";
import { foldText, forgivenEdits, queryWords } from "./queryWords";
import type { SearchLanguage } from "./searchText";

/** Products that are compared: better ones come first, so later ones rarely hold the word that was meant. */
const COMPARED_PRODUCTS = 24;

/** Texts of a found product in which a word of the query may stand. */
type FoundTexts = Pick<ProductContent, "name" | "brand" | "category"> & Partial<Pick<ProductContent, "attributes">>;

/**
 * Returns the query with each word that no product has replaced by the similar word of the first product that has one for all of them.
 *
 * @param unmatched words of the query that no product has as typed.
 * @param products best first.
 * @param editsOf most typos in a word. Default: those that a search forgives.
 *
 * @example
 * didYouMean("electirc ketle", ["electirc", "ketle"], [{ name: "Electric Kettle", brand: "Arden", category: "Kitchen" }]); // "electric kettle"
 */
export function didYouMean(
  q: string,
  unmatched: readonly string[],
  products: readonly FoundTexts[],
  language?: SearchLanguage,
  editsOf: (word: string) => number = forgivenEdits,
): string | undefined {
  if (unmatched.length === 0) return undefined;
  for (const { name, brand, category, attributes = {} } of products.slice(0, COMPARED_PRODUCTS)) {
    const words = wordsOf([name, brand, category, ...Object.values(attributes)].join(" "));
    const meant = new Map(unmatched.map((word) => [word, mostSimilar(word, words, editsOf(word))]));
    if ([...meant.values()].includes(undefined)) continue;
    return queryWords(q, language)
      .map((word) => meant.get(word) ?? word)
      .join(" ");
  }
  return undefined;
}

const wordsOf = (text: string): string[] => foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];

function mostSimilar(typed: string, words: readonly string[], edits: number): string | undefined {
  const word = foldText(typed);
  let [best, fewest] = [undefined as string | undefined, edits + 1];
  for (const other of words) {
    const edits = countEdits(word, other, fewest);
    if (edits > 0 && edits < fewest) [best, fewest] = [other, edits];
  }
  return best;
}

/** Counts inserted, missing, wrong and swapped letters; gives up at `limit`. */
function countEdits(one: string, other: string, limit: number): number {
  const [a, b] = [[...one], [...other]];
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(wrong, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
