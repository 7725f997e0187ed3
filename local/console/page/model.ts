import type { Action } from "../actions";
import type { OrderTimeline } from "../orders/timeline";
import type { ConsoleState, PageSettings } from "../state";
import { type LogFilter, NO_FILTER } from "./logFilter";

/** Views, by the address's fragment. */
export const VIEWS = {
  store: "Store",
  orders: "Orders",
  messages: "Messages",
  queues: "Queues",
  logs: "Logs",
  notEmulated: "Limitations",
} as const;
export type View = keyof typeof VIEWS;

/** The order whose page is open. */
export interface OpenOrder {
  orderId: string;
  timeline?: OrderTimeline;
  error?: string;
}

/** Longest wait for an action: a return rebuilds the search index. */
const ACTION_MS = 180_000;
const SENTENCE_MS = 6_000;
/** Pause between two readings of the open order: calls and log lines come without a change of the order itself. */
const ORDER_EVERY_MS = 2_000;

/** State and actions of the page. Parts of the page draw themselves again after each change. */
export class PageModel {
  readonly state: Partial<ConsoleState> = {};
  view: View = "store";
  order?: OpenOrder;
  filter: LogFilter = NO_FILTER;
  /** The store sends updates. Not known before the first attempt has ended. */
  isLive?: boolean;
  /** Sentence about the last action. */
  sentence?: { text: string; isError: boolean };
  private readonly listeners = new Set<() => void>();
  private hiding?: ReturnType<typeof setTimeout>;
  private reading?: ReturnType<typeof setTimeout>;

  constructor(readonly settings: PageSettings) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Takes a part of the state that the store has sent. */
  receive(part: keyof ConsoleState, value: unknown): void {
    Object.assign(this.state, { [part]: value });
    if (part === "orders" && this.order) void this.readOrder();
    this.changed();
  }

  /** Follows the address. */
  follow(hash: string): void {
    const [, orderId] = /^#order\/([\w-]+)$/.exec(hash) ?? [];
    const [, logsOf] = /^#logs\/([\w-]+)$/.exec(hash) ?? [];
    if (orderId !== undefined) {
      this.view = "orders";
      if (this.order?.orderId !== orderId) this.order = { orderId };
      void this.readOrder();
    } else {
      const name = logsOf === undefined ? hash.slice(1) : "logs";
      this.view = name in VIEWS ? (name as View) : "store";
      this.order = undefined;
      if (logsOf !== undefined) this.filter = { ...NO_FILTER, order: logsOf };
    }
    this.changed();
  }

  choose(change: Partial<LogFilter>): void {
    this.filter = { ...this.filter, ...change };
    this.changed();
  }

  /** Performs an action of the store, and reports why it was refused. */
  async act(action: Action): Promise<void> {
    try {
      const response = await fetch("/actions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(action),
        signal: AbortSignal.timeout(ACTION_MS),
      });
      const { detail } = (await response.json()) as { detail?: string };
      if (detail !== undefined) this.say(detail, !response.ok);
      if (this.order) await this.readOrder();
    } catch {
      this.say("The local run does not answer.", true);
    }
  }

  say(text: string, isError = false): void {
    this.sentence = { text, isError };
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => {
      this.sentence = undefined;
      this.changed();
    }, SENTENCE_MS);
    this.changed();
  }

  /** Reads the open order's timeline again. */
  private async readOrder(): Promise<void> {
    const open = this.order;
    if (!open) return;
    const response = await fetch(`/orders/${encodeURIComponent(open.orderId)}`, {
      signal: AbortSignal.timeout(20_000),
    }).catch(() => undefined);
    const answer = (await response?.json().catch(() => undefined)) as (OrderTimeline & { detail?: string }) | undefined;
    if (this.order !== open) return;
    clearTimeout(this.reading);
    if (this.settings.recording === undefined)
      this.reading = setTimeout(() => this.order === open && void this.readOrder(), ORDER_EVERY_MS);
    if (response?.ok && answer) Object.assign(open, { timeline: answer, error: undefined });
    else if (!open.timeline) open.error = answer?.detail ?? "The local run does not answer.";
    this.changed();
  }
}
