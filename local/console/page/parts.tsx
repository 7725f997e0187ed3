import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Action } from "../actions";
import type { Look } from "./format";
import type { PageModel } from "./model";

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

/** Button that is busy until its action has been answered. */
export function ActionButton({
  page,
  action,
  children,
  class: look,
  ...attributes
}: {
  page: PageModel;
  action: Action | readonly Action[];
  children: ComponentChildren;
  class?: string;
  title?: string;
  "aria-label"?: string;
}) {
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    // One after the other; each may be refused for a reason of its own.
    for (const one of [action].flat() as Action[]) await page.act(one);
    setBusy(false);
  };
  return (
    // Not disabled: a disabled button would lose the focus.
    <button
      type="button"
      class={look}
      aria-disabled={isBusy}
      aria-busy={isBusy}
      onClick={() => (isBusy ? undefined : void run())}
      {...attributes}
    >
      {children}
      {isBusy && "…"}
    </button>
  );
}
