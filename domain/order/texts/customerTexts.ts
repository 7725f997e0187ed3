import { DEFAULT_LANGUAGE, type Language } from "../../text/language";
import { de } from "./de";
import { type CustomerTexts, en } from "./en";

const TEXTS: Record<Language, CustomerTexts> = { en, de };

/** The texts for an order's customer. Orders of earlier releases have no language. */
export const textsOf = (language: Language = DEFAULT_LANGUAGE): CustomerTexts => TEXTS[language] ?? en;
