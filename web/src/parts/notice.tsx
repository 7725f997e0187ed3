import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { describeError } from "../publicApi";
import { text } from "../texts/texts";

/** Message to the customer. Screen readers announce an error at once. */
export function Notice({ kind = "info", children }: { kind?: "info" | "error" | "success"; children: ReactNode }) {
  return (
    <div className={`notice notice-${kind}`} role={kind === "error" ? "alert" : "status"}>
      {children}
    </div>
  );
}

export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  if (!error) return null;
  return (
    <Notice kind="error">
      <p>{describeError(error)}</p>
      {retry && (
        <button type="button" className="button-quiet" onClick={retry}>
          {text.states.tryAgain}
        </button>
      )}
    </Notice>
  );
}

/** Milliseconds after which loading is called slow. */
const SLOW_MS = 5_000;

/** Loading state of a page or a part of it. Says so when it is slow, or when the browser is offline. */
export function Loading({ what }: { what: string }) {
  const isOnline = useOnline();
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isOnline) return <Notice>{text.states.offline}</Notice>;
  return (
    <p className="waiting" role="status">
      <span className="spinner" aria-hidden="true" /> {what}
      {isSlow && ` ${text.states.slow}`}
    </p>
  );
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      for (const name of ["online", "offline"]) addEventListener(name, listener);
      return () => {
        for (const name of ["online", "offline"]) removeEventListener(name, listener);
      };
    },
    () => navigator.onLine,
    () => true,
  );
}

/** Page for an address where nothing is, or a list without entries. */
export function EmptyPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
