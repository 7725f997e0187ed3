import { browserStorage } from "./parts/browserStorage";
import { createStore } from "./parts/store";
import { en, type Texts } from "./texts/en";
import { currentLanguage, isLanguage, type Language, pickLanguage, setTexts } from "./texts/texts";

/** Loads a language other than English, which the page starts with. */
const LOADERS: Record<Exclude<Language, "en">, () => Promise<Texts>> = {
  de: async () => (await import("./texts/de")).de,
};

const KEPT = "stayopen.language";

const language = createStore<Language>(currentLanguage());

/** Renders the component again when the language has changed. */
export const useLanguage = language.use;

/** Chooses the language that the customer has kept, or else the first of the browser's that the storefront has. */
export async function restoreLanguage(): Promise<void> {
  const kept = browserStorage.getItem(KEPT) ?? "";
  try {
    await show(isLanguage(kept) ? kept : pickLanguage(navigator.languages));
  } catch (error) {
    console.warn("The language could not be loaded; the page is in English.", error);
  }
}

/** Shows the page in another language, and keeps the choice in this browser. Rejects if its texts can't be loaded. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  await show(chosen);
  browserStorage.setItem(KEPT, chosen);
}

async function show(chosen: Language): Promise<void> {
  setTexts(chosen, chosen === "en" ? en : await LOADERS[chosen]());
  document.documentElement.lang = chosen;
  language.set(chosen);
}
