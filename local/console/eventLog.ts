import type { Incident } from "../chaos";

/** An action that has not finished. */
export interface PendingAction {
  id: number;
  /** For example "us-east-1: return". */
  what: string;
  /** Region or other part that it changes. */
  subject: string;
  /** ISO 8601, UTC. */
  since: string;
}

/** Actions of the console and failures of the Regions. */
export interface EventsView {
  /** Newest first. */
  events: Incident[];
  pending: PendingAction[];
}

const SHOWN_EVENTS = 200;

/** Log of what was done to the store. Failures and repairs of Regions come from their own list. */
export class EventLog {
  private readonly own: (Incident & { orderId?: string })[] = [];
  private readonly pending = new Map<number, PendingAction>();
  private lastId = 0;

  constructor(private readonly incidents: () => readonly Incident[]) {}

  /** @param orderId order that the action is for. */
  add(what: string, orderId?: string): void {
    this.own.push({ at: new Date().toISOString(), what, orderId });
    if (this.own.length > SHOWN_EVENTS) this.own.shift();
  }

  /** Shows an action as pending until the returned function is called. */
  begin(subject: string, what: string): () => void {
    const id = ++this.lastId;
    this.pending.set(id, { id, what, subject, since: new Date().toISOString() });
    return () => this.pending.delete(id);
  }

  /** Actions for one order, oldest first, without its id. */
  of(orderId: string): Incident[] {
    return this.own
      .filter((one) => one.orderId === orderId)
      .map(({ at, what }) => ({ at, what: what.replace(new RegExp(` (of|while it worked on) order ${orderId}`), "") }));
  }

  read(): EventsView {
    const own = this.own.map(({ at, what }) => ({ at, what }));
    const events = [...this.incidents(), ...own].sort((a, b) => b.at.localeCompare(a.at));
    return { events: events.slice(0, SHOWN_EVENTS), pending: [...this.pending.values()] };
  }
}
