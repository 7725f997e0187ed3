import Negotiator from "negotiator";
import { DEFAULT_LANGUAGE, LANGUAGES, type Language } from "./language";

// In a file of its own: a CommonJS package is in the bundle of each function that imports its file.

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
