import { createHash } from "node:crypto";
import { isFinal } from "../../../domain/order";
import { HEARTBEAT, REGION_SCHEMA } from "../../../domain/region";
import type { Recording } from "../../../local/console/recording";
import { type CallTrouble, type Services, serve, simulatedFetch } from "./cloud";
import { Customers, sealCards } from "./customers";
import { Functions } from "./functions";
import { Invariants } from "./invariants";
import { Messaging } from "./messaging";
import { planOrders } from "./orderPlans";
import {
  COUNTED,
  healthUrl,
  loadStacks,
  PRODUCTS,
  REGIONS,
  type SimulatedRegion,
  TABLES,
  WEBHOOK_SECRETS,
} from "./program";
import { Providers } from "./providers";
import { Recorder } from "./recorder";
import { planRefunds, type RefundFigures, Refunds } from "./refunds";
import { type ReviewFigures, Reviews } from "./review";
import { planStock, Stock, type StockFigures } from "./stock";
import { serveReviews } from "./storeCheck";
import { Streams } from "./streams";
import { type TableSchema, Tables } from "./tables";
import { settled, underVirtualTime } from "./virtualTime";
import { Workflows } from "./workflows";
import { type Misfortune, World, type WorldOptions } from "./world";

const SCHEMAS: readonly TableSchema[] = [
  {
    name: TABLES.orders,
    hash: "orderId",
    range: "region",
    indexes: {
      open: { hash: "openIn", range: "sweepAt" },
      byCustomer: { hash: "customerId", range: "createdAt" },
      byMonth: { hash: "placedIn", range: "createdAt" },
    },
    ttl: "expiresAt",
    global: true,
  },
  { name: TABLES.cards, hash: "orderId", range: "region", ttl: "expiresAt", global: true },
  { name: TABLES.stock, hash: "productId", range: "entry", global: true },
  { name: TABLES.products, hash: "productId", global: false },
  { name: TABLES.regions, hash: "subject", range: "entry", global: true },
];

export interface ScheduleOptions extends WorldOptions {
  /** Indexes of the orders that are placed. Default: 1 to 4 orders, by chance. */
  orders?: readonly number[];
  /** True: all orders are for counted products. Default: in some schedules, by chance. */
  counted?: boolean;
  /** True: merchandisers refund parts of the orders. Default: in some schedules, by chance. */
  refunds?: boolean;
  /** True: the result has a recording for the console. */
  isRecorded?: boolean;
  /** True: the store has its own check before each capture. Default: in some schedules, by chance. */
  reviewed?: boolean;
}

export interface ScheduleResult {
  seed: number;
  violations: string[];
  events: number;
  /** Indexes of the orders that were placed. */
  orders: readonly number[];
  misfortunes: Misfortune[];
  /** Virtual duration in milliseconds. */
  lastedMs: number;
  trace: readonly string[];
  /** SHA-256 of the trace: two runs of one schedule are the same run. */
  digest: string;
  requests: ReadonlyMap<string, number>;
  providerCalls: number;
  functionCalls: number;
  transitions: number;
  mails: number;
  /** Of the most expensive order. */
  most: { calls: number; writes: number };
  stock: StockFigures;
  refunds: RefundFigures;
  reviews: ReviewFigures;
  /** Steps that were compared with the exhaustive model, and orders that left its bounds. */
  replayed: { steps: number; beyond: number };
  /** With `isRecorded`. */
  recording?: Recording;
}

/** Share of schedules whose products are counted. */
const COUNTED_SCHEDULES = 0.3;
/** Share of schedules in which merchandisers refund parts of orders. */
const REFUND_SCHEDULES = 0.1;
/** Share of schedules whose store has its own check. */
const REVIEWED_SCHEDULES = 0.1;
/** After so much virtual time every order must have ended. */
const LIMIT_MS = 24 * 3_600_000;
/** The watch runs so long before and after a time in which a Region is away or the link is cut. */
const WATCH_BEFORE_MS = 70_000;
const WATCH_AFTER_MS = 4 * 60_000;

/** Kinds of trouble with calls that a schedule may have, each on or off, so that some schedules have one kind alone. */
function chooseTrouble(world: World, scope: string): CallTrouble {
  const rate = (kind: string) =>
    world.chance.of(`trouble/${scope}/${kind}`) < 0.35
      ? world.chance.pick(`rate/${scope}/${kind}`, [0.005, 0.02, 0.08])
      : 0;
  return {
    refused: rate("refused"),
    lost: rate("lost"),
    unanswered: rate("unanswered"),
    late: rate("late"),
    crash: rate("crash"),
  };
}

