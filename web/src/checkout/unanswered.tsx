import { Link } from "wouter";
import { formatted } from "../parts/money";
import { Notice } from "../parts/notice";
import type { Attempt } from "./attempt";

/** An order whose answer never came. Sending it again is safe: it is the same order. */
export function Unanswered({ attempt, sending, onSend }: { attempt: Attempt; sending: boolean; onSend(): void }) {
  return (
    <div className="narrow">
      <h1>One order is still open</h1>
      <Notice kind="error">
        We got no answer to your order for {formatted(attempt.total)}, so we don't know whether it arrived.
      </Notice>
      <p>Send it again: if it did arrive, it stays one order and is paid once.</p>
      <div className="actions">
        <Link href="/orders" className="button-quiet">
          Look at my orders
        </Link>
        <button type="button" className="button-main" disabled={sending} onClick={onSend}>
          {sending ? "Sending…" : "Send it again"}
        </button>
      </div>
    </div>
  );
}
