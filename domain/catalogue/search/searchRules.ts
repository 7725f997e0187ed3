import { foldWords } from "./queryWords";
import type { SearchLanguage } from "./searchText";

/**
 * Key of the rules' item in the product table. No product can have it, because a product's id begins with a letter or digit: the
 * item shares the table's replication, home Region and backups without being a product.
 */
export const SEARCH_RULES_ID = "#search-rules";

/** Limits of the rules. They are part of each search, so each costs a little of the engine's time. */
export const MAX_PINS = 200;
export const MAX_PINNED_PRODUCTS = 20;
export const MAX_BOOSTS = 50;
export const MAX_HIDDEN = 500;
export const MAX_SYNONYM_LINES = 300;

/** Most spellings of a query: as typed, and with synonyms. */
const MAX_SPELLINGS = 4;

/** Products that come first for a query, in this order, although they may not match its words. */
export interface Pin {
  /** Compared without case, accents, punctuation around words, and stop words. */
  query: string;
  productIds: string[];
}

/** Attribute that a boost applies to. */
export const BOOST_FIELDS = ["productId", "brand", "category"] as const;

/** Moves products up among those that match. */
export interface Boost {
  field: (typeof BOOST_FIELDS)[number];
  value: string;
  /** Added to a product's score, 1 to 10. A word in a name adds about 5 to 15. */
  weight: number;
}

/** Changes that merchandisers make to searches without a release. */
export interface SearchRules {
  pins: Pin[];
  boosts: Boost[];
  /** Products that no search and no suggestion shows. Their pages stay, and they can be bought. */
  hidden: string[];
  /** `a, b` are equal; `a => b` also finds b for a. Besides the synonyms of the index, and at once. */
  synonyms: string[];
}

export const NO_RULES: SearchRules = { pins: [], boosts: [], hidden: [], synonyms: [] };

/** The rules as stored. */
export interface StoredRules extends SearchRules {
  productId: typeof SEARCH_RULES_ID;
  /** Grows with each write. */
  version: number;
  /** The only Region that writes the rules, as with a product. */
  homeRegion: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
}

/** Returns true for the item of the rules, which is no product. */
export const isSearchRules = (productId: unknown): boolean => productId === SEARCH_RULES_ID;

/** Returns the part of stored rules that merchandisers set. */
export function rulesOf({ pins, boosts, hidden, synonyms }: SearchRules): SearchRules {
  return { pins, boosts, hidden, synonyms };
}

/** Returns the products pinned to a query, first the one that comes first. */
export function pinnedTo(words: readonly string[], { pins }: SearchRules, language?: SearchLanguage): string[] {
  const asked = foldWords(words, language);
  if (asked === "") return [];
  return pins.find(({ query }) => foldWords(query.split(/\s+/), language) === asked)?.productIds ?? [];
}

/** Returns the words as typed, and with synonyms in place of some of them: at most four spellings. */
export function spellingsOf(
  words: readonly string[],
  { synonyms }: SearchRules,
  language?: SearchLanguage,
): string[][] {
  const typed = ` ${foldWords(words, language)} `;
  const spellings = [typed];
  for (const [phrase, others] of synonyms.flatMap((line) => readSynonyms(line, language))) {
    if (!typed.includes(` ${phrase} `)) continue;
    for (const other of others) {
      if (spellings.length === MAX_SPELLINGS) break;
      const spelling = typed.replace(` ${phrase} `, ` ${other} `);
      if (!spellings.includes(spelling)) spellings.push(spelling);
    }
  }
  // The typed words stay as they are: folding would change what the engine sees as a compound.
  return [[...words], ...spellings.slice(1).map((spelling) => spelling.trim().split(" "))];
}

/** Reads a line of synonyms: each phrase with those that may replace it. */
function readSynonyms(line: string, language?: SearchLanguage): [phrase: string, others: string[]][] {
  const phrases = (part: string) =>
    part
      .split(",")
      .map((phrase) => foldWords(phrase.split(/\s+/), language))
      .filter((phrase) => phrase !== "");
  const [left = "", right] = line.split("=>");
  if (right !== undefined) return phrases(left).map((phrase) => [phrase, phrases(right)]);
  const equal = phrases(left);
  return equal.map((phrase) => [phrase, equal.filter((other) => other !== phrase)]);
}
