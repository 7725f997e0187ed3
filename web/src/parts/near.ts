import { type RefObject, useEffect, useRef, useState } from "react";

const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

function watch(element: Element, act: () => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) waiting.get(target)?.();
    },
    // A screen ahead.
    { rootMargin: "100%" },
  );
  const watching = observer;
  waiting.set(element, act);
  watching.observe(element);
  return () => watching.unobserve(element);
}

/**
 * Tells what has come near a phone's screen, so that the page starts with what is visible. On larger screens, and where the page is
 * rendered beforehand, everything counts as near.
 *
 * @param isFirst it is visible when the page opens.
 */
export function useNear<Shown extends Element>(isFirst: boolean): [boolean, RefObject<Shown | null>] {
  const [isNear, setNear] = useState(
    () => isFirst || typeof document === "undefined" || matchMedia("(min-width: 50rem)").matches,
  );
  const place = useRef<Shown>(null);
  useEffect(() => (isNear || !place.current ? undefined : watch(place.current, () => setNear(true))), [isNear]);
  return [isNear, place];
}
