import { useLayoutEffect, useRef } from "react";
import { toDocumentTitle } from "./head";
import { isRendering, noteHead } from "./rendering";

/** Sets the title in the tab and the history. */
export function useTitle(title: string): void {
  if (isRendering) noteHead({ title });
  useLayoutEffect(() => {
    document.title = toDocumentTitle(title);
  }, [title]);
}

let isBack = false;
addEventListener("popstate", () => {
  isBack = true;
});

/**
 * Moves the focus to the heading of a new page, as soon as the page shows one, so that keyboard and screen reader
 * continue there. Stops if the customer moves the focus first.
 *
 * @param page changes with each new page; the first page keeps the browser's focus.
 * @param address changes with each navigation, filters included.
 */
export function useFocusOnHeading(page: string, address: string): void {
  const shown = useRef(page);
  // Before the paint: after it, the customer may have pressed a key, and would lose the focus again.
  useLayoutEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    // A variant of the same product replaces the page around its choice.
    if (document.activeElement?.closest(".variants")) return;
    // The browser restores the position when going back.
    if (!isBack) scrollTo(0, 0);
    const before = document.activeElement;
    const observer = new MutationObserver(() => focusHeading());
    const focusHeading = () => {
      const active = document.activeElement;
      const heading = document.querySelector<HTMLElement>("main h1");
      const wasMoved = active !== before && active !== document.body;
      if (heading && !wasMoved) {
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
      }
      if (heading || wasMoved) observer.disconnect();
    };
    observer.observe(document.querySelector("main")!, { childList: true, subtree: true });
    focusHeading();
    return () => observer.disconnect();
  }, [page]);
  useLayoutEffect(() => {
    if (address) isBack = false;
  }, [address]);
}
