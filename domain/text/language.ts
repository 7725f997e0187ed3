import Negotiator from "negotiator";

/** Languages of what the store itself writes to customers: mails, text messages, invoices and credit notes. */
export const LANGUAGES = ["en", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** For customers who accept none of the languages. */
export const DEFAULT_LANGUAGE: Language = "en";

/**
 * The language that a caller prefers among the store's.
 *
 * @param acceptLanguage the header of RFC 9110, section 12.5.4.
 * @example
 * pickLanguage("fr-CH, de-AT;q=0.8, en;q=0.5"); // "de"
 */
export function pickLanguage(acceptLanguage: string | undefined): Language {
  const preferred = new Negotiator({ headers: { "accept-language": acceptLanguage } }).language([...LANGUAGES]);
  return LANGUAGES.find((language) => language === preferred) ?? DEFAULT_LANGUAGE;
}

/** A percentage as its readers write it: `8.875%`, `19 %`. */
export const formatPercent = (percent: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 4 })
    .format(percent / 100)
    .replaceAll("\u00a0", " ");
