import { formatMoney, type Money } from "../../../domain/money";
import type { Language } from "../../../domain/text/language";
import { en, type Texts } from "./en";

export type { Language };

/** Languages of the storefront, each with its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const satisfies Record<Language, string>;

/** Texts of the chosen language. A changed language renders the page again, so read them while rendering. */
export let text: Texts = en;

let language: Language = "en";

export const currentLanguage = (): Language => language;

export function setTexts(chosen: Language, texts: Texts): void {
  language = chosen;
  text = texts;
}

/** The language that the storefront has for a tag such as `de-AT`. */
function languageOf(tag: string): Language | undefined {
  const primary = tag.split("-")[0]!.toLowerCase();
  return isLanguage(primary) ? primary : undefined;
}

export const isLanguage = (value: string): value is Language => Object.hasOwn(LANGUAGES, value);

/**
 * First language of the browser's list that the storefront has; English if it has none.
 *
 * @example
 * pickLanguage(["fr-CH", "de-CH", "en"]); // "de"
 */
export function pickLanguage(preferred: readonly string[]): Language {
  return preferred.map(languageOf).find((each) => each !== undefined) ?? "en";
}

/** Locale for numbers, dates and names: the browser's variant of the language (`en-GB`, `de-CH`), if it has one. */
export function locale(): string {
  return navigator.languages.find((tag) => languageOf(tag) === language) ?? language;
}

/** A percentage, such as `8.875%`, in the customer's language. */
export const percentage = (percent: number): string =>
  new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 4 }).format(percent / 100);

/** A price in the customer's language. */
export const money = (price: Money): string => formatMoney(price, "symbol", locale());

/**
 * Words of the catalogue, such as a variant's, in the customer's language; those without a translation stay as they are.
 *
 * @example
 * catalogueWords("0.5 kg"); // "0,5 kg" in German
 */
export function catalogueWords(value: string): string {
  const { values, units } = text.catalogue;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(?: (.+))?$/.exec(value) ?? [];
  if (number === undefined) return values[value] ?? value;
  // Without separators of thousands: it may be a year. A number without a fraction keeps its zeros.
  const local = number.includes(".")
    ? Number(number).toLocaleString(locale(), { useGrouping: false, maximumFractionDigits: 20 })
    : number;
  return unit === undefined ? local : `${local} ${units[unit] ?? unit}`;
}
