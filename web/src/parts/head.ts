import { useEffect } from "react";

interface Head {
  /** Sentence for results of search engines and previews of links. */
  description?: string;
  /** Path that stands for this page, without filters that make copies of it. */
  canonical: string;
  /** Objects of schema.org. */
  data?: readonly object[];
}

const MARK = "data-page";

/** Describes the page for search engines and previews, until another page is shown. */
export function useHead(head: Head | undefined): void {
  // A string, because callers make a new object each time.
  const wanted = head && JSON.stringify(head);
  useEffect(() => {
    if (!wanted) return;
    const { description, canonical, data = [] } = JSON.parse(wanted) as Head;
    const url = new URL(canonical, location.href).href;
    const added = [
      element("link", { rel: "canonical", href: url }),
      element("meta", { property: "og:url", content: url }),
      // Not executed, so the content security policy does not concern them.
      ...data.map((one) => element("script", { type: "application/ld+json" }, JSON.stringify(one))),
    ];
    document.head.append(...added);
    const former = description === undefined ? undefined : replaceDescription(description);
    return () => {
      for (const one of added) one.remove();
      if (former !== undefined) replaceDescription(former);
    };
  }, [wanted]);
}

function element(name: string, attributes: Record<string, string>, text = ""): HTMLElement {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries({ ...attributes, [MARK]: "" })) made.setAttribute(attribute, value);
  made.textContent = text;
  return made;
}

/** @returns the description before. */
function replaceDescription(description: string): string {
  const [own, preview] = ['meta[name="description"]', 'meta[property="og:description"]'].map((one) =>
    document.head.querySelector<HTMLMetaElement>(one),
  );
  const former = own?.content ?? "";
  for (const meta of [own, preview]) if (meta) meta.content = description;
  return former;
}
