import type { ReactNode } from "react";
import { ApiError } from "../api";

/** Something the person must know; an error is read aloud at once. */
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
      <p>{sentenceOf(error)}</p>
      {retry && (
        <button type="button" className="button-quiet" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 404) return "There is nothing at this address.";
  return error instanceof Error ? error.message : "Something went wrong.";
}

export function Waiting({ what }: { what: string }) {
  return (
    <p className="waiting" role="status">
      <span className="spinner" aria-hidden="true" /> {what}
    </p>
  );
}
