import { SYNONYMS } from "./synonyms";

/** Rules of one language. */
interface LanguageRules {
  /** Name of the engines' stemmer. */
  stemmer: string;
  /** Words that describe no product, in lower case. */
  stopWords: string;
  /** Articles and the like that are written with an apostrophe before a word: `l'avion`. */
  elisions?: string;
}

/** Languages that OpenSearch and the local engine stem alike. */
const LANGUAGES = {
  english: {
    stemmer: "english",
    stopWords: "a an and are as at be by for from i in into is it my of on or some something that the this to was with",
  },
  danish: { stemmer: "danish", stopWords: "af at de den der det en er et fra i med mig min og på som til ved" },
  finnish: { stemmer: "finnish", stopWords: "ei ja jossa joka kuin minun on ovat se tai tämä" },
  french: {
    stemmer: "light_french",
    stopWords: "à au aux avec ce ces dans de des du en est et je la le les ma mes mon ou par pour qui sur un une",
    elisions: "l|d|j|m|t|s|n|c|qu",
  },
  german: {
    stemmer: "light_german",
    stopWords:
      "als am an auf aus bei das dem den der des die ein eine einem einen einer eines etwas für ich im in ist mein meine mit oder und vom von was zu zum zur",
  },
  hungarian: { stemmer: "hungarian", stopWords: "a az egy és ez hogy is meg nekem vagy van" },
  italian: {
    stemmer: "light_italian",
    stopWords: "a al alla che con da dal del della di e è gli i il in la le lo mi mio o per su un una uno",
    elisions: "l|d|un|dell|nell|all|dall|sull|c|s",
  },
  norwegian: { stemmer: "norwegian", stopWords: "av den det de en er et fra i jeg med min og på som til ved" },
  portuguese: {
    stemmer: "light_portuguese",
    stopWords: "a as com da das de do dos e em meu na no o os ou para por que um uma",
  },
  romanian: { stemmer: "romanian", stopWords: "al ale am cu de din este în la meu o pe pentru sau și un" },
  russian: { stemmer: "russian", stopWords: "в для и из или к мой на не о от по с что это" },
  spanish: { stemmer: "light_spanish", stopWords: "a al con de del el en es la las lo los mi o para por que un una y" },
  swedish: { stemmer: "swedish", stopWords: "av de den det en ett från för i jag med min och på som till vid är" },
  turkish: { stemmer: "turkish", stopWords: "bir bu da de en ile için mi ve veya" },
} as const satisfies Record<string, LanguageRules>;

/** Language of the products' texts. */
export type SearchLanguage = keyof typeof LANGUAGES;

export const SEARCH_LANGUAGES = Object.keys(LANGUAGES) as SearchLanguage[];

export const DEFAULT_LANGUAGE: SearchLanguage = "english";

/** Language and synonyms of an index. A change takes effect with the next rebuild. */
export interface SearchText {
  language: SearchLanguage;
  synonyms: readonly string[];
}

/** Returns the settings with their defaults: English has synonyms of its own, other languages have none. */
export function toSearchText({ language = DEFAULT_LANGUAGE, synonyms }: Partial<SearchText>): SearchText {
  return { language, synonyms: synonyms ?? (language === DEFAULT_LANGUAGE ? SYNONYMS : []) };
}

const stopWords = new Map<SearchLanguage, Set<string>>();

/** Returns the words of a language that describe no product, in lower case. */
export function stopWordsOf(language: SearchLanguage): ReadonlySet<string> {
  const known = stopWords.get(language) ?? new Set(LANGUAGES[language].stopWords.split(" "));
  stopWords.set(language, known);
  return known;
}

/** Returns the parts of the index's analysis that depend on the language. */
export function languageAnalysis(language: SearchLanguage) {
  const { stemmer, elisions }: LanguageRules = LANGUAGES[language];
  return {
    stems: { type: "stemmer", language: stemmer },
    // A character filter, not `elision`, which the local engine does not have.
    ...(elisions && {
      elisions: { type: "pattern_replace", pattern: `(?i)\\b(${elisions})['’](\\p{L})`, replacement: "$2" },
    }),
  };
}

/** Returns what is wrong with a synonym rule, or `undefined`. */
export function synonymFault(rule: string): string | undefined {
  const sides = rule.split("=>");
  if (sides.length > 2) return 'has "=>" twice';
  const terms = sides.map((side) => side.split(",").map((term) => term.trim()));
  if (terms.some((side) => side.some((term) => !/[\p{L}\p{N}]/u.test(term)))) return "has an empty term";
  if (sides.length === 1 && terms[0]!.length < 2) return "has one term";
  return undefined;
}
