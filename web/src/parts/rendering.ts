/** Describes a page for search engines and previews of links. */
export interface Head {
  /** Name of the page, as previews show it. Default: the store's. */
  title?: string;
  /** Sentence for results and previews. Default: the store's. */
  description?: string;
  /** Path that stands for this page, without filters that make copies of it. */
  canonical: string;
  /** Picture of previews. Default: the store's icon. */
  image?: string;
  /** Default: `website`. */
  type?: "website" | "product";
  /** Keeps the page out of search engines. */
  isUnlisted?: boolean;
  /** Objects of schema.org. */
  data?: readonly object[];
}

/** True in the function that renders pages beforehand. */
export const isRendering = typeof document === "undefined";

interface Rendering {
  /** Origin of the store's address. */
  origin: string;
  title?: string;
  head?: Head;
}

let current: Rendering = { origin: "" };

/** Renders a page, without a pause, and returns what its components noted about it. */
export function collectHead<Result>(origin: string, render: () => Result): Rendering & { result: Result } {
  current = { origin };
  const result = render();
  return { ...current, result };
}

/** Notes title and head of the page being rendered, where effects do not run. */
export function noteHead(noted: Pick<Rendering, "title" | "head">): void {
  Object.assign(current, noted);
}

/** Origin of the store's address: `https://www.example.com`. */
export const siteOrigin = (): string => (isRendering ? current.origin : location.origin);
