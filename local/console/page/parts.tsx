import type { ComponentChildren } from "preact";
import type { Look } from "./format";

export function Pill({ look = "", title, children }: { look?: Look; title?: string; children: ComponentChildren }) {
  return (
    <span class={look ? `pill ${look}` : "pill"} title={title}>
      {children}
    </span>
  );
}

export const Dot = () => <span class="dot" aria-hidden="true" />;

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="card empty">{children}</div>;
}

/** Card with a heading. */
export function Card({
  title,
  aside,
  children,
  ...attributes
}: {
  title: string;
  aside?: ComponentChildren;
  children?: ComponentChildren;
  [attribute: `data-${string}`]: string;
}) {
  return (
    <article class="card" {...attributes}>
      <div class="row">
        <h2 class="grow">{title}</h2>
        {aside}
      </div>
      {children}
    </article>
  );
}
