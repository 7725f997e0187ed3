import { useState } from "react";

/** A product's picture; a drawn parcel where there is none, or it can't be loaded. */
export function Picture({ src, className }: { src?: string; className?: string }) {
  const [failed, setFailed] = useState<string>();
  const shown = src && src !== failed ? src : "/images/parcel.svg";
  // The product's name is always beside it, so it needs no words of its own.
  return <img className={className} src={shown} alt="" loading="lazy" onError={() => setFailed(src)} />;
}
