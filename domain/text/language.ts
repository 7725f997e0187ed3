/** Languages of what the store itself writes to customers: mails, text messages, invoices and credit notes. */
export const LANGUAGES = ["en", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** For customers who accept none of the languages. */
export const DEFAULT_LANGUAGE: Language = "en";

/** A percentage as its readers write it: `8.875%`, `19 %`. */
export const formatPercent = (percent: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 4 })
    .format(percent / 100)
    .replaceAll("\u00a0", " ");
