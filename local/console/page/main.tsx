import { render } from "preact";
import type { ConsoleState, PageSettings } from "../state";
import { App } from "./app";
import { PageModel } from "./model";

/** Parts of the state; the store sends an event of each name. */
const PARTS: readonly (keyof ConsoleState)[] = [
  "regions",
  "pulse",
  "load",
  "events",
  "orders",
  "messages",
  "queues",
  "logs",
  "providers",
  "notEmulated",
];

async function open(): Promise<void> {
  const response = await fetch("/settings", { signal: AbortSignal.timeout(10_000) });
  const page = new PageModel((await response.json()) as PageSettings);
  render(<App page={page} />, document.getElementById("page")!);
  page.follow(location.hash);
  window.addEventListener("hashchange", () => page.follow(location.hash));

  const events = new EventSource("/events");
  const setLive = (isLive: boolean) => {
    page.isLive = isLive;
    page.changed();
  };
  events.onopen = () => setLive(true);
  events.onerror = () => setLive(false);
  for (const part of PARTS)
    events.addEventListener(part, (event: MessageEvent<string>) => page.receive(part, JSON.parse(event.data)));
}

void open();
