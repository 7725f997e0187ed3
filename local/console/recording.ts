import { readFileSync } from "node:fs";
import type { OrderTimeline } from "./orders/timeline";
import { type PageServer, servePage } from "./pageServer";
import type { ConsoleState, PageSettings } from "./state";

/** A saved run: everything that the console showed at one moment, with the timelines of its orders. */
export interface Recording {
  kind: typeof RECORDING;
  /** Grows when the content changes; a console opens its own version only. */
  version: typeof VERSION;
  /** ISO 8601, UTC. */
  savedAt: string;
  /** For example "Run of 2026-11-30" or "Simulated schedule of seed 7". */
  title: string;
  settings: PageSettings;
  state: Partial<ConsoleState>;
  timelines: Record<string, OrderTimeline>;
}

const RECORDING = "stayopen-recording";
const VERSION = 1;

/** Reads the timelines of all orders that the page lists. */
export async function makeRecording({
  settings,
  state,
  timeline,
}: {
  settings: PageSettings;
  state: ConsoleState;
  timeline(orderId: string): Promise<OrderTimeline | undefined>;
}): Promise<Recording> {
  const timelines: Record<string, OrderTimeline> = {};
  for (const { orderId } of state.orders.orders) {
    const found = await timeline(orderId);
    if (found) timelines[orderId] = found;
  }
  return toRecording({ title: "Recorded run", settings, state, timelines });
}

/** Completes the content of a recording. */
export function toRecording(content: Pick<Recording, "title" | "settings" | "state" | "timelines">): Recording {
  return { kind: RECORDING, version: VERSION, savedAt: new Date().toISOString(), ...content };
}

/** @throws Error with a sentence for the user. */
export function readRecording(file: string): Recording {
  let content: Partial<Recording>;
  try {
    content = JSON.parse(readFileSync(file, "utf8")) as Partial<Recording>;
  } catch (error) {
    throw new Error(`${file} cannot be read as a recording: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (content.kind !== RECORDING)
    throw new Error(`${file} is not a recording: save one with "npm run console -- save FILE".`);
  if (content.version !== VERSION)
    throw new Error(
      `${file} has version ${content.version}; this console opens version ${VERSION}. Record the run again.`,
    );
  return content as Recording;
}

/**
 * Serves the console's page for a recording.
 *
 * @param port 0: a free port.
 */
export async function openRecording(recording: Recording, port = 0): Promise<PageServer> {
  const { settings, state, timelines, title, savedAt } = recording;
  return await servePage(
    port,
    {
      settings: () => ({ ...settings, storeUrl: undefined, chaos: false, load: false, recording: { title, savedAt } }),
      latest: () => Object.entries(state).map(([part, value]) => [part, JSON.stringify(value)] as const),
      timeline: async (orderId) => (Object.hasOwn(timelines, orderId) ? timelines[orderId] : undefined),
    },
    () => undefined,
  );
}
