import { useLayoutEffect } from "react";
import { text } from "../texts/texts";
import { type Head, isRendering, noteHead, siteOrigin } from "./rendering";

export interface Tag {
  name: "meta" | "link" | "script";
  attributes: Record<string, string>;
  text?: string;
}

const STORE_NAME = "stayopen";

/** Tags of `index.html` and of each page carry it, so that the next page replaces them. */
export const MARK = "data-page";

export const toDocumentTitle = (title: string): string => `${title} – ${STORE_NAME}`;

/** All tags that describe a page. The one definition for the page and for the function that renders it beforehand. */
export function toHeadTags(head: Partial<Head>, origin: string): Tag[] {
  const { title = STORE_NAME, description = text.frame.description, canonical, type = "website", data = [] } = head;
  const meta = (key: "name" | "property", name: string, content: string): Tag => ({
    name: "meta",
    attributes: { [key]: name, content },
  });
  const tags: Tag[] = [
    meta("name", "description", description),
    meta("property", "og:site_name", STORE_NAME),
    meta("property", "og:type", type),
    meta("property", "og:title", title),
    meta("property", "og:description", description),
    meta("property", "og:image", new URL(head.image ?? "/icon-512.png", origin).href),
  ];
  if (canonical !== undefined) {
    const url = new URL(canonical, origin).href;
    tags.push({ name: "link", attributes: { rel: "canonical", href: url } }, meta("property", "og:url", url));
  }
  if (head.isUnlisted) tags.push(meta("name", "robots", "noindex"));
  // Data blocks, which are not executed, so the content security policy does not concern them.
  for (const one of data) tags.push({ name: "script", attributes: { type: "application/ld+json" }, text: toJson(one) });
  return tags;
}

/** JSON that does not end a script element. */
export const toJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** Describes the page for search engines and previews, until another page is shown. */
export function useHead(head: Head | undefined): void {
  if (isRendering) noteHead({ head });
  // A string, because callers make a new object each time.
  const wanted = head && JSON.stringify(head);
  useLayoutEffect(() => {
    if (!wanted) return;
    showTags(toHeadTags(JSON.parse(wanted) as Head, siteOrigin()));
    return () => showTags(toHeadTags({}, siteOrigin()));
  }, [wanted]);
}

function showTags(tags: Tag[]): void {
  for (const shown of document.head.querySelectorAll(`[${MARK}]`)) shown.remove();
  document.head.append(...tags.map(toElement));
}

function toElement({ name, attributes, text: content = "" }: Tag): HTMLElement {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries({ ...attributes, [MARK]: "" })) made.setAttribute(attribute, value);
  made.textContent = content;
  return made;
}
