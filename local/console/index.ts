import type { Chaos } from "../chaos";
import type { Deployment } from "../deployment/deployment";
import { faultKindsOf, operationsOf, type Providers, testCards } from "../providers";
import { perform } from "./actions";
import { EventLog } from "./eventLog";
import { LastKnown } from "./lastKnown";
import { Demo } from "./load/demo";
import { Load } from "./load/load";
import { Logs } from "./logs";
import { deadLettersFirst, newestFirst, readMessages, readQueues, toWebhookMessages } from "./messages";
import { type OrderActionSources, OrderActions } from "./orders/orderActions";
import { Orders } from "./orders/orders";
import { type OrderRecordSources, OrderTimelines } from "./orders/orderTimelines";
import { servePage } from "./pageServer";
import { Pulse, type PulseSources } from "./pulse";
import { makeRecording } from "./recording";
import { regionClients } from "./regionClients";
import type { ConsoleState, QueueView, RegionsView } from "./state";
import { Traffic } from "./traffic";

export interface ConsoleOptions {
  /** Default 0: a free port. */
  port?: number;
  /** One a Region. */
  deployments: readonly Deployment[];
  providers: Pick<Providers, "controls"> & Partial<Pick<Providers, "customerSystem">>;
  /** Failure controls of the Regions. Default: the page has none. */
  chaos?: Chaos;
  /** DNS names and health checks. Default: none are shown. */
  failover?: () => Pick<RegionsView, "names" | "checks">;
  /** Records that the store keeps outside its Regions. Default: items, workflows and messages only are shown. */
  records?: Partial<
    Pick<OrderRecordSources, "callsOf" | "arrivalsOf" | "writesOf"> &
      Pick<PulseSources, "traffic" | "searchMs"> &
      Pick<OrderActionSources, "onBegin"> & {
        /** Milliseconds of the latest arrivals in a Region. */
        arrivalMs(region: string): number | undefined;
      }
  >;
  /** Address of the store, for the link at the top. */
  storeUrl?: string;
  /** Further limitations of the local run, as sentences. */
  notes?: readonly string[];
  log: (line: string) => void;
}

export interface Console {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** Reads everything that the page shows. */
  state(): Promise<ConsoleState>;
  stop(): Promise<void>;
}

type Part = keyof ConsoleState;

/** Milliseconds between reads of each part while a page is open. */
const readEveryMs: Record<Part, number> = {
  regions: 500,
  pulse: 1_000,
  load: 500,
  events: 500,
  orders: 1_000,
  messages: 1_500,
  queues: 3_000,
  logs: 2_000,
  providers: 500,
  notEmulated: 60_000,
};
const parts = Object.keys(readEveryMs) as Part[];