/** Runs one schedule: two Regions' real closures, a few orders, and the bad luck that the seed holds. */
export async function simulate(options: ScheduleOptions): Promise<ScheduleResult> {
  const world = new World(options);
  const { chance } = world;
  const isReviewed = options.reviewed ?? chance.of("reviewed") < REVIEWED_SCHEDULES;
  const stacks = await loadStacks(isReviewed);
  const indexes = options.orders ?? Array.from({ length: chance.between("orders", 1, 4) }, (_, index) => index);
  const isCounted = options.counted ?? chance.of("counted") < COUNTED_SCHEDULES;
  const plans = planOrders(world, indexes, isCounted);
  const stockPlan = planStock(world, isCounted);
  await sealCards(plans);
  const isSkewed = chance.of("skewed") < 0.3;
  for (const region of REGIONS) {
    const skew = isSkewed ? chance.between(`skew/${region}`, -20_000, 20_000) : 0;
    world.skewMs.set(region, skew);
  }
  const slowness = chance.pick("lag", [1, 1, 4, 20]);
  const tables = new Tables(world, new Map(SCHEMAS.map((schema) => [schema.name, schema])), REGIONS, (label) =>
    world.latency(label, 800 * slowness),
  );
  const byRegion = new Map(REGIONS.map((region) => [region as string, stacks[region]]));
  const functions = new Functions(world, Object.values(stacks));
  const workflows = new Workflows(world, byRegion, functions);
  const duplicates = chance.of("duplicates") < 0.4 ? 0.05 : 0;
  const messaging = new Messaging(world, byRegion, functions, duplicates);
  const streams = new Streams(world, byRegion, functions, messaging, tables);
  const trouble = chooseTrouble(world, "aws");
  const providerTrouble = chooseTrouble(world, "providers");
  const providers = new Providers(
    world,
    (kind, request, done) => {
      const region = webhookRegion(world, kind, request);
      if (region === undefined) return done(false);
      const event = {
        ...request,
        routeKey: `POST /api/orders/webhooks/${kind}`,
        rawPath: `/api/orders/webhooks/${kind}`,
        rawQueryString: "",
        isBase64Encoded: false,
        requestContext: { requestId: "webhook", http: { method: "POST" } },
      };
      functions.call(region, functions.named(region, "orders-webhooks"), event, (result) =>
        done(result.ok && (result.value as { statusCode?: number }).statusCode === 204),
      );
    },
    { duplicates, lost: chance.of("webhooks lost") < 0.25 ? 0.3 : 0 },
  );
  const invariants = new Invariants(world, tables, providers, (region, name) => workflows.runningSince(region, name));
  const reviews = new Reviews(world, providers, isReviewed ? plans : []);
  functions.onGivenUp = (fn, region, event, error) => {
    world.tell(`${region} gives up an asynchronous call of ${fn.name}: ${error}`);
    if (fn.failureQueueArn) messaging.send(region, fn.failureQueueArn, JSON.stringify(event), {}, error);
  };
  const releases = new Set<string>();
  const services: Services = {
    ...{ world, tables, functions, workflows, messaging, providers, trouble, providerTrouble },
    parameter: (name) => (name.includes("payment") ? WEBHOOK_SECRETS.payment : WEBHOOK_SECRETS.shipping),
    mails: [],
    invoices: new Map(),
    conflicts: stockPlan?.conflicts ?? 0,
    probe: (from, url, done) => probe(world, functions, from, url, done),
    beforePut: (region, item) => {
      if (!releases.has(region) || item["kind"] !== "order" || item["epoch"] !== 1 || item["version"] !== 1) return;
      // The next release writes an attribute more, which the present one must keep.
      Object.assign(item, { schema: 2, nextRelease: { kept: true } });
    },
  };
  const recorder = options.isRecorded ? new Recorder(world, { tables, functions, workflows, services }) : undefined;
  seedTables(tables, new Date(world.now()).toISOString());

  const hasRefunds = options.refunds ?? chance.of("refunds") < REFUND_SCHEDULES;
  let figures!: StockFigures;
  let refundFigures!: RefundFigures;
  await underVirtualTime(world, simulatedFetch, async () => {
    serve(services);
    serveReviews((order) => reviews.answer(order));
    try {
      const stock = new Stock(world, tables, providers, functions, stockPlan, plans);
      figures = stock.figures;
      const customers = new Customers(world, functions, plans, stock);
      const incidents = planIncidents(world, { tables, functions, workflows, releases });
      const refunds = new Refunds(
        world,
        tables,
        functions,
        providers,
        hasRefunds ? planRefunds(world, plans) : [],
        (lastsMs) => incidents.watched.push([world.elapsedMs, world.elapsedMs + lastsMs]),
      );
      refundFigures = refunds.figures;
      runSchedules(world, { functions, tables }, stacks, incidents);
      // Asked after each event: what costs least to answer comes first.
      const isOver = () =>
        !world.isBusy &&
        incidents.left === 0 &&
        customers.areDone &&
        refunds.areDone &&
        plans.every(({ orderId }) => hasEnded(orderId));
      const hasEnded = (orderId: string) =>
        REGIONS.filter((region) => world.isUp(region)).every((region) => {
          const status = invariants.effective(region, orderId)?.status;
          return status === undefined || isFinal(status);
        });
      while (world.elapsedMs < LIMIT_MS && !isOver() && world.step()) {
        await settled();
        stock.check();
      }
      if (REGIONS.every((region) => world.condition(region) !== "frozen" && world.condition(region) !== "down")) {
        const incidentsHappened = world.misfortunes.some(({ label }) => label.startsWith("incident/"));
        const rest = { ...services, deadLetters: messaging.deadLetters, incidentsHappened, reviews };
        invariants.atRest(plans, customers.accepted, rest);
        refunds.atRest(rest);
        reviews.atRest();
        stock.atRest([...customers.waiting], incidentsHappened || isSkewed || slowness > 1);
      }
    } finally {
      serve(undefined);
      serveReviews(undefined);
    }
  });
  void streams;
  return {
    seed: options.seed,
    violations: world.violations,
    events: world.events,
    orders: indexes,
    misfortunes: world.misfortunes,
    lastedMs: world.elapsedMs,
    trace: world.trace,
    digest: createHash("sha256").update(world.trace.join("\n")).digest("hex"),
    requests: tables.requests,
    providerCalls: [...providers.calls.values()].reduce((sum, count) => sum + count, 0),
    functionCalls: functions.calls,
    transitions: workflows.transitions,
    mails: services.mails.length,
    stock: figures,
    refunds: refundFigures,
    reviews: reviews.figures,
    most: invariants.most,
    replayed: { steps: invariants.replay.steps, beyond: invariants.replay.beyond },
    recording: recorder?.toRecording(options.seed, plans, {
      tables,
      providers,
      mails: services.mails,
      stack: stacks[REGIONS[0]],
    }),
  };
}

