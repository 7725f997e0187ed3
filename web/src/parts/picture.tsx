import { useState } from "react";

/** Product picture; a drawn parcel if there is none, or it can't be loaded. */
export function Picture({ src, className }: { src?: string; className?: string }) {
  const [failed, setFailed] = useState<string>();
  const shown = src && src !== failed ? src : "/images/parcel.svg";
  // The product's name is beside it, so it needs no alternative text.
  return <img className={className} src={shown} alt="" loading="lazy" onError={() => setFailed(src)} />;
}
