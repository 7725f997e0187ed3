import { useState } from "react";
import { catalogueWords } from "../texts/texts";
import { drawProduct } from "./drawing";
import { useNear } from "./near";

/** Parts of the drawing that a gallery shows. */
export const VIEWS = ["whole", "detail", "pair"] as const;

const VIEW_BOX = "-8 0 80 60";

type View = (typeof VIEWS)[number];

interface PictureProps {
  /** Name of the product: its drawing follows from it. */
  name: string;
  category?: string;
  /** The product's own picture. */
  src?: string;
  className?: string;
  /** The picture is visible when the page opens, so it is loaded or drawn at once. */
  isFirst?: boolean;
  view?: View;
}

/** Product picture; a drawing of the product if it has none, or it can't be loaded. The product's name is beside it. */
export function Picture({ name, category, src, className = "", isFirst = false, view = "whole" }: PictureProps) {
  const [failed, setFailed] = useState<string>();
  const [isNear, place] = useNear<SVGSVGElement>(isFirst);
  if (src && src !== failed) {
    const loading = isFirst ? "eager" : "lazy";
    return <img className={className} src={src} alt="" loading={loading} onError={() => setFailed(src)} />;
  }
  if (!isNear) return <svg ref={place} className={`drawing ${className}`} viewBox={VIEW_BOX} aria-hidden="true" />;
  const { body, lines, colour, ground, label } = drawProduct(name, category);
  const shape = (
    <g strokeLinejoin="round" strokeLinecap="round" stroke="#26312b" strokeOpacity="0.8">
      <path d={body} fill={colour} fillRule="evenodd" strokeWidth="1.4" />
      <path d={lines} fill="none" strokeWidth="1.8" />
    </g>
  );
  return (
    <svg className={`drawing ${className}`} viewBox={VIEW_BOX} aria-hidden="true">
      <rect x="-8" width="80" height="60" fill={ground} />
      {view === "whole" && (
        <>
          <ellipse cx="32" cy="55" rx="26" ry="2.5" fill="#000" fillOpacity="0.1" />
          <g transform="translate(3.2 2) scale(0.9)">{shape}</g>
        </>
      )}
      {view === "detail" && <g transform="translate(-34 -32) scale(2)">{shape}</g>}
      {view === "pair" && (
        <>
          <g transform="translate(-6 8) scale(0.62) rotate(-6 32 32)">{shape}</g>
          <g transform="translate(28 10) scale(0.62) rotate(7 32 32)">{shape}</g>
        </>
      )}
      {label && (
        <text x="69" y="56.5" textAnchor="end" fontSize="5" fill="#26312b">
          {catalogueWords(label)}
        </text>
      )}
    </svg>
  );
}
