/** Milliseconds after which the page starts in any case. A busy browser shows its first frame after more than a second. */
const PATIENCE_MS = 3_000;

/** The window, as far as it is read here. */
interface PaintingWindow {
  document: { visibilityState: string; getElementById(id: string): { hasChildNodes(): boolean } | null };
  PerformanceObserver: new (
    report: (paints: { getEntriesByName(name: string): readonly unknown[] }) => void,
  ) => { observe(options: { type: string; buffered: boolean }): void; disconnect(): void };
}

/**
 * Resolves when the browser has shown the page as it was rendered beforehand. Starting earlier would replace its elements before they are
 * on the screen, and the largest paint would wait for the scripts. Resolves at once if nothing was rendered, or nothing is painted.
 */
export function firstPaint({ document, PerformanceObserver }: PaintingWindow): Promise<void> {
  const isRendered = document.getElementById("page")?.hasChildNodes();
  if (!isRendered || document.visibilityState === "hidden") return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((paints) => {
      if (paints.getEntriesByName("first-contentful-paint").length > 0) end();
    });
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, PATIENCE_MS);
    observer.observe({ type: "paint", buffered: true });
  });
}