/**
 * Starts a page that shows the running store: Regions, orders with their workflows, messages, provider records, queues and logs,
 * with switches for failures. It reads nothing while no page is open.
 *
 * @example
 * const console = await startConsole({ port: 8081, deployments: [deployment], providers, storeUrl: edge.url, log });
 * @throws Error if the port is in use.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { port = 0, deployments, chaos, failover, storeUrl, notes = [], records = {}, log } = options;
  const { controls } = options.providers;
  const stateOf = (name: string) => chaos?.status().regions.find(({ region }) => region === name)?.state ?? "up";
  const regions = deployments.map((each) => regionClients(each, () => stateOf(each.region) === "up"));
  const regionNames = deployments.map(({ region }) => region);
  const events = new EventLog(() => chaos?.incidents() ?? []);
  const onEvent = (what: string, orderId?: string) => events.add(what, orderId);
  const orders = new Orders(regions, (orderId) => controls.records(orderId));
  const { callsOf = () => [], arrivalsOf = () => [], writesOf = () => [] } = records;
  const timelines = new OrderTimelines(regions, {
    callsOf,
    arrivalsOf,
    writesOf,
    providerCalls: () => controls.calls(),
    incidents: () => chaos?.incidents() ?? [],
    actionsOf: (orderId) => events.of(orderId),
  });
  const logs = new Logs(regions);
  const messages = new LastKnown(regions, readMessages);
  const queues = new LastKnown(regions, readQueues);
  let lastQueues: QueueView[] = [];
  const pulse = new Pulse(regions, {
    traffic: records.traffic ?? new Traffic(),
    orders: (region) => orders.figures(region),
    searchMs: records.searchMs ?? (() => undefined),
    queues: () => lastQueues,
    replicationMs: (region) => {
      const link = chaos?.status().link;
      if (link === undefined) return undefined;
      const waiting = link.directions.filter(({ to }) => to === region).map(({ behindMs }) => behindMs);
      return Math.max(0, ...waiting, records.arrivalMs?.(region) ?? 0);
    },
  });
  const load = storeUrl === undefined ? undefined : new Load({ storeUrl, regions: regionNames, onEvent });
  const demo = chaos && load && new Demo({ chaos, load, stored: (ids) => timelines.stored(ids), onEvent });
  const orderActions = new OrderActions({
    regions,
    providers: controls,
    callsOf,
    onBegin: records.onBegin ?? (() => () => undefined),
    items: (orderId) => timelines.items(orderId),
    onEvent,
    begin: (subject, what) => events.begin(subject, what),
  });

  const read: { [P in Part]: () => Promise<ConsoleState[P]> } = {
    regions: async () => ({
      regions: await Promise.all(
        regions.map(async ({ deployment: { region, stack, endpoint }, ministack, isUp }) => {
          const answers = () =>
            ministack("/ready").then(
              () => true,
              () => false,
            );
          return { region, stack, endpoint, up: isUp() && (await answers()), state: stateOf(region) };
        }),
      ),
      link: chaos?.status().link,
      ...failover?.(),
    }),
    pulse: () => pulse.read(),
    load: async () => ({ load: load?.view(), demo: demo?.view() }),
    events: async () => events.read(),
    orders: () => orders.read(),
    messages: async () =>
      newestFirst([
        ...(await messages.read()).flat(),
        ...toWebhookMessages(options.providers.customerSystem?.received() ?? []),
      ]),
    queues: async () => {
      lastQueues = deadLettersFirst((await queues.read()).flat());
      return lastQueues;
    },
    logs: () => logs.read(),
    providers: async () => ({
      faults: controls.faults(),
      holds: controls.holds(),
      pace: controls.pace(),
      calls: controls.calls().slice(-100).reverse(),
    }),
    notEmulated: async () => [
      // Two stacks of one program have the same limitations.
      ...new Map(
        deployments
          .flatMap((deployment) => deployment.notEmulated)
          .map((one) => [`${one.type} ${one.name} ${one.why}`, one]),
      ).values(),
      ...notes.map((why) => ({ type: "", name: "", why })),
    ],
  };

  const latest = new Map<Part, string>();
  const nextReadAt = new Map<Part, number>();
  const reading = new Set<Part>();

  /** Reads one part and sends it to the open pages if it has changed. */
  async function refresh(part: Part): Promise<void> {
    if (reading.has(part)) return;
    reading.add(part);
    const startedAt = Date.now();
    try {
      const json = JSON.stringify(await read[part]());
      if (latest.get(part) === json) return;
      latest.set(part, json);
      server.send(part, json);
    } catch (error) {
      // While a Region is down the parts that need it stay as they are.
      if (latest.get("regions")?.includes('"up":false') !== true) log(`console: ${part}: ${String(error)}`);
    } finally {
      reading.delete(part);
      // Reading takes at most a tenth of the time, so that it does not slow down the store.
      nextReadAt.set(part, startedAt + Math.max(readEveryMs[part], 10 * (Date.now() - startedAt)));
    }
  }

  async function state(): Promise<ConsoleState> {
    const values = await Promise.all(parts.map(async (part) => [part, await read[part]()] as const));
    return Object.fromEntries(values) as unknown as ConsoleState;
  }

  const settings = () => ({
    storeUrl,
    testCards,
    operations: operationsOf,
    faultKinds: Object.fromEntries(
      Object.values(operationsOf)
        .flat()
        .map((operation) => [operation, faultKindsOf(operation)]),
    ),
    regions: regionNames,
    chaos: chaos !== undefined,
    load: load !== undefined,
  });

  const server = await servePage(
    port,
    {
      settings,
      latest: () => latest,
      timeline: (orderId) => timelines.read(orderId),
      json: {
        "/regions": () => read.regions(),
        "/recording": async () =>
          await makeRecording({
            settings: settings(),
            state: { ...(await state()), pulse: pulse.latest() },
            timeline: (orderId) => timelines.read(orderId),
          }),
      },
      async perform(action) {
        const performing = perform(action, { providers: controls, events, orders: orderActions, chaos, load, demo });
        // Shows it as pending at once.
        void refresh("events");
        const { part, detail } = await performing.finally(() => refresh("events"));
        await refresh(part);
        return { detail };
      },
    },
    log,
  );
  const clock = setInterval(() => {
    if (!server.isWatched()) return;
    for (const part of parts) {
      if (Date.now() >= (nextReadAt.get(part) ?? 0)) void refresh(part);
    }
  }, 250);
  clock.unref();

  return {
    url: server.url,
    state,
    async stop() {
      clearInterval(clock);
      await load?.stop();
      await server.stop();
      for (const region of regions) region.destroy();
    },
  };
}