function writeHeartbeat(tables: Tables, region: string, at: string): void {
  const url = `https://api.${region}.simulated`;
  const urls = { health: healthUrl(region), orders: url, catalogue: url, config: url };
  tables.seed(TABLES.regions, { subject: region, entry: HEARTBEAT, schema: REGION_SCHEMA, at, urls });
}

/** The catalogue, and the heartbeats of both Regions: they have been at work for long. */
function seedTables(tables: Tables, at: string): void {
  for (const region of REGIONS) writeHeartbeat(tables, region, at);
  const counted: readonly string[] = COUNTED;
  for (const [productId, amount] of Object.entries(PRODUCTS)) {
    tables.seed(TABLES.products, {
      productId,
      name: productId,
      price: { amount, currency: "USD" },
      ...{ availability: "in-stock", maxPerOrder: 10 },
      ...(counted.includes(productId) && { counted: true }),
    });
  }
}

/** The address of webhooks leads to a Region that is up, as DNS does after a while; sometimes to the other one. */
function webhookRegion(world: World, kind: string, request: object): SimulatedRegion | undefined {
  const wanted = world.chance.pick(world.chance.next(`webhook to/${kind}`), REGIONS);
  void request;
  return [wanted, ...REGIONS].find((region) => world.isUp(region));
}

function probe(
  world: World,
  functions: Functions,
  from: string,
  url: string,
  done: (status: number | undefined) => void,
): void {
  const region = REGIONS.find((each) => url.includes(each))!;
  if (world.condition(region) === "frozen") return;
  if (!world.isUp(region)) {
    world.after(5, from, () => done(undefined), true);
    return;
  }
  const event = { routeKey: "GET /key/regions/health", requestContext: { requestId: "probe" } };
  functions.call(region, functions.named(region, "failover-checks"), event, (result) =>
    done(result.ok ? (result.value as { statusCode: number }).statusCode : 500),
  );
}

