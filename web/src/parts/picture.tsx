import { useState } from "react";

interface PictureProps {
  src?: string;
  className?: string;
  /** The picture is visible when the page opens, so it is loaded at once. */
  isFirst?: boolean;
}

/** Product picture; a drawn parcel if there is none, or it can't be loaded. */
export function Picture({ src, className, isFirst = false }: PictureProps) {
  const [failed, setFailed] = useState<string>();
  const shown = src && src !== failed ? src : "/images/parcel.svg";
  const loading = isFirst ? "eager" : "lazy";
  // The product's name is beside it, so it needs no alternative text.
  return <img className={className} src={shown} alt="" loading={loading} onError={() => setFailed(src)} />;
}