interface Incidents {
  left: number;
  /** Times at which a Region or the link is away, which the watch must see. Milliseconds since the schedule began. */
  watched: [from: number, to: number][];
}

const WATCHED: ReadonlySet<string> = new Set(["kill", "freeze", "cut", "lose"]);

/** Plans what happens to whole Regions, to executions, and to the link between the Regions. */
function planIncidents(
  world: World,
  {
    tables,
    functions,
    workflows,
    releases,
  }: { tables: Tables; functions: Functions; workflows: Workflows; releases: Set<string> },
): Incidents {
  const { chance } = world;
  const incidents: Incidents = { left: 0, watched: [] };
  const later = (delayMs: number, run: () => void) => {
    incidents.left += 1;
    world.after(delayMs, undefined, () => {
      incidents.left -= 1;
      run();
    });
  };
  const kinds = ["kill", "freeze", "cut", "lose", "takeover", "abort", "release", "sweep"] as const;
  const count = chance.pick("incidents", [0, 0, 1, 1, 2, 3]);
  for (let index = 0; index < count; index++) {
    const label = `incident/${index}`;
    const kind = chance.pick(`${label}/kind`, kinds);
    const region = chance.pick(`${label}/region`, REGIONS);
    const peer = REGIONS.find((each) => each !== region)!;
    const lasts = chance.between(`${label}/lasts`, 30_000, chance.of(`${label}/long`) < 0.2 ? 2_400_000 : 600_000);
    const at = chance.between(`${label}/at`, 1_000, 600_000);
    if (WATCHED.has(kind)) incidents.watched.push([at, at + lasts]);
    later(at, () => {
      const what = `${kind} ${region}`;
      if (!world.strikes(label, 1.1, what)) return;
      const isFree = REGIONS.every((each) => world.isUp(each));
      switch (kind) {
        case "kill":
        case "freeze":
          // The other Region is up: with both away there is nothing to see until one returns.
          if (!isFree) return;
          world.setCondition(region, kind === "kill" ? "down" : "frozen");
          later(lasts, () => {
            world.setCondition(region, "up");
            tables.resume();
          });
          return;
        case "lose":
          if (isFree) world.setCondition(region, "lost");
          return;
        case "cut":
          tables.cutLink(true);
          later(lasts, () => tables.cutLink(false));
          return;
        case "takeover":
          // A wrong detection, or an operator's mistake.
          if (world.isUp(region))
            functions.callLater(region, functions.named(region, "orders-takeover"), { from: peer });
          return;
        case "abort": {
          const [first] = workflows.running(region);
          if (first) workflows.abort(first);
          return;
        }
        case "release":
          functions.restart(region);
          releases.add(region);
          return;
        case "sweep":
          if (world.isUp(region)) {
            const backAt = new Date(world.now()).toISOString();
            functions.callLater(region, functions.named(region, "orders-sweeper"), { returned: { backAt } });
          }
      }
    });
  }
  return incidents;
}

/** The schedules of sweeper and watch. The watch runs only where a Region or the link is to fail: it costs most of a schedule's events. */
function runSchedules(
  world: World,
  { functions, tables }: { functions: Functions; tables: Tables },
  stacks: Awaited<ReturnType<typeof loadStacks>>,
  incidents: Incidents,
): void {
  for (const region of REGIONS) {
    const every = (minutes: number, name: string, isWanted: () => boolean) => {
      const fire = () => {
        if (isWanted()) functions.call(region, functions.named(region, name), {}, () => {});
        world.after(minutes * 60_000, region, fire, true);
      };
      world.after(world.chance.between(`schedule/${region}/${name}`, 0, minutes * 60_000), region, fire, true);
    };
    every(stacks[region].sweepEveryMinutes, "orders-sweeper", () => true);
    let wasWatching = false;
    const isWatching = () => {
      const { elapsedMs } = world;
      const isPlanned = incidents.watched.some(
        ([from, to]) => elapsedMs > from - WATCH_BEFORE_MS && elapsedMs < to + WATCH_AFTER_MS,
      );
      return isPlanned || REGIONS.some((each) => !world.isUp(each));
    };
    every(1, "failover-watch", () => {
      const isWanted = isWatching();
      // While nothing can happen to a Region the watch is not run; it is as if it had been.
      if (isWanted && !wasWatching) {
        for (const each of REGIONS)
          if (world.isUp(each)) writeHeartbeat(tables, each, new Date(world.now()).toISOString());
      }
      wasWatching = isWanted;
      return isWanted;
    });
  }
}
